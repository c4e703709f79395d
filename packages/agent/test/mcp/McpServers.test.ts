import * as Tool from "@effect/ai/Tool"
import { assert, describe, it } from "@effect/vitest"
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { clockWith } from "../../../../test/clockWith.ts"
import { makeWireNames } from "../../src/internal/mcp/toolNames.ts"
import * as McpServers from "../../src/mcp/McpServers.ts"
import type { Action, ToolFailure, ToolOutput } from "../../src/tools/ToolCall.ts"
// @ts-expect-error it is run as a program too, and has no types
import { makeServer, pixel, schema } from "../../../../test/mcp/mcpTools.mjs"
import { mcpServer } from "../../../../test/mcp/programs.ts"
import { call, http, make, texts } from "./servers.ts"

const local = (...mode: ReadonlyArray<string>) =>
  ({ type: "local", command: [process.execPath, mcpServer, ...mode] }) as const

const connect = (servers: McpServers.Options["servers"]) =>
  Effect.gen(function*() {
    const made = yield* make(servers)
    return { ...made, toolkit: yield* made.toolkit, notices: yield* made.notices }
  })

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mcp-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // What is dead but not fetched by its parent counts as a process.
  const status = `/proc/${pid}/status`
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, "utf8"))
}

describe("a local server", () => {
  it.scopedLive("offers the tools of all pages under its name with unchanged schemas", () =>
    Effect.gen(function*() {
      const { notices, toolkit } = yield* connect({ my: local() })
      assert.deepStrictEqual(notices, [])
      const names = Object.keys(toolkit.tools)
      assert.deepStrictEqual(names.slice(0, 8), [
        "my_echo",
        "my_env_of",
        "my_picture",
        "my_fails",
        "my_resources",
        "my_structured",
        "my_hangs",
        "my_dies"
      ])
      assert.match(names[8] ?? "", /^my_x{52}_[0-9a-f]{8}$/)
      const echo = toolkit.tools["my_echo"]
      assert.strictEqual(echo.description, "Says it again.")
      assert.deepStrictEqual(Tool.getJsonSchema(echo), schema)
      assert.isTrue(Context.get(echo.annotations, Tool.Readonly))
      assert.isFalse(Context.get(toolkit.tools["my_picture"].annotations, Tool.Readonly))
    }))

  it.scopedLive("is called with the tools' own names after the user has agreed", () =>
    Effect.gen(function*() {
      const { toolkit } = yield* connect({ my: local() })
      const asked: Array<Action> = []
      const answer = yield* call(toolkit, "my_echo", { text: "hello" }, { asked })
      assert.isFalse(answer.isFailure)
      assert.deepStrictEqual(answer.result, {
        content: [{ type: "text", text: "you said: hello\nbye" }],
        summary: "2 lines"
      } as ToolOutput)
      assert.deepStrictEqual(asked.map(({ parts, preview }) => ({ parts, preview })), [{
        parts: [{ permission: "my_echo", subject: "*" }],
        preview: { type: "json", text: "{\n  \"text\": \"hello\"\n}" }
      }])
      const long = Object.keys(toolkit.tools)[8]!
      assert.deepStrictEqual(texts(yield* call(toolkit, long, {})), ["x".repeat(80)])
    }))

  it.scopedLive("is not called if the user declines", () =>
    Effect.gen(function*() {
      const { toolkit } = yield* connect({ my: local() })
      const refused = yield* call(toolkit, "my_dies", {}, { denied: true })
      assert.strictEqual((refused.result as ToolFailure).reason, "Denied")
      assert.deepStrictEqual(texts(yield* call(toolkit, "my_echo", { text: "alive" })), ["you said: alive\nbye"])
    }))

  it.scopedLive("may return images, resources, data and errors", () =>
    Effect.gen(function*() {
      const { toolkit } = yield* connect({ my: local() })
      const picture = yield* call(toolkit, "my_picture", {})
      assert.deepStrictEqual(texts(picture), [`image/png ${pixel}`])
      assert.strictEqual((picture.result as ToolOutput).summary, "1 file")
      assert.deepStrictEqual(texts(yield* call(toolkit, "my_resources", {})), [
        "file:///a:\nin a",
        "(file:///b of type application/x-b, which is not supported)",
        "c: file:///c",
        "(audio of type audio/wav, which is not supported)"
      ])
      // What does not fit its schema is still an answer.
      assert.deepStrictEqual(texts(yield* call(toolkit, "my_structured", {})), ["{\"a\":1}"])
      const failure = yield* call(toolkit, "my_fails", {})
      assert.isTrue(failure.isFailure)
      assert.strictEqual(texts(failure), "no such thing")
      assert.strictEqual(texts(yield* call(toolkit, "my_echo", "text")), "The parameters must be an object.")
    }))

  it.scopedLive("that ends during a call is reported to the model with the end of its stderr", () =>
    Effect.gen(function*() {
      const { toolkit } = yield* connect({ my: local() })
      const expected =
        /^The MCP server "my" failed: it ended with exit code 3: out of memory\. The call may have had effects; it was not retried\.$/
      assert.match(String(texts(yield* call(toolkit, "my_dies", {}))), expected)
    }))

  it.scopedLive("can be interrupted in a call and keeps running", () =>
    Effect.gen(function*() {
      const { toolkit } = yield* connect({ my: local() })
      const asked: Array<Action> = []
      const hanging = yield* Effect.fork(call(toolkit, "my_hangs", {}, { asked }))
      yield* Effect.repeat(Effect.sync(() => asked.length > 0), {
        until: (isAsked) => isAsked,
        schedule: Schedule.spaced(5)
      })
      yield* Fiber.interrupt(hanging)
      assert.deepStrictEqual(texts(yield* call(toolkit, "my_echo", { text: "a" })), ["you said: a\nbye"])
    }))

  it.scopedLive("does not inherit the token unless it is configured", () =>
    Effect.gen(function*() {
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          const before = process.env["AWS_BEARER_TOKEN_BEDROCK"]
          process.env["AWS_BEARER_TOKEN_BEDROCK"] = "secret"
          return before
        }),
        (before) =>
          Effect.sync(() => {
            if (before === undefined) delete process.env["AWS_BEARER_TOKEN_BEDROCK"]
            else process.env["AWS_BEARER_TOKEN_BEDROCK"] = before
          })
      )
      const { toolkit } = yield* connect({
        not: local(),
        given: { ...local(), environment: { AWS_BEARER_TOKEN_BEDROCK: "its own", GIVEN: "1" } }
      })
      assert.deepStrictEqual(texts(yield* call(toolkit, "not_env_of", {})), ["[null,null]"])
      assert.deepStrictEqual(texts(yield* call(toolkit, "given_env_of", {})), ["[\"its own\",\"1\"]"])
    }))

  it.scopedLive("may print lines that are not messages", () =>
    Effect.gen(function*() {
      const { notices, toolkit } = yield* connect({ my: local("noise") })
      assert.deepStrictEqual(notices, [])
      assert.deepStrictEqual(texts(yield* call(toolkit, "my_echo", { text: "a" })), ["you said: a\nbye"])
    }))

  it.scopedLive(
    "is ended with the scope, together with the processes that it has started, even if it ignores SIGTERM",
    () =>
      Effect.gen(function*() {
        const file = join(yield* temporary, "pid")
        const scope = yield* Scope.make()
        const { notices } = yield* Scope.extend(connect({ my: local("child", file) }), scope)
        assert.deepStrictEqual(notices, [])
        const pid = Number(readFileSync(file, "utf8"))
        assert.isTrue(isAlive(pid))
        yield* Scope.close(scope, Exit.void)
        assert.isFalse(isAlive(pid))
      })
  )
})

describe("several servers", () => {
  it.scopedLive("work even if others are broken, which are reported with their reasons", () =>
    Effect.gen(function*() {
      const closed = yield* Effect.scoped(http(() => {}))
      const file = join(yield* temporary, "written")
      const pause = Effect.promise(() => setImmediate())
      // One more turn of the event loop reads what the server wrote to stderr before it created the file.
      const written = Effect.zipRight(Effect.repeat(pause, { until: () => existsSync(file) }), pause)
      const { notices, toolkit } = yield* connect({
        missing: { type: "local", command: ["/no/such/command"] },
        crash: local("crash"),
        hang: { ...local("hang", file), timeout: 100_000 },
        good: local(),
        off: { ...local("crash"), enabled: false },
        nobody: { type: "remote", url: closed.url },
        odd: { type: "remote", url: "not a url" }
      }).pipe(Effect.withClock(clockWith("100 seconds", written)))
      assert.match(notices[0] ?? "", /^MCP server "missing": it can't be started: \S+ was not found/)
      assert.match(notices[1] ?? "", /^MCP server "crash": it ended with exit code 7: no configuration$/)
      assert.strictEqual(
        notices[2],
        "MCP server \"hang\": it did not respond within 1m 40s: waiting for the database"
      )
      assert.match(notices[3] ?? "", /^MCP server "nobody": fetch failed: .*ECONNREFUSED/)
      assert.strictEqual(notices[4], "MCP server \"odd\": its URL is not valid")
      assert.lengthOf(notices, 5)
      // oxlint-disable-next-line no-control-regex
      assert.isFalse(notices.some((notice) => /[\x00-\x1f\x7f-\x9f]/.test(notice)))
      assert.isTrue(Object.keys(toolkit.tools).every((name) => name.startsWith("good_")))
      assert.deepStrictEqual(texts(yield* call(toolkit, "good_echo", { text: "a" })), ["you said: a\nbye"])
    }))

  it.scopedLive("have no tools and no notices if there are none", () =>
    Effect.gen(function*() {
      const { notices, toolkit } = yield* connect({})
      assert.deepStrictEqual([Object.keys(toolkit.tools), notices], [[], []])
    }))
})

describe("a remote server", () => {
  it.scopedLive("is called over streamable HTTP with the configured headers", () =>
    Effect.gen(function*() {
      const seen = new Set<string | undefined>()
      const transports = new Map<string, StreamableHTTPServerTransport>()
      const { url } = yield* http((request, response) => {
        seen.add(request.headers["x-key"] as string | undefined)
        const known = transports.get(String(request.headers["mcp-session-id"]))
        if (known !== undefined) return void known.handleRequest(request, response)
        const transport = new StreamableHTTPServerTransport({
          sessionIdGenerator: randomUUID,
          onsessioninitialized: (id) => void transports.set(id, transport)
        })
        void makeServer().connect(transport as Transport).then(() => transport.handleRequest(request, response))
      })
      const { notices, toolkit } = yield* connect({
        far: { type: "remote", url, headers: { "x-key": "k" } }
      })
      assert.deepStrictEqual(notices, [])
      assert.deepStrictEqual(texts(yield* call(toolkit, "far_echo", { text: "a" })), ["you said: a\nbye"])
      assert.deepStrictEqual([...seen], ["k"])
    }))

  it.scopedLive("is called over SSE if it supports only that", () =>
    Effect.gen(function*() {
      const seen = new Set<string | undefined>()
      let transport: SSEServerTransport | undefined
      const { url } = yield* http((request, response) => {
        seen.add(request.headers["x-key"] as string | undefined)
        if (request.method === "GET") {
          transport = new SSEServerTransport("/messages", response)
          void makeServer().connect(transport)
        } else if (request.url?.startsWith("/messages") === true) void transport?.handlePostMessage(request, response)
        else response.writeHead(405).end()
      })
      const { notices, toolkit } = yield* connect({
        far: { type: "remote", url, headers: { "x-key": "k" } }
      })
      assert.deepStrictEqual(notices, [])
      assert.deepStrictEqual(texts(yield* call(toolkit, "far_echo", { text: "a" })), ["you said: a\nbye"])
      assert.deepStrictEqual([...seen], ["k"])
    }))

  it.scopedLive("that refuses the credential or fails is reported with its message", () =>
    Effect.gen(function*() {
      const { url } = yield* http((request, response) => {
        response.writeHead(request.url === "/locked" ? 401 : 500).end("\x1b[31msorry\x1b[0m")
      })
      const { notices } = yield* connect({
        locked: { type: "remote", url: `${url}/locked` },
        broken: { type: "remote", url }
      })
      assert.lengthOf(notices, 2)
      assert.match(notices[0] ?? "", /^MCP server "locked": .*sorry$/)
      assert.match(notices[1] ?? "", /^MCP server "broken": .*sorry$/)
    }))

  it.scopedLive("that does not respond is reported", () =>
    Effect.gen(function*() {
      const { url } = yield* http(() => {})
      const { notices } = yield* connect({ slow: { type: "remote", url, timeout: 300 } })
      assert.deepStrictEqual(notices.map((notice) => notice.slice(0, 50)), [
        "MCP server \"slow\": it did not respond within 300ms"
      ])
    }))
})

describe("wire names", () => {
  const names = (...pairs: ReadonlyArray<readonly [string, string]>) =>
    makeWireNames(pairs.map(([server, tool]) => ({ server, tool })))

  it("are valid, short and unique for any server names", () => {
    const made = names(["a b", "c.d"], ["a_b", "c_d"], ["a", "b_c_d"], ["s", "x".repeat(70)], [
      "s",
      `${"x".repeat(70)}y`
    ], ["日", "本"])
    assert.lengthOf([...new Set(made)], 6)
    for (const name of made) assert.match(name, /^[a-zA-Z0-9_-]{1,64}$/)
  })

  it("do not depend on other tools", () => {
    assert.deepStrictEqual(names(["s", "x".repeat(70)]), names(["a", "b"], ["s", "x".repeat(70)]).slice(1))
  })
})

describe("merge", () => {
  it.scopedLive("has the tools of both and calls each in its toolkit", () =>
    Effect.gen(function*() {
      const a = yield* connect({ a: local() })
      const b = yield* connect({ b: local() })
      const both = McpServers.merge(a.toolkit, b.toolkit)
      assert.lengthOf(Object.keys(both.tools), 18)
      assert.deepStrictEqual(texts(yield* call(both, "a_echo", { text: "1" })), ["you said: 1\nbye"])
      assert.deepStrictEqual(texts(yield* call(both, "b_echo", { text: "2" })), ["you said: 2\nbye"])
    }))
})
