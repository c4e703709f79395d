import { assert, describe, it } from "@effect/vitest"
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { randomUUID } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
// @ts-expect-error it is run as a program too, and has no types
import { makeServer } from "../../../../test/mcp/mcpTools.mjs"
import { lastingServer } from "../../../../test/mcp/programs.ts"
import { call, http, make, texts } from "./servers.ts"

/** A local server, and what it has written down so far. */
const lasting = (...tools: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "mcp-"))),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
    ),
    (directory) => {
      const file = join(directory, "notes")
      const notes = () => existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []
      return {
        config: { type: "local", command: [process.execPath, lastingServer, file, ...tools] } as const,
        notes,
        count: (note: string) => notes().filter((line) => line === note).length
      }
    }
  )

const until = (isTrue: () => boolean) =>
  Effect.repeat(Effect.sync(isTrue), { until: (isTrue) => isTrue, schedule: Schedule.spaced(10) })

const crashed =
  /^The MCP server "my" failed: it ended with exit code 3: x+ line before last line\. The call may have had effects; it was not retried\.$/

describe("a local server that ends", () => {
  it.scopedLive(
    "is restarted by the next call; the call during which it ended is reported and not retried",
    () =>
      Effect.gen(function*() {
        const { config, count } = yield* lasting()
        const servers = yield* make({ my: config })
        const toolkit = yield* servers.toolkit
        const [before] = texts(yield* call(toolkit, "my_pid", {}))
        const failure = yield* call(toolkit, "my_crash", {})
        assert.isTrue(failure.isFailure)
        assert.match(String(texts(failure)), crashed)
        assert.strictEqual((yield* servers.status)[0]!.state, "failed")
        assert.match((yield* servers.status)[0]!.error ?? "", /^it ended with exit code 3: x+ line before last line$/)
        const [after] = texts(yield* call(toolkit, "my_pid", {}))
        assert.match(String(after), /^\d+$/)
        assert.notStrictEqual(after, before)
        assert.strictEqual((yield* servers.status)[0]!.state, "connected")
        assert.strictEqual(count("call crash"), 1)
        assert.strictEqual(count("start"), 2)
      })
  )

  it.scopedLive("is restarted by the next call, once for concurrent calls", () =>
    Effect.gen(function*() {
      const { config, count } = yield* lasting()
      const servers = yield* make({ my: config })
      const toolkit = yield* servers.toolkit
      const [pid] = texts(yield* call(toolkit, "my_pid", {}))
      process.kill(Number(pid), "SIGKILL")
      yield* Effect.repeat(servers.status, {
        until: ([status]) => status?.state === "failed",
        schedule: Schedule.spaced(10)
      })
      const pids = yield* Effect.all(Array.from({ length: 3 }, () => call(toolkit, "my_pid", {})), { concurrency: 3 })
      assert.strictEqual(new Set(pids.map((answer) => String(texts(answer)))).size, 1)
      assert.strictEqual(count("start"), 2)
    }))

  it.scopedLive("is started at most three times", () =>
    Effect.gen(function*() {
      const { config, count } = yield* lasting()
      const toolkit = yield* (yield* make({ my: config })).toolkit
      for (let i = 0; i < 3; i++) assert.match(String(texts(yield* call(toolkit, "my_crash", {}))), crashed)
      for (let i = 0; i < 2; i++) {
        assert.match(
          String(texts(yield* call(toolkit, "my_pid", {}))),
          /^The MCP server "my" is not connected: it was started 3 times in 5 minutes, which is the limit; the last error: it ended with exit code 3: x+ line before last line\.$/
        )
      }
      assert.strictEqual(count("start"), 3)
      assert.strictEqual(count("call pid"), 0)
    }))
})

describe("a server's list of tools", () => {
  it.scopedLive("is read again after a change, before the next request", () =>
    Effect.gen(function*() {
      const { config, count } = yield* lasting()
      const servers = yield* make({ my: config })
      const before = yield* servers.toolkit
      assert.notProperty(before.tools, "my_added")
      yield* call(before, "my_add", {})
      const after = yield* servers.toolkit
      assert.property(after.tools, "my_added")
      assert.include((yield* servers.status)[0]!.tools, "my_added")
      assert.deepStrictEqual(texts(yield* call(after, "my_added", {})), ["added"])
      const lists = count("list")
      yield* call(after, "my_flood", {})
      yield* servers.toolkit
      assert.isAtMost(count("list") - lists, 2)
    }))

  it.scopedLive("no longer has a removed tool, and a call of it fails without asking the user", () =>
    Effect.gen(function*() {
      const { config, count } = yield* lasting("added")
      const servers = yield* make({ my: config })
      const before = yield* servers.toolkit
      yield* call(before, "my_remove", {})
      const after = yield* servers.toolkit
      assert.notInclude((yield* servers.status)[0]!.tools, "my_added")
      for (const toolkit of [before, after]) {
        const asked: Array<never> = []
        const gone = yield* call(toolkit, "my_added", {}, { asked })
        assert.strictEqual(texts(gone), "The MCP server \"my\" no longer has a tool \"added\".")
        assert.deepStrictEqual(asked, [])
      }
      assert.strictEqual(count("call added"), 0)
    }))
})

describe("a call", () => {
  it.scopedLive("that is interrupted is cancelled at the server", () =>
    Effect.gen(function*() {
      const { config, notes } = yield* lasting()
      const toolkit = yield* (yield* make({ my: config })).toolkit
      const waiting = yield* Effect.fork(call(toolkit, "my_wait", {}))
      yield* until(() => notes().includes("waiting"))
      yield* Fiber.interrupt(waiting)
      yield* until(() => notes().includes("cancelled"))
      assert.include(notes(), "client {\"name\":\"test-client\",\"version\":\"1.2.3\"}")
    }))
})

describe("a call of a remote server", () => {
  it.scopedLive("is cancelled there after an interruption, even if the session ends immediately", () =>
    Effect.gen(function*() {
      const { calls, seen, url } = yield* remote(() => {})
      yield* Effect.scoped(Effect.gen(function*() {
        const toolkit = yield* (yield* make({ far: { type: "remote", url } })).toolkit
        const waiting = yield* Effect.fork(call(toolkit, "far_look", {}))
        yield* until(() => calls() === 1)
        yield* Fiber.interrupt(waiting)
      }))
      assert.strictEqual(seen.at(-1), "notifications/cancelled")
    }))
})

interface Message {
  readonly id?: number
  readonly method: string
  readonly params: { readonly name?: string; readonly protocolVersion?: string }
}

/** A server of streamable HTTP without any library: it says what it was asked, and `forget` is a restart. */
const remote = (
  answerCall: (message: Message, response: ServerResponse, calls: number) => void,
  refuse: (response: ServerResponse) => void = (response) => response.writeHead(404).end("Session not found")
) =>
  Effect.gen(function*() {
    let session: string | undefined
    let calls = 0
    const seen: Array<string> = []
    const onMessage = (message: Message, request: IncomingMessage, response: ServerResponse) => {
      const given = request.headers["mcp-session-id"]
      seen.push(`${message.method}${given === undefined ? " without a session" : ""}`)
      const reply = (result: object, headers = {}) =>
        response.writeHead(200, { "content-type": "application/json", ...headers })
          .end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }))
      if (message.method === "initialize") {
        session = randomUUID()
        const { protocolVersion } = message.params
        return reply({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "r", version: "1" } }, {
          "mcp-session-id": session
        })
      }
      if (given !== session) return refuse(response)
      if (message.id === undefined) return response.writeHead(202).end()
      if (message.method === "tools/list") {
        return reply({ tools: [{ name: "look", inputSchema: { type: "object" } }] })
      }
      return answerCall(message, response, ++calls)
    }
    const { url } = yield* http((request, response) => {
      if (request.method !== "POST") return void response.writeHead(405).end()
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => body += text)
      request.on("end", () => void onMessage(JSON.parse(body) as Message, request, response))
    })
    return { url, seen, forget: () => session = "of another process", calls: () => calls }
  })

const looked = ({ id }: Message, response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" })
  response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "looked" }] } }))
}

describe("a session that a remote server has forgotten", () => {
  for (
    const [what, refuse] of [
      ["404 with words", (response) => response.writeHead(404).end("gone")],
      [
        "404 with an error of the protocol",
        (response) =>
          response.writeHead(404, { "content-type": "application/json" })
            .end("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":\"Session not found\"}}")
      ],
      ["400 about the session", (response) =>
        response.writeHead(400, { "content-type": "application/json" })
          .end("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"No valid session ID\"}}")]
    ] as ReadonlyArray<readonly [string, (response: ServerResponse) => void]>
  ) {
    it.scopedLive(`is started again (${what}), and the call is retried once`, () =>
      Effect.gen(function*() {
        const { calls, forget, seen, url } = yield* remote(looked, refuse)
        const toolkit = yield* (yield* make({ far: { type: "remote", url } })).toolkit
        assert.deepStrictEqual(texts(yield* call(toolkit, "far_look", {})), ["looked"])
        forget()
        seen.length = 0
        assert.deepStrictEqual(texts(yield* call(toolkit, "far_look", {})), ["looked"])
        assert.deepStrictEqual(seen, [
          "tools/call",
          "initialize without a session",
          "notifications/initialized",
          "tools/list",
          "tools/call"
        ])
        assert.strictEqual(calls(), 2)
      }))
  }

  it.scopedLive("is started once for concurrent calls, and each is answered", () =>
    Effect.gen(function*() {
      const { forget, seen, url } = yield* remote(looked)
      const toolkit = yield* (yield* make({ far: { type: "remote", url } })).toolkit
      forget()
      const answers = yield* Effect.all(Array.from({ length: 5 }, () => call(toolkit, "far_look", {})), {
        concurrency: 5
      })
      assert.deepStrictEqual(answers.map(texts), answers.map(() => ["looked"]))
      assert.strictEqual(seen.filter((method) => method.startsWith("initialize")).length, 2)
    }))

  it.scopedLive("fails the call after one retry if it is forgotten again", () =>
    Effect.gen(function*() {
      const { calls, seen, url } = yield* remote((_, response) => response.writeHead(404).end("no"))
      const toolkit = yield* (yield* make({ far: { type: "remote", url } })).toolkit
      assert.match(String(texts(yield* call(toolkit, "far_look", {}))), /^The MCP server "far" .*session/)
      assert.strictEqual(calls(), 2)
      assert.strictEqual(seen.filter((method) => method.startsWith("initialize")).length, 2)
    }))
})

describe("a call that reached a remote server", () => {
  for (
    const [what, answer] of [
      ["is answered with 500", (response) => response.writeHead(500).end("broken")],
      ["is cut off before an answer", (response) => response.destroy()],
      ["is cut off in a stream", (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(
          ": working\n\n",
          () => response.destroy()
        )
      }],
      ["ends in a stream without its answer", (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).end(": working\n\n")
      }]
    ] as ReadonlyArray<readonly [string, (response: ServerResponse) => void]>
  ) {
    it.scopedLive(`and that ${what} is reported and not retried`, () =>
      Effect.gen(function*() {
        const { calls, url } = yield* remote((message, response, count) =>
          count === 1 ? answer(response) : looked(message, response)
        )
        const toolkit = yield* (yield* make({ far: { type: "remote", url } })).toolkit
        const failure = String(texts(yield* call(toolkit, "far_look", {})))
        assert.match(
          failure,
          /^The MCP server "far" failed: .*\. The call may have had effects; it was not retried\.$/
        )
        assert.strictEqual(calls(), 1)
        assert.deepStrictEqual(texts(yield* call(toolkit, "far_look", {})), ["looked"])
      }))
  }

  it.scopedLive("is reported as rejected if the server rejects it", () =>
    Effect.gen(function*() {
      const { url } = yield* remote(({ id }, response) => {
        response.writeHead(200, { "content-type": "application/json" })
        response.end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32602, message: "what is missing" } }))
      })
      const toolkit = yield* (yield* make({ far: { type: "remote", url } })).toolkit
      const failure = String(texts(yield* call(toolkit, "far_look", {})))
      assert.match(failure, /^The MCP server "far" failed: .*what is missing$/)
    }))
})

describe("a server of the older transport", () => {
  it.scopedLive("is reconnected after its stream ended or its session was lost", () =>
    Effect.gen(function*() {
      let transport: SSEServerTransport | undefined
      let streams = 0
      const { url } = yield* http((request, response) => {
        if (request.method === "GET") {
          streams++
          transport = new SSEServerTransport("/messages", response)
          void makeServer().connect(transport as Transport)
        } else if (request.url === `/messages?sessionId=${transport?.sessionId}`) {
          void transport?.handlePostMessage(request, response)
        } else if (request.url?.startsWith("/messages") === true) response.writeHead(404).end("no such session")
        else response.writeHead(405).end()
      })
      const servers = yield* make({ far: { type: "remote", url } })
      const toolkit = yield* servers.toolkit
      assert.strictEqual((yield* servers.status)[0]!.transport, "sse")
      assert.deepStrictEqual(texts(yield* call(toolkit, "far_echo", { text: "1" })), ["you said: 1\nbye"])
      transport = undefined
      assert.deepStrictEqual(texts(yield* call(toolkit, "far_echo", { text: "2" })), ["you said: 2\nbye"])
      assert.strictEqual(streams, 2)
      yield* Effect.promise(() => transport!.close())
      yield* Effect.repeat(servers.status, {
        until: ([status]) => status?.state === "failed",
        schedule: Schedule.spaced(10)
      })
      assert.deepStrictEqual(texts(yield* call(toolkit, "far_echo", { text: "3" })), ["you said: 3\nbye"])
      assert.strictEqual(streams, 3)
    }))
})

describe("secrets in a remote server's URL", () => {
  it.scopedLive("are sent as credentials and never shown", () =>
    Effect.gen(function*() {
      const logins: Array<string | undefined> = []
      const { url } = yield* http((request, response) => {
        logins.push(request.headers.authorization)
        response.writeHead(500).end("broken")
      })
      const servers = yield* make({
        far: { type: "remote", url: url.replace("http://", "http://user:hunter%2F22@") },
        odd: { type: "remote", url: "http://user:hunter22@", headers: { authorization: "hunter22" } },
        bad: { type: "remote", url, headers: { authorization: "hunter22\nx\u0000y" } }
      })
      const shown = JSON.stringify([yield* servers.notices, yield* servers.status])
      assert.deepStrictEqual(logins, [`Basic ${Buffer.from("user:hunter/22").toString("base64")}`])
      assert.notInclude(shown, "hunter")
    }))
})
