import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Fault } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { closeSync, openSync } from "node:fs"
import { dirname, join } from "node:path"
import { bin, codeCache, guideConfig, makeHome, node } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "error-token-123" }

/** No stack, no dump of an object, the error said once. */
const assertShortBlock = (stderr: string) => {
  assert.match(stderr, /^error: /)
  assert.strictEqual(stderr.match(/error:/g)!.length, 1, stderr)
  assert.isAtMost(stderr.trimEnd().split("\n").length, 4, stderr)
  assert.notMatch(stderr, /\n\s+at |_tag|\{"|FiberFailure/)
}

const turn = (...faults: ReadonlyArray<Fault>) => [{
  faults,
  blocks: [{ type: "text" as const, text: ["one ", "two ", "three"] }]
}]

layer(NodeContext.layer)("a wrong command line", (it) => {
  for (
    const [args, words] of [
      [["run", "hi", "--modle", "x"], /unknown option "--modle".*\n.*Did you mean --model\?/],
      [["rnu"], /unknown command "rnu"/],
      [["run", "hi", "--format", "xml"], /text.*json/],
      [["run", "hi", "--max-tokens", "many"], /many/],
      [["run", "hi", "--max-tokens", "-5"], /--max-tokens must be a whole number from 1/],
      [["run", "hi", "--max-tokens", "0"], /--max-tokens must be a whole number from 1/],
      [["run"], /No model/],
      [["run", "-m", "amazon-bedrock/claude-prod"], /no prompt/],
      [["run", "hi", "--log-level", "loud"], /DEBUG, INFO, WARN, ERROR/],
      [["models", "resolve"], /id/i],
      [["models", "resolve", "a", "b"], /argument/],
      [["models", "resolve", "openai/gpt-5"], /openai/],
      [["auth", "login", "--provider", "openai"], /"openai": amazon-bedrock is the only one/],
      [["auth", "logout", "anthropic"], /"anthropic": amazon-bedrock is the only one/],
      [["models", "anthropic"], /"anthropic": amazon-bedrock is the only one/]
    ] as const
  ) {
    it.scoped(`altimate-code ${args.join(" ")}: exit code 2, one short block`, () =>
      Effect.gen(function*() {
        const home = yield* makeHome
        const result = yield* home.run(args)
        assert.strictEqual(result.code, 2, result.stderr)
        assert.strictEqual(result.stdout, "")
        assertShortBlock(result.stderr)
        assert.match(result.stderr, words)
      }))
  }

  it.scoped("log levels are accepted in any case and position", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      for (
        const args of [["--log-level", "DEBUG", "models"], ["models", "--log-level=warn"], [
          "models",
          "--log-level",
          "Info"
        ]]
      ) {
        const result = yield* home.run(args)
        assert.strictEqual(result.code, 0, result.stderr)
      }
    }))

  it.scoped("an invalid sandbox script is rejected with the place of the error", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      for (
        const [script, words] of [
          [`[{"blocks":[]},{"blocks":[{"type":"text","text":5}]}]`, "script.json: [1].blocks[0].text: "],
          [`{}`, "script.json: Expected"]
        ] as const
      ) {
        yield* fs.writeFileString(join(home.home, "script.json"), script)
        const result = yield* home.run(["sandbox", "--script", "script.json"])
        assert.strictEqual(result.code, 2, result.stderr)
        assert.include(result.stderr, words)
      }
    }))

  it.scoped("a prompt may begin with dashes after --", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "--", "--modle", "is not an option"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.include((yield* sandbox.requests)[0]!.rawBody, "--modle is not an option")
    }))
})

layer(NodeContext.layer)("a wrong configuration", (it) => {
  for (
    const [what, text, words] of [
      ["does not parse", "{\n  \"model\": \"a\"\n  \"provider\": {}\n}", /altimate-code\.json:3:3: /],
      ["has a wrong type", "{\n  \"model\": 5\n}", /altimate-code\.json:2:\d+: .*string.*number/],
      ["has no URL in baseURL", JSON.stringify(guideConfig("not a url")), /baseURL|URL/]
    ] as const
  ) {
    it.scoped(`that ${what}: exit code 2, with the place, and nothing is sent`, () =>
      Effect.gen(function*() {
        const home = yield* makeHome
        yield* home.writeGlobalConfig(text)
        const result = yield* home.run(["run", "hello"], { env: token })
        assert.strictEqual(result.code, 2, result.stderr)
        assert.strictEqual(result.stdout, "")
        assertShortBlock(result.stderr)
        assert.match(result.stderr, words)
      }))
  }

  it.scoped("can't send control characters to the terminal", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const nasty = "\u001b[2J\u009b1m\u202e"
      yield* home.writeGlobalConfig({ model: `amazon-bedrock/${nasty}`, [nasty]: nasty })
      const result = yield* home.run(["config", "show"])
      assert.strictEqual(result.code, 0, result.stderr)
      assert.include(result.stdout, "amazon-bedrock/\\u{1b}[2J\\u{9b}1m\\u{202e}")
      // oxlint-disable-next-line no-control-regex
      assert.notMatch(result.stdout + result.stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }))

  it.scoped("causes one warning for an unknown key, with its place and the closest key", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { reigon: "eu-west-1" }))
      const result = yield* home.run(["run", "hello"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.match(result.stderr, /^warning: .*options\.reigon.*altimate-code\.json:\d+:\d+.*region.*\n$/)
    }))
})

layer(NodeContext.layer)("a failed request", (it) => {
  for (
    const [what, fault, words] of [
      [
        "refused",
        { type: "error", status: 403, name: "AccessDeniedException", message: "no access to the model" },
        /no access/
      ],
      ["expired", { type: "expiredToken", times: "always" }, /expired/],
      ["truncated", { type: "truncate", afterEvents: 3, times: "always" }, /cut off|truncated|incomplete/],
      ["ended early", { type: "end", times: "always" }, /cut off|truncated|incomplete|ended/],
      [
        "in the middle",
        { type: "exception", exception: "modelStreamErrorException", afterEvents: 3, times: "always" },
        /ModelStreamErrorException/
      ],
      ["sse", { type: "sse", times: "always" }, /text\/event-stream.*application\/vnd\.amazon\.eventstream/s],
      ["html", { type: "html", times: "always" }, /502/]
    ] as const
  ) {
    it.scoped(`(${what}): exit code 1, one short block that names the log`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: turn(fault) })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(
          guideConfig(sandbox.url, { streaming: "on", retry: { attempts: 2, midAnswer: false } })
        )
        const result = yield* home.run(["run", "hello"], { env: token })
        assert.strictEqual(result.code, 1, result.stdout + result.stderr)
        assertShortBlock(result.stderr)
        assert.match(result.stderr, words)
        assert.include(result.stderr, home.logDirectory)
      }))
  }

  it.scoped("in JSON ends with an error event", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: turn({ type: "end", times: "always" }) })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "--format", "json", "hello"], { env: token })
      assert.strictEqual(result.code, 1, result.stderr)
      const events = result.stdout.trimEnd().split("\n").map((line) =>
        JSON.parse(line) as { type: string; reason?: string }
      )
      // Pieces that arrive together are one event.
      assert.deepStrictEqual(Arr.dedupeAdjacent(events.map(({ type }) => type)), [
        "start",
        "text",
        "answer-cut",
        "error"
      ])
      assert.strictEqual(events.filter(({ type }) => type === "answer-cut").length, 2)
      assert.strictEqual(events.at(-1)!.reason, "TruncatedStream")
    }))

  it.scoped("in JSON ends with an error event even if the prompt can't be sent", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({})
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      yield* fs.writeFileString(join(home.home, "a.pdf"), "%PDF-1.4\n%%EOF\n")
      const result = yield* home.run(["run", "--format", "json", "-f", "a.pdf"], { env: token })
      assert.strictEqual(result.code, 2, result.stderr)
      const events = result.stdout.trimEnd().split("\n").map((line) =>
        JSON.parse(line) as { type: string; reason?: string }
      )
      assert.deepStrictEqual(events.map(({ reason, type }) => [type, reason]), [["start", undefined], [
        "error",
        "Usage"
      ]])
      assert.isEmpty(yield* sandbox.requests)
    }))

  it.scoped("shows a gateway's message as text, whatever it contains", () =>
    Effect.gen(function*() {
      const message = "no \u001b]0;title\u0007 \u001b[2J \u009b1m \r access"
      const sandbox = yield* Sandbox.make({
        script: turn({ type: "error", status: 403, name: "AccessDeniedException", message })
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "hello"], { env: token })
      assert.strictEqual(result.code, 1, result.stderr)
      assert.include(result.stderr, "no \\u{1b}]0;title\\u{7}")
      // oxlint-disable-next-line no-control-regex
      assert.notMatch(result.stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    }))

  for (
    const [what, prepare, args, words] of [
      [
        "an answer that can't be understood",
        () => Effect.void,
        ["run", "hello"],
        "the tool \"read\" is not valid JSON"
      ],
      [
        "a credential that can't be read",
        (authFile: string) =>
          Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeDirectory(authFile, { recursive: true })),
        ["auth", "list"],
        "auth.json"
      ]
    ] as const
  ) {
    it.scoped(`(${what}) is logged in the file that the error names`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({
          // The model is asked twice more before that is a failure.
          script: Array.from({ length: 3 }, () => ({
            blocks: [{ type: "toolUse" as const, toolUseId: "t1", name: "read", input: ["{\"path\":"] }]
          }))
        })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url))
        yield* prepare(home.authFile)
        const result = yield* home.run(args, { env: token })
        assert.strictEqual(result.code, 1, result.stderr)
        assertShortBlock(result.stderr.replaceAll(/^note: .*\n/gm, ""))
        assert.include(result.stderr, words)
        assert.include(result.stderr, `Log: ${home.logDirectory}`)
        const errors = (yield* home.logs).split("\n").filter((line) => line.startsWith("ERROR"))
        assert.strictEqual(errors.length, 1)
        assert.include(errors[0]!.replaceAll("\\\"", "\""), words)
      }))
  }

  it.scoped("explains that part of the program can't be loaded", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome
      const broken = join(home.home, "broken")
      yield* fs.copy(dirname(bin), join(broken, "dist"))
      yield* fs.writeFileString(join(broken, "package.json"), `{"type":"module"}`)
      const program = join(broken, "dist/program")
      for (const name of yield* fs.readDirectory(program)) {
        if (name.startsWith("runSandbox")) yield* fs.remove(join(program, name))
      }
      const { status, stderr } = spawnSync(process.execPath, [join(broken, "dist/bin.js"), "sandbox"], {
        env: { PATH: process.env["PATH"], HOME: home.home },
        encoding: "utf8",
        timeout: 60_000
      })
      assert.strictEqual(status, 1, stderr)
      assertShortBlock(stderr)
      assert.match(stderr, /could not be loaded.*runSandbox.*\n.*Reinstall altimate-code/)
    }))

  it.scoped("shows Node's own warnings, but not the SDK's warning about the version of Node", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig("https://127.0.0.1:1"))
      // Node warns where a connection is made, when everything of the command's own is in place.
      const warning = `import net from "node:net"
        const { connect } = net.Socket.prototype
        net.Socket.prototype.connect = function(...args) {
          process.emitWarning("of this connection")
          return connect.apply(this, args)
        }`
      const options = `--import=data:text/javascript,${encodeURIComponent(warning)}`
      const { stderr } = yield* home.spawn(["run", "hello"], { env: { ...token, NODE_OPTIONS: options } })
      assert.match(stderr, /^\(node:\d+\) Warning: of this connection/)
      assert.notInclude(stderr, "NodeVersionSupportWarning")
    }))
})

layer(NodeContext.layer)("an external interruption", (it) => {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    it.scoped(`(${signal}) aborts the request and exits with ${code}`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: turn({ type: "stall", afterEvents: 2 }) })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url))
        const result = yield* home.spawn(["run", "hello"], {
          env: token,
          onStdout: (stdout, kill) => stdout.includes("one") && kill(signal)
        })
        assert.deepStrictEqual([result.code, result.signal, result.stderr], [code, null, ""])
        const requests = yield* sandbox.waitFor((requests) => requests.some(({ aborted }) => aborted)).pipe(
          Effect.timeout("1 minute")
        )
        assert.strictEqual(requests.length, 1)
        assert.notInclude(yield* home.logs, "ERROR")
      }))
  }

  it.scoped("(a closed stdout) ends the program quietly", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [{
          blocks: [{ type: "text", text: Array.from({ length: 300 }, (_, i) => `line ${i}\n`) }],
          delays: { betweenEvents: 5 }
        }]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const { code, stderr } = yield* Effect.async<{ code: number | null; stderr: string }>((resume) => {
        const child = spawn(node, [bin, "run", "hello"], {
          env: { PATH: process.env["PATH"], HOME: home.home, XDG_CACHE_HOME: codeCache, ...token },
          stdio: ["ignore", "pipe", "pipe"]
        })
        let stderr = ""
        child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text)
        child.stdout.once("data", () => child.stdout.destroy())
        child.on("close", (code) => resume(Effect.succeed({ code, stderr })))
      })
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      yield* sandbox.waitFor((requests) => requests.some(({ aborted }) => aborted)).pipe(Effect.timeout("1 minute"))
    }))
})

layer(NodeContext.layer)("a stdout that can't be written", (it) => {
  for (const args of [["--version"], ["--help"], ["models"], ["run", "hello"]]) {
    it.scoped(`(${args.join(" ")}): exit code 1, one short block`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({})
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url))
        const full = yield* Effect.acquireRelease(
          Effect.sync(() => openSync("/dev/full", "w")),
          (fd) => Effect.sync(() => closeSync(fd))
        )
        const { code, stderr } = yield* Effect.async<{ code: number | null; stderr: string }>((resume) => {
          const child = spawn(node, [bin, ...args], {
            env: { PATH: process.env["PATH"], HOME: home.home, XDG_CACHE_HOME: codeCache, ...token },
            stdio: ["ignore", full, "pipe"]
          })
          let stderr = ""
          child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text)
          child.on("close", (code) => resume(Effect.succeed({ code, stderr })))
        })
        assert.strictEqual(code, 1, stderr)
        assertShortBlock(stderr)
        assert.include(stderr, "stdout could not be written: ENOSPC")
      }))
  }
})

layer(NodeContext.layer)("secrets", (it) => {
  const basic = Buffer.from("user:canary-password-4715").toString("base64")
  const keys = {
    AWS_ACCESS_KEY_ID: "AKIACANARY0000000000",
    AWS_SECRET_ACCESS_KEY: "canary-secret-4713",
    AWS_SESSION_TOKEN: "canary-session-4714"
  }
  for (
    const [what, env, stored, secrets] of [
      ["a token of the environment", { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-4711" }, undefined, [
        "canary-bearer-4711"
      ]],
      ["a stored token", {}, "canary-stored-4712", ["canary-stored-4712"]],
      ["AWS keys", keys, undefined, ["canary-secret-4713", "canary-session-4714"]]
    ] as const
  ) {
    it.scoped(`(${what}) are in no log and no output, whatever fails`, () =>
      Effect.gen(function*() {
        const home = yield* makeHome
        const outputs: Array<string> = []
        const run = (...args: ReadonlyArray<string>) =>
          Effect.tap(home.run(args, { env }), ({ stderr, stdout }) => Effect.sync(() => outputs.push(stdout, stderr)))
        if (stored !== undefined) {
          const login = yield* home.run(["auth", "login", "--log-level", "DEBUG", "--print-logs"], { stdin: stored })
          assert.strictEqual(login.code, 0)
          outputs.push(login.stdout, login.stderr)
        }
        // A gateway that gives back what it was sent, as some do in their error pages.
        const echo = [...secrets.map((secret) => `Bearer ${secret}`), "canary-password-4715", basic].join(" ")
        for (
          const script of [
            turn(),
            turn({ type: "error", status: 403, name: "AccessDeniedException", message: echo, times: "always" }),
            turn({
              type: "exception",
              exception: "validationException",
              message: echo,
              afterEvents: 2,
              times: "always"
            })
          ]
        ) {
          const sandbox = yield* Sandbox.make({ script })
          yield* home.writeGlobalConfig(
            guideConfig(sandbox.url.replace("http://", "http://user:canary-password-4715@"))
          )
          yield* run("run", "hello", "--log-level", "DEBUG", "--print-logs")
          yield* run("run", "hello", "--format", "json")
          assert.isNotEmpty(yield* sandbox.requests)
        }
        yield* run("providers", "list")
        yield* run("providers", "list", "--format", "json")
        yield* run("config", "show")
        yield* run("config", "show", "--format", "json")
        yield* run("auth", "list")

        const written = outputs.join("") + (yield* home.logs)
        assert.include(written, "service=provider")
        assert.include(written, "<redacted>")
        for (const secret of [...secrets, "canary-password-4715", basic]) assert.notInclude(written, secret)
      }))
  }
})
