import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { connect } from "node:net"
import * as Sandbox from "../src/Sandbox.ts"
import { converse, converseStream, hello, nova, send } from "./wire.ts"

describe("A recorded request", () => {
  it.scoped("has everything that was on the wire", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/gw/v1" })
      yield* send(sandbox.url, {
        path: `${converse("arn:aws:x/y z")}?a=b%20c`,
        headers: { "X-Tenant": "blue", "x-twice": ["1", "2"] },
        body: hello
      })
      const [request, ...others] = yield* sandbox.requests
      assert.isEmpty(others)
      const { headers, ...rest } = request ?? assert.fail("not recorded")
      assert.deepStrictEqual(rest, {
        method: "POST",
        rawPath: "/gw/v1/model/arn%3Aaws%3Ax%2Fy%20z/converse?a=b%20c",
        path: "/gw/v1/model/arn:aws:x/y z/converse",
        body: hello,
        rawBody: JSON.stringify(hello),
        modelId: "arn:aws:x/y z",
        operation: "converse",
        httpVersion: "1.1",
        authorized: true,
        aborted: false
      })
      assert.strictEqual(headers["x-tenant"], "blue")
      assert.strictEqual(headers["x-twice"], "1, 2")
      assert.strictEqual(headers["host"], `127.0.0.1:${sandbox.port}`)
    }))

  it.scoped("can be a refused one or one for an unknown path", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: {} })
      yield* send(sandbox.url, { path: converseStream(nova), body: "{broken" })
      yield* send(sandbox.url, { method: "GET", path: "/favicon.ico%zz" })
      assert.deepStrictEqual(
        (yield* sandbox.requests).map((
          { authorized, body, modelId, operation, path, rawBody }
        ) => [path, rawBody, body, modelId, operation, authorized]),
        [
          [`/model/${nova}/converse-stream`, "{broken", undefined, nova, "converse-stream", false],
          ["/favicon.ico%zz", "", undefined, undefined, undefined, false]
        ]
      )
    }))

  it.scoped("is aborted if the client disconnects during the answer, but not after it", () =>
    Effect.gen(function*() {
      const turn = { blocks: [{ type: "text", text: ["a", "b"] }] } as const
      const sandbox = yield* Sandbox.make({ script: [turn, { ...turn, delays: { betweenEvents: 60_000 } }] })
      yield* send(sandbox.url, { path: converseStream(nova), body: hello })
      yield* send(sandbox.url, { path: converseStream(nova), body: hello }, (body) => body.length > 0)
      const requests = yield* sandbox.waitFor((requests) => requests.some(({ aborted }) => aborted))
      assert.deepStrictEqual(requests.map(({ aborted }) => aborted), [false, true])
    }))

  it.scoped("is aborted if the client disconnects during its own body", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      yield* Effect.sync(() => {
        const socket = connect(sandbox.port, "127.0.0.1", () => {
          socket.write(`POST ${converse(nova)} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"messages"`, () => {
            socket.destroy()
          })
        })
      })
      const [request] = yield* sandbox.waitFor((requests) => requests.length > 0)
      assert.deepStrictEqual([request?.aborted, request?.rawBody], [true, `{"messages"`])
      assert.strictEqual((yield* send(sandbox.url, { path: converse(nova), body: hello })).status, 200)
    }))

  it.scoped("can be awaited before it arrives", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      const third = yield* Effect.fork(sandbox.waitFor((requests) => requests.length === 3))
      yield* Effect.replicateEffect(send(sandbox.url, { path: converse(nova), body: hello }), 3)
      assert.lengthOf(yield* Fiber.join(third), 3)
    }))
})
