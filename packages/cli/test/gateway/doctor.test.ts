import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { version } from "../../src/Version.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { open } from "../Terminal.ts"
import { refusing } from "./models/refusing.ts"

const canary = "doctor-canary-5f0c2a"

/**
 * A clock that stands still, although time limits still run out. The sandbox answers at once: if a busy machine took half a second for that,
 * the answer would look buffered.
 */
const now = Date.now()
const clock = Object.assign(Clock.make(), {
  currentTimeMillis: Effect.succeed(now),
  unsafeCurrentTimeMillis: () => now
})

const start = (options: { readonly script?: Script; readonly config?: Record<string, unknown> } = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({
      prefix: "/bedrock/v1",
      auth: { bearer: [Redacted.make(canary)] },
      ...(options.script === undefined ? {} : { script: options.script })
    })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), ...options.config })
    const doctor = (
      args: ReadonlyArray<string> = [],
      env: Record<string, string> = { AWS_BEARER_TOKEN_BEDROCK: canary }
    ) => home.run(["doctor", ...args], { env, clock })
    return { sandbox, home, doctor }
  })

/** The mark and the name of each line. */
const checks = (stdout: string) => stdout.split("\n").flatMap((line) => /^([✓–!✗]) (\S+( \S+)?)/.exec(line)?.[0] ?? [])

const order = [
  "versions",
  "configuration",
  "trust",
  "credential",
  "region",
  "model",
  "model ID",
  "endpoint",
  "proxy",
  "DNS",
  "TCP",
  "model list",
  "authentication",
  "converse",
  "stream",
  "tool call",
  "large prompt"
]

layer(NodeContext.layer)("altimate-code doctor", (it) => {
  it.scoped("reports line by line that everything works, in the order of a request", () =>
    Effect.gen(function*() {
      const { doctor, home, sandbox } = yield* start()
      const { code, stderr, stdout } = yield* doctor()
      assert.strictEqual(code, 0, stdout + stderr)
      assert.strictEqual(stderr, "")
      assert.deepStrictEqual(checks(stdout), order.map((name) => `${name === "model list" ? "–" : "✓"} ${name}`))
      for (
        const words of [
          `altimate-code ${version}`,
          `Node ${process.versions.node}`,
          join(home.home, ".config/altimate-code/altimate-code.json"),
          "bearer token from AWS_BEARER_TOKEN_BEDROCK",
          "us.anthropic.claude-sonnet-4-6-v1 (us. added: Claude in us-*",
          sandbox.url,
          "the model called it"
        ]
      ) assert.include(stdout, words)
      const requests = (yield* sandbox.requests).filter(({ method }) => method === "POST")
      assert.lengthOf(requests, 4)
      assert.isAbove(JSON.stringify(requests[3]!.body).length, 50_000)
    }))

  it.scoped("stops at the first failure, with its cause and a hint", () =>
    Effect.gen(function*() {
      const { doctor } = yield* start()
      const refused = yield* doctor([], { AWS_BEARER_TOKEN_BEDROCK: "another" })
      assert.strictEqual(refused.code, 1)
      assert.strictEqual(checks(refused.stdout).at(-1), "✗ authentication")
      assert.match(refused.stderr, /error: AccessDeniedException[^]*AWS_BEARER_TOKEN_BEDROCK was refused/)
      // A list that was refused says nothing about whether there is one.
      assert.match(
        refused.stdout,
        /^– model list +not checked: the gateway refused the request for the list \(HTTP 40[13]\)$/m
      )

      const nobody = yield* doctor([], {})
      assert.strictEqual(nobody.code, 1)
      assert.strictEqual(checks(nobody.stdout).at(-1), "✗ credential")
      assert.match(nobody.stderr, /AWS_PROFILE: not set[^]*altimate-code auth login/)
    }))

  it.scoped("shows a cause once on a terminal, and warns of a region that is none", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* start()
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { region: "us-esat-1" }))
      const terminal = yield* open(["doctor"], {
        home: home.home,
        columns: 200,
        env: { AWS_BEARER_TOKEN_BEDROCK: "another" }
      })
      yield* terminal.see(/Log: /)
      const all = terminal.everything()
      assert.match(all, /! region +us-esat-1 .*\n +This does not look like the name of an AWS region/)
      assert.match(all, /✗ authentication {2}failed\nerror: AccessDeniedException/)
      assert.lengthOf(all.match(/AccessDeniedException/g) ?? [], 1)
    }))

  it.scoped("reports entries of NO_PROXY that match nothing", () =>
    Effect.gen(function*() {
      const { doctor } = yield* start()
      const { code, stdout } = yield* doctor([], {
        AWS_BEARER_TOKEN_BEDROCK: canary,
        HTTP_PROXY: "http://127.0.0.1:1",
        NO_PROXY: "127.0.0.1, https://gw.example.com/v1, 10.0.0.0/99"
      })
      assert.strictEqual(code, 0, stdout)
      assert.match(
        stdout,
        /^! proxy +direct \(127\.0\.0\.1 in NO_PROXY\)\n.*matches nothing, https:\/\/gw\.example\.com\/v1: it is a URL; write only its host: gw\.example\.com\..* 10\.0\.0\.0\/99: /m
      )
    }))

  it.scoped("distinguishes a refused credential from other refusals", () =>
    Effect.gen(function*() {
      const { doctor } = yield* start({
        script: [{ blocks: [], faults: [{ type: "error", status: 400, name: "ValidationException", message: "No." }] }]
      })
      const { code, stdout } = yield* doctor()
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(checks(stdout).slice(-2), ["✓ authentication", "✗ converse"])
    }))

  it.scoped("draws no conclusion about the credential from a web page", () =>
    Effect.gen(function*() {
      const { home } = yield* start()
      const page = "<h1>Request Rejected</h1>Your support ID is: 1234567890"
      const { url } = yield* refusing(() => ({ status: 403, page }))
      yield* home.writeGlobalConfig(guideConfig(url))
      const { code, stderr, stdout } = yield* home.run(["doctor"], { env: { AWS_BEARER_TOKEN_BEDROCK: canary }, clock })
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(checks(stdout).slice(-2), ["! authentication", "✗ converse"])
      assert.match(
        stderr,
        /One short sentence was refused, so the content of prompts is not the cause.*support ID 1234567890/
      )
      assert.notMatch(stdout + stderr, /InvokeModel|TOKEN_BEDROCK was refused/)
    }))

  it.scoped("detects a firewall that allows short prompts but blocks the content of source files", () =>
    Effect.gen(function*() {
      const { home } = yield* start()
      const { url } = yield* refusing((_, raw) =>
        raw.includes("DROP TABLE") ? { status: 403, page: "<b>No.</b>" } : undefined
      )
      yield* home.writeGlobalConfig(guideConfig(url))
      const { code, stderr, stdout } = yield* home.run(["doctor"], { env: { AWS_BEARER_TOKEN_BEDROCK: canary }, clock })
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(checks(stdout).slice(-2), ["✓ tool call", "✗ large prompt"])
      assert.match(stderr, /Short prompts pass and this one does not, so its content/)
    }))

  it.scoped("continues if only streaming works", () =>
    Effect.gen(function*() {
      const { home } = yield* start()
      for (const refusal of [{ status: 404, page: "<title>404 Not Found</title>" }, { status: 200, page: "" }]) {
        const { url } = yield* refusing((_, _raw, path) => path.endsWith("/converse") ? refusal : undefined)
        yield* home.writeGlobalConfig(guideConfig(url))
        const { code, stderr, stdout } = yield* home.run(["doctor"], {
          env: { AWS_BEARER_TOKEN_BEDROCK: canary },
          clock
        })
        assert.strictEqual(code, 0, stdout + stderr)
        assert.deepStrictEqual(checks(stdout).slice(-5), [
          "✓ authentication",
          "! converse",
          "✓ stream",
          "✓ tool call",
          "✓ large prompt"
        ])
        assert.match(stdout, /! converse .*HTTP (404|200).*\n.*supports only streaming/)
        assert.notInclude(stdout, "baseURL is wrong")
      }
    }))

  it.scoped("reports keys that can't be used, keys with two actions, and actions without a key", () =>
    Effect.gen(function*() {
      const { doctor } = yield* start({
        config: {
          keybinds: { session_new: "ctl+n", session_list: "ctrl+o", session_fork: "ctrl+o", session_share: "f3" }
        }
      })
      const { stdout } = yield* doctor()
      assert.match(stdout, /^! configuration/m)
      const text = stdout.replaceAll(/\s+/g, " ")
      assert.include(text, "keybinds.session_new: \"ctl+n\" can't be used: \"ctl\" is not a modifier")
      assert.include(text, "keybinds.session_fork: ctrl-o is already bound to session_list; this binding is ignored.")
      assert.include(
        text,
        "keybinds.session_list: ctrl-o was the only key of tool_details. Give it another one, or none."
      )
      assert.include(text, "(keybinds.session_share)")
    }))

  it.scoped("reports a configuration that can't be read or has no model", () =>
    Effect.gen(function*() {
      const { doctor, home } = yield* start({ config: { model: "" } })
      const nothing = yield* doctor()
      assert.strictEqual(nothing.code, 2)
      assert.strictEqual(checks(nothing.stdout).at(-1), "✗ model")
      assert.include((yield* doctor(["-m", "claude-prod"])).stdout, "✓ large prompt")
      yield* home.writeGlobalConfig("{ \"model\": 1 }")
      const broken = yield* doctor()
      assert.strictEqual(broken.code, 2)
      assert.deepStrictEqual(checks(broken.stdout), ["✓ versions", "✗ configuration"])
      assert.match(broken.stderr, /altimate-code.json:1:12: expected a string/)
      yield* home.writeGlobalConfig("{ \"model\": 1,\n\"instructions\": 2 }")
      const twice = yield* doctor()
      for (const text of [twice.stderr, (yield* home.run(["run", "Hi"])).stderr]) {
        assert.match(text, /altimate-code.json:1:12: expected a string[^]*altimate-code.json:2:17: expected an array/)
      }
    }))

  it.scoped("reports untrusted settings and a buffered stream, and continues", () =>
    Effect.gen(function*() {
      const says = { type: "text", text: Array.from({ length: 60 }, (_, index) => `${index + 1}\n`) } as const
      const { home } = yield* start()
      const sandbox = yield* Sandbox.make({
        script: [
          { blocks: [says] },
          { blocks: [says], delays: { firstEvent: 5000 } },
          { blocks: [{ type: "toolUse", name: "weather", toolUseId: "1", input: { city: "Paris" } }] },
          { blocks: [says] }
        ]
      })
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const cwd = join(home.home, "project")
      mkdirSync(join(cwd, ".git"), { recursive: true })
      writeFileSync(join(cwd, "altimate-code.json"), JSON.stringify({ permission: "allow" }))
      // In a separate process, because the gateway is in this one and would affect when the pieces arrive.
      const { code, stdout } = yield* home.spawn(["doctor"], { cwd, env: { AWS_BEARER_TOKEN_BEDROCK: canary } })
      assert.strictEqual(code, 0, stdout)
      assert.match(stdout, /! trust .*altimate-code.json: permission\n.*altimate-code trust/)
      assert.match(stdout, /! stream .*buffered: nothing for \d+ ms, then all 171 characters within \d+ ms\n.*gateway/)
      assert.include(stdout, "✓ large prompt")
    }))

  it.scoped("reports whether a gateway does not stream, streaming is off, or nothing else works", () =>
    Effect.gen(function*() {
      const says = { type: "text", text: ["one ", "two"] } as const
      const call = { type: "toolUse", name: "weather", toolUseId: "1", input: { city: "Paris" } } as const
      const home = yield* makeHome
      const script: Script = [{ blocks: [says] }, { blocks: [says] }, { blocks: [call] }, { blocks: [says] }]
      const lines = (options: Record<string, unknown>, gateway: Sandbox.Options) =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.make({ script, ...gateway })
          yield* home.writeGlobalConfig(guideConfig(sandbox.url, options))
          const { code, stdout } = yield* home.run(["doctor"], { env: { AWS_BEARER_TOKEN_BEDROCK: canary }, clock })
          assert.strictEqual(code, 0, stdout)
          return stdout
        })
      assert.match(yield* lines({ streaming: "off" }, {}), /– stream .*not checked: options.streaming is off/)
      const unable = yield* lines({}, { streaming: "json" })
      assert.match(unable, /! stream .*answered without streaming\n.*The gateway does not stream/)

      const streamsOnly = yield* lines({}, {
        streaming: "only",
        script: [{ blocks: [says] }, { blocks: [call] }, { blocks: [says] }]
      })
      assert.match(streamsOnly, /! converse .*HTTP 200 with an empty body\n.*supports only streaming/)
      for (const check of ["stream", "tool call", "large prompt"]) assert.include(streamsOnly, `✓ ${check}`)
    }))

  it.scoped("prints the same as JSON without secrets, even if a check fails", () =>
    Effect.gen(function*() {
      const { doctor, home } = yield* start()
      const good = yield* doctor(["--format", "json"])
      const report = JSON.parse(good.stdout) as { ok: boolean; checks: Array<Record<string, unknown>> }
      assert.isTrue(report.ok)
      assert.deepStrictEqual(report.checks.map(({ check }) => check), order)
      assert.isTrue(report.checks.every(({ check, status }) => status === (check === "model list" ? "skipped" : "ok")))
      const sandbox = yield* Sandbox.make({
        script: [{
          blocks: [],
          faults: [{ type: "error", status: 400, name: "ValidationException", message: `What is ${canary}?` }]
        }]
      })
      yield* home.writeGlobalConfig(guideConfig(sandbox.url.replace("//", `//user:${canary}-2@`)))
      const bad = yield* doctor(["--format", "json"])
      assert.strictEqual(bad.code, 1)
      const last = (JSON.parse(bad.stdout) as typeof report).checks.at(-1)!
      assert.deepInclude(last, { check: "converse", status: "failed" })
      assert.notInclude([good, bad].map(({ stderr, stdout }) => stdout + stderr).join("") + (yield* home.logs), canary)
    }))

  it.scoped("shows a spinner on a terminal while it waits, and erases it", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [{ blocks: [], faults: [{ type: "stall" }] }] })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const terminal = yield* open(["doctor"], { home: home.home, env: { AWS_BEARER_TOKEN_BEDROCK: canary } })
      yield* terminal.see(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] authentication/)
      assert.include(terminal.screen(), "✓ TCP")
      yield* terminal.write("\x03")
      yield* terminal.exited
      assert.notMatch(terminal.screen(), /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/)
    }))
})
