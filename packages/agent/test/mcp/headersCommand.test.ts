import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import type { IncomingHttpHeaders } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { RemoteServer } from "../../src/mcp/McpConfig.ts"
import { call, http, make, texts } from "./servers.ts"

interface Message {
  readonly id?: number
  readonly method: string
  readonly params: { readonly protocolVersion?: string }
}

/** A server of streamable HTTP that answers only those whose `authorization` it accepts. */
const locked = (isAccepted: (authorization: string | undefined) => boolean) =>
  Effect.gen(function*() {
    const seen: Array<IncomingHttpHeaders> = []
    const methods: Array<string> = []
    const { url } = yield* http((request, response) => {
      if (request.method !== "POST") return void response.writeHead(405).end()
      seen.push(request.headers)
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => body += text)
      request.on("end", () => {
        const { id, method, params } = JSON.parse(body) as Message
        if (!isAccepted(request.headers.authorization)) return response.writeHead(401).end("expired")
        methods.push(method)
        if (id === undefined) return response.writeHead(202).end()
        const { protocolVersion } = params
        const results: Record<string, object> = {
          initialize: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "r", version: "1" } },
          "tools/list": { tools: [{ name: "look", inputSchema: { type: "object" } }] },
          "tools/call": { content: [{ type: "text", text: "looked" }] }
        }
        response.writeHead(200, { "content-type": "application/json", "mcp-session-id": "s" })
        return response.end(JSON.stringify({ jsonrpc: "2.0", id, result: results[method] }))
      })
    })
    return { url, seen, methods }
  })

type HeadersCommand = NonNullable<RemoteServer["headersCommand"]>

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "headers-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

/** Prints a token that counts how often the command was run. */
const counting = (file: string) =>
  `printf x >> ${file}; printf 'Authorization: Bearer %s' "$(wc -c < ${file} | tr -d ' ')"`

describe("a command for the headers of a remote server", () => {
  const forms: ReadonlyArray<readonly [string, HeadersCommand]> = [
    [
      "a shell command line that prints JSON",
      "echo \"{\\\"Authorization\\\": \\\"Bearer t\\\", \\\"x-b\\\": \\\"b\\\"}\""
    ],
    ["a program that prints lines", ["printf", "Authorization: Bearer t\\r\\n\\r\\nx-b:b\\n"]],
    ["a command for each header", { Authorization: ["sh", "-c", "echo 'Bearer t'"], "x-b": "echo b" }]
  ]
  for (const [form, headersCommand] of forms) {
    it.scopedLive(`can be ${form}, and overrides headers with the same names`, () =>
      Effect.gen(function*() {
        const { seen, url } = yield* locked((authorization) => authorization === "Bearer t")
        const registered: Array<string> = []
        const server = { type: "remote", url, headers: { authorization: "old", "x-a": "a" }, headersCommand } as const
        const servers = yield* make({ far: server }, {
          registerHeader: (name, value) => Effect.sync(() => void registered.push(`${name}: ${value}`))
        })
        assert.deepStrictEqual(texts(yield* call(yield* servers.toolkit, "far_look", {})), ["looked"])
        assert.isTrue(seen.every((headers) => headers["x-a"] === "a" && headers["x-b"] === "b"))
        assert.deepStrictEqual(registered.toSorted(), ["Authorization: Bearer t", "x-b: b"])
      }))
  }

  it.scopedLive("gets variables that name its server", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* locked(() => true)
      const line = "echo \"x-seen: $SERVER_NAME $SERVER_URL\""
      const servers = yield* make({ "far $(id) \"": { type: "remote", url, headersCommand: line } }, {
        headersCommandEnvironment: ({ name, url }) => ({ SERVER_NAME: name, SERVER_URL: url })
      })
      assert.deepStrictEqual(yield* servers.notices, [])
      assert.strictEqual(seen[0]?.["x-seen"], `far $(id) " ${url}`)
    }))

  it.scopedLive("is run again after a 401, once for concurrent calls, and no call is executed twice", () =>
    Effect.gen(function*() {
      const file = join(yield* temporary, "count")
      let accepted = "Bearer 1"
      const { methods, url } = yield* locked((authorization) => authorization === accepted)
      const servers = yield* make({ far: { type: "remote", url, headersCommand: counting(file) } })
      const toolkit = yield* servers.toolkit
      methods.length = 0
      accepted = "Bearer 2"
      const answers = yield* Effect.all(Array.from({ length: 4 }, () => call(toolkit, "far_look", {})), {
        concurrency: 4
      })
      assert.deepStrictEqual(answers.map(texts), answers.map(() => ["looked"]))
      assert.deepStrictEqual(methods, answers.map(() => "tools/call"))
      assert.strictEqual(readFileSync(file, "utf8"), "xx")
    }))

  it.scopedLive("is not run in a loop if its headers are refused", () =>
    Effect.gen(function*() {
      const file = join(yield* temporary, "count")
      const { url } = yield* locked(() => false)
      const servers = yield* make({ far: { type: "remote", url, headersCommand: counting(file) } })
      assert.match((yield* servers.notices)[0] ?? "", /^MCP server "far": .*expired$/)
      assert.strictEqual(readFileSync(file, "utf8"), "xx")
    }))

  const failures: ReadonlyArray<readonly [string, HeadersCommand, RegExp]> = [
    [
      "fails is reported with the end of its stderr",
      "for i in 1 2 3 4; do echo line $i >&2; done; exit 3",
      /failed: exit code 3: line 2 \/ line 3 \/ line 4$/
    ],
    ["is not there is reported", ["./not-there"], /failed: it can't be started: .*not-there was not found$/],
    ["prints nothing is reported", "true", /failed: it printed nothing; it must print a JSON object/],
    [
      "prints something else is reported without its output",
      "echo canary-secret",
      /failed: it must print a JSON object/
    ],
    [
      "prints invalid JSON is reported without its output",
      "echo '{\"canary\"'",
      /failed: it must print a JSON object/
    ],
    [
      "prints JSON other than an object of strings is reported",
      "echo '{\"canary\": 1}'",
      /failed: it must print a JSON object/
    ],
    [
      "prints an invalid header is reported without its output",
      { Authorization: "printf 'canary\\ncanary'" },
      /failed: it printed a header name or value that is not valid in HTTP$/
    ],
    ["takes too long is ended", "sleep 60", /failed: it printed no header within 300ms$/]
  ]
  for (const [what, headersCommand, message] of failures) {
    it.scopedLive(`that ${what}`, () =>
      Effect.gen(function*() {
        const timeout = what.startsWith("takes") ? 300 : 30_000
        const { seen, url } = yield* locked(() => true)
        const servers = yield* make({ far: { type: "remote", url, headersCommand, timeout } })
        const [notice = ""] = yield* servers.notices
        assert.match(notice, /^MCP server "far": its headersCommand failed: /)
        assert.match(notice, message)
        assert.notInclude(notice, "canary")
        assert.deepStrictEqual(seen, [])
      }))
  }
})
