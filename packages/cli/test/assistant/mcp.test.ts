import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { listening } from "../../../../test/Listening.ts"
import { lastingServer, mcpServer } from "../../../../test/mcp/programs.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { ask, start as startScreen } from "../screen/ScreenOnSandbox.ts"
import { keys, open } from "../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "mcp-test-token" }

/** On a busy machine a server may take longer than the two seconds after which the command says what it waits for. */
const withoutWaits = (stderr: string) => stderr.replace(/^note: waiting for MCP server .*\n/gm, "")

const local = (...args: ReadonlyArray<string>) => ({ type: "local", command: [process.execPath, ...args] })

const call = (name: string) => ({ blocks: [{ type: "toolUse" as const, name, input: {} }] })
const says = (text: string) => ({ blocks: [{ type: "text" as const, text }] })

/** A server that starts only when `go` is called. */
const waitingFor = (home: string, ...args: ReadonlyArray<string>) => {
  const file = join(home, "go")
  return {
    go: Effect.sync(() => writeFileSync(file, "")),
    config: {
      type: "local",
      command: [
        "sh",
        "-c",
        `for i in $(seq 4000); do [ -e '${file}' ] && exec "$@"; sleep 0.05; done`,
        "sh",
        process.execPath,
        ...args
      ]
    }
  }
}

const start = (mcp: (home: string) => Record<string, unknown>, script?: Script) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(script === undefined ? {} : { script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), permission: "allow", mcp: mcp(home.home) })
    const offered = Effect.map(sandbox.requests, (requests) =>
      requests.map(({ body }) =>
        (body as { toolConfig: { tools: ReadonlyArray<{ toolSpec?: { name: string } }> } }).toolConfig.tools
          .flatMap(({ toolSpec }) =>
            toolSpec?.name ?? []
          )
      ))
    return { sandbox, home, offered }
  })

interface Listed {
  readonly name: string
  readonly state: string
  readonly transport: string
  readonly tools: ReadonlyArray<string>
  readonly error?: string
}

layer(NodeContext.layer)("mcp list", (it) => {
  it.scoped(
    "shows each server with its state, transport, tools and last error, and exits with 1 if one failed",
    () =>
      Effect.gen(function*() {
        const { home } = yield* start(() => ({
          good: local(mcpServer),
          broken: local(mcpServer, "crash"),
          nobody: { type: "remote", url: "http://127.0.0.1:1/mcp?key=canary-of-the-query" },
          off: { type: "remote", url: "https://wiki.example/mcp", enabled: false }
        }))
        const text = yield* home.run(["mcp", "list"])
        assert.strictEqual(text.code, 1)
        assert.match(text.stdout, /^good {4}connected {2}stdio\n {2}tools: good_echo, .*\n/)
        assert.match(
          text.stdout,
          /\nbroken {2}failed {5}stdio\n {2}last error: it ended with exit code 7: no configuration\n/
        )
        assert.match(
          text.stdout,
          /\nnobody {2}failed {5}http\n {2}last error: no connection to 127\.0\.0\.1:1: ECONNREFUSED\. .*\n/
        )
        assert.match(text.stdout, /\noff {5}disabled {3}http\n$/)
        assert.match(withoutWaits(text.stderr), /^error: MCP servers not connected: broken, nobody\.\n/)
        assert.notInclude(text.stdout + text.stderr, "canary-of-the-query")
        const json = yield* home.run(["mcp", "list", "--format", "json"])
        assert.strictEqual(json.code, 1)
        const listed = JSON.parse(json.stdout) as ReadonlyArray<Listed>
        assert.deepStrictEqual(listed.map(({ name, state }) => `${name} ${state}`), [
          "good connected",
          "broken failed",
          "nobody failed",
          "off disabled"
        ])
        assert.include(listed[0]!.tools, "good_echo")
        assert.strictEqual(listed[1]!.error, "it ended with exit code 7: no configuration")
      })
  )

  it.scoped(
    "exits with 0 if all enabled servers are connected, or if there are none",
    () =>
      Effect.gen(function*() {
        const { home } = yield* start(() => ({
          good: local(mcpServer),
          off: { ...local("/none"), enabled: false }
        }))
        const result = yield* home.run(["mcp", "list"])
        assert.deepStrictEqual([result.code, withoutWaits(result.stderr)], [0, ""])
        const none = yield* start(() => ({}))
        const empty = yield* none.home.run(["mcp", "list"])
        assert.strictEqual(empty.code, 0)
        assert.match(empty.stdout, /^No MCP servers are configured/)
        assert.strictEqual((yield* none.home.run(["mcp", "list", "--format", "json"])).stdout, "[]\n")
      })
  )

  it.scoped(
    "shows no secret of a server's URL, headers or environment, even if the server echoes it",
    () =>
      Effect.gen(function*() {
        const seen: Array<string | undefined> = []
        const port = yield* listening(createServer(({ headers, url }, response) => {
          seen.push(headers.authorization)
          response.writeHead(401).end(`not known: ${headers.authorization} ${String(headers["x-api-key"])} at ${url}`)
        }))
        const { home } = yield* start(() => ({
          bearer: {
            type: "remote",
            url: `http://127.0.0.1:${port}/mcp?token=canary-query-0123456789`,
            headers: { Authorization: "Bearer canary-bearer", "x-api-key": "canary-key" }
          },
          login: { type: "remote", url: `http://user:canary-password@127.0.0.1:${port}/mcp` },
          local: {
            type: "local",
            command: ["sh", "-c", "echo \"no database at $DB_PASSWORD\" >&2; exit 1"],
            environment: { DB_PASSWORD: "canary-database" }
          }
        }))
        for (const args of [["mcp", "list"], ["mcp", "list", "--format", "json"], ["run", "hi"]]) {
          const { stderr, stdout } = yield* home.run(args, { env: token })
          const shown = stdout + stderr + (yield* home.logs)
          assert.include(shown, "not known: ")
          assert.include(shown, "no database at ")
          assert.notInclude(shown, "canary")
          assert.notInclude(shown, Buffer.from("user:canary-password").toString("base64"))
        }
        assert.include(seen, "Bearer canary-bearer")
        assert.include(seen, `Basic ${Buffer.from("user:canary-password").toString("base64")}`)
      })
  )
})

layer(NodeContext.layer)("MCP servers of a session", (it) => {
  it.scoped("are reported by run if they are slow to start", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const sandbox = yield* Sandbox.make({ script: [says("Done.")] })
      const slow = waitingFor(home.home, mcpServer)
      yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), mcp: { slow: slow.config } })
      const terminal = yield* open(["run", "hi"], { home: home.home, env: token })
      yield* terminal.see("note: waiting for MCP server \"slow\" to start")
      assert.lengthOf(yield* sandbox.requests, 0)
      yield* slow.go
      yield* terminal.see("Done.")
      assert.strictEqual(yield* terminal.exited, 0)
      assert.include(JSON.stringify((yield* sandbox.requests)[0]!.body), "slow_echo")
    }))

  it.scoped("may change their tools, and the next request has the new ones", () =>
    Effect.gen(function*() {
      const { home, offered } = yield* start(
        (home) => ({ my: local(lastingServer, join(home, "notes")) }),
        [call("my_add"), call("my_added"), says("Done.")]
      )
      // Only the built command has a version.
      const result = yield* home.spawn(["run", "go"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      const [first, second] = yield* offered
      assert.notInclude(first!, "my_added")
      assert.include(second!, "my_added")
      const notes = readFileSync(join(home.home, "notes"), "utf8")
      assert.include(notes, "call added")
      assert.match(notes, /client \{"name":"altimate-code","version":"\d+\.\d+\.\d+[^"]*"\}/)
    }))

  it.scoped(
    "are shown on the screen: slow ones at the start, and the state of each with /mcp",
    () =>
      Effect.gen(function*() {
        const elsewhere = yield* makeHome
        const slow = waitingFor(elsewhere.home, mcpServer)
        const { terminal } = yield* startScreen({
          config: { mcp: { slow: slow.config, broken: local(mcpServer, "crash") } },
          script: [says("Hello.")]
        })
        yield* terminal.see("Waiting for MCP server \"slow\" to start.")
        yield* ask(terminal, "/mcp")
        yield* terminal.see(/MCP servers[^]*slow {4}starting {3}stdio[^]*broken {2}failed {5}stdio/)
        yield* slow.go
        yield* terminal.see(/MCP server "broken": it ended with exit code 7: no configuration/)
        yield* ask(terminal, "/mcp")
        yield* terminal.see(/slow {4}connected {2}stdio[^]*slow_echo/)
      })
  )
})

it.scopedLive(
  "MCP servers get a cancellation and are ended when run is interrupted",
  () =>
    Effect.gen(function*() {
      const { home } = yield* start(
        (home) => ({ my: local(lastingServer, join(home, "notes")) }),
        [call("my_wait"), says("Done.")]
      )
      const notes = join(home.home, "notes")
      const until = (text: string) =>
        Effect.repeat(Effect.sync(() => existsSync(notes) && readFileSync(notes, "utf8").includes(text)), {
          until: (isThere) => isThere,
          schedule: Schedule.spaced(20)
        })
      const terminal = yield* open(["run", "go"], { home: home.home, env: token })
      yield* until("waiting")
      yield* terminal.write(keys.ctrl("c"))
      assert.strictEqual(yield* terminal.exited, 130)
      const written = readFileSync(notes, "utf8")
      assert.include(written, "cancelled")
      // A signal that is none asks whether there is such a process.
      assert.throws(() => process.kill(Number(/^process (\d+)$/m.exec(written)?.[1]), 0), "ESRCH")
    }).pipe(Effect.provide(NodeContext.layer))
)
