import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { constants, createServer as createHttp2Server } from "node:http2"
import { createServer, type Socket } from "node:net"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { listening } from "../../../../test/Listening.ts"
import { NetworkError } from "../../src/NetworkError.ts"
import { failure, makeNetwork } from "../machine.ts"

/** A proxy that accepts a connection and never answers. */
const silent = Effect.gen(function*() {
  const server = createServer((socket) => socket.resume())
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve))
  return { connected, url: `http://127.0.0.1:${yield* listening(server)}` }
})

/** The error of a request through this proxy. */
const failureThrough = (proxy: string, connectTimeout: "200 millis" | "1 hour", abortSignal: AbortSignal) =>
  Effect.gen(function*() {
    const { HttpRequest } = yield* Effect.promise(() => import("@smithy/core/protocols"))
    const { handler } = yield* makeNetwork({ env: { HTTPS_PROXY: proxy } })
    const http = yield* handler({ connectTimeout })
    const request = new HttpRequest({ protocol: "https:", hostname: "gateway.test", method: "POST", path: "/" })
    return yield* failure(http.handle(request, { abortSignal }))
  })

describe("a request", () => {
  it.scopedLive("waits no longer than its limit for a proxy that does not answer, and names the proxy", () =>
    Effect.gen(function*() {
      const proxy = yield* silent
      const error = yield* failureThrough(proxy.url, "200 millis", new AbortController().signal)
      assert.instanceOf(error, NetworkError)
      assert.strictEqual(error.reason, "Timeout")
      assert.include(error.message, proxy.url)
    }))

  it.scopedLive("that is aborted while the proxy is connecting closes the connection to the proxy", () =>
    Effect.gen(function*() {
      const proxy = yield* silent
      const controller = new AbortController()
      const request = yield* Effect.fork(failureThrough(proxy.url, "1 hour", controller.signal))
      const socket = yield* Effect.promise(() => proxy.connected)
      const closed = new Promise((resolve) => socket.once("close", resolve))
      controller.abort(new Error("enough"))
      yield* Effect.promise(() => closed)
      assert.strictEqual((yield* request).message, "enough")
    }))

  it.scopedLive("in HTTP/2 that is aborted closes only its stream: others on the connection continue", () =>
    Effect.gen(function*() {
      const { HttpRequest } = yield* Effect.promise(() => import("@smithy/core/protocols"))
      let connections = 0
      let closed: (code: number) => void = () => {}
      const reset = new Promise<number>((resolve) => closed = resolve)
      const server = createHttp2Server().on("session", () => connections++).on("stream", (stream, headers) => {
        stream.respond({ ":status": 200 })
        if (headers[":path"] === "/short") return stream.end("done")
        stream.write("first words")
        stream.on("error", () => {}).on("close", () => closed(stream.rstCode))
      })
      const port = yield* listening(server)
      const http = yield* (yield* makeNetwork()).handler({ http2: true })
      const request = (path: string) =>
        new HttpRequest({ protocol: "http:", hostname: "127.0.0.1", port, method: "GET", path })

      const controller = new AbortController()
      const long = yield* Effect.promise(() => http.handle(request("/long"), { abortSignal: controller.signal }))
      const words: AsyncIterator<Uint8Array> = long.response.body[Symbol.asyncIterator]()
      const { value } = yield* Effect.promise(() => words.next())
      assert.strictEqual(String(value), "first words")
      controller.abort()
      assert.strictEqual(yield* Effect.promise(() => reset), constants.NGHTTP2_CANCEL)

      const short = yield* Effect.promise(() => http.handle(request("/short")))
      assert.strictEqual(yield* Effect.promise(() => text(short.response.body as Readable)), "done")
      assert.strictEqual(connections, 1)
    }))
})
