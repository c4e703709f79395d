import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer, type Server } from "node:http"
import * as Http2 from "node:http2"
import type { Socket } from "node:net"
import { vi } from "vitest"
import { makeAuthority } from "../../../../test/Certificates.ts"
import { listening } from "../../../../test/Listening.ts"
import { failure, file, makeFetch, makeNetwork, temporary, text } from "../machine.ts"

/** Collects the connections to a server. */
const counted = (server: Server) => {
  const sockets: Array<Socket> = []
  server.on("connection", (socket) => sockets.push(socket))
  return sockets
}

/** Moves the clock forward without running timers, as if the machine had slept. */
const sleep = (millis: number) =>
  Effect.acquireRelease(
    Effect.sync(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + millis })),
    () => Effect.sync(() => void vi.useRealTimers())
  )

describe("a connection", () => {
  it.scopedLive("is reused immediately, but not after it was idle for longer or while the machine slept", () =>
    Effect.gen(function*() {
      const server = createServer((_, answer) => answer.end("ok"))
      const sockets = counted(server)
      const url = `http://127.0.0.1:${yield* listening(server)}`
      const fetch = yield* makeFetch()
      yield* text(fetch(url))
      yield* text(fetch(url))
      assert.lengthOf(sockets, 1)
      yield* sleep(5000)
      yield* text(fetch(url))
      assert.lengthOf(sockets, 2)
    }))

  it.scopedLive("that the server has closed meanwhile is not reused", () =>
    Effect.gen(function*() {
      const server = createServer((_, answer) => answer.end("ok"))
      const sockets = counted(server)
      const url = `http://127.0.0.1:${yield* listening(server)}`
      const fetch = yield* makeFetch()
      yield* text(fetch(url))
      const closed = new Promise((resolve) => sockets[0]!.once("close", resolve))
      sockets[0]!.end()
      yield* Effect.promise(() => closed)
      assert.strictEqual(yield* text(fetch(url, { method: "POST", body: "x" })), "ok")
      assert.lengthOf(sockets, 2)
    }))

  it.scopedLive("is opened for each of many requests, however many are already waiting for a response", () =>
    Effect.gen(function*() {
      const waiting: Array<() => void> = []
      const server = createServer((_, answer) => void waiting.push(() => answer.end("ok")))
      const url = `http://127.0.0.1:${yield* listening(server)}`
      const fetch = yield* makeFetch()
      const answers: Array<Promise<Response>> = []
      while (answers.length < 60) {
        const received = new Promise((resolve) => server.once("request", resolve))
        answers.push(fetch(url))
        yield* Effect.promise(() => received)
      }
      waiting.forEach((end) => end())
      for (const answer of answers) assert.strictEqual(yield* text(answer), "ok")
    }))
})

describe("an HTTP/2 session", () => {
  const gateway = Effect.gen(function*() {
    const authority = yield* makeAuthority("Corp CA")
    let sessions = 0
    const server = Http2.createSecureServer(
      yield* authority.issue({ name: "gateway", hosts: ["localhost"] }),
      ({ url }, answer) => void (url !== "/silent" && answer.end("ok"))
    ).on("session", () => sessions++)
    const port = yield* listening(server)
    const caFile = file(yield* temporary, "ca.pem", authority.cert)
    return { caFile, sessions: () => sessions, url: `https://localhost:${port}` }
  })

  it.scopedLive("is reused, but not after it was idle for longer", () =>
    Effect.gen(function*() {
      const { caFile, sessions, url } = yield* gateway
      const fetch = yield* makeFetch({ caFile })
      yield* text(fetch(url))
      yield* text(fetch(url))
      assert.strictEqual(sessions(), 1)
      yield* sleep(5000)
      yield* text(fetch(url))
      assert.strictEqual(sessions(), 2)
    }))

  it.scopedLive("that left a request without a response is not reused", () =>
    Effect.gen(function*() {
      const { caFile, sessions, url } = yield* gateway
      const fetch = yield* makeFetch({ caFile, limits: { firstByte: 2000 } })
      yield* text(fetch(url))
      const { message } = yield* failure(fetch(`${url}/silent`))
      assert.include(message, "options.timeout.firstByte")
      yield* text(fetch(url))
      assert.strictEqual(sessions(), 2)
    }))

  it.scopedLive("is opened once for concurrent requests, and an aborted request does not wait for it", () =>
    Effect.gen(function*() {
      const { caFile, sessions, url } = yield* gateway
      const { handler } = yield* makeNetwork({ caFile })
      const http = yield* handler({ http2: true })
      const { HttpRequest } = yield* Effect.promise(() => import("@smithy/core/protocols"))
      const { hostname, port, protocol } = new URL(url)
      const ask = (abortSignal?: AbortSignal) =>
        http.handle(
          new HttpRequest({ protocol, hostname, port: Number(port), path: "/" }),
          abortSignal === undefined ? {} : { abortSignal }
        )
      const controller = new AbortController()
      const first = failure(ask(controller.signal))
      const others = [ask(), ask(), ask()]
      controller.abort(new Error("enough"))
      assert.strictEqual((yield* first).message, "enough")
      for (const { response } of yield* Effect.promise(() => Promise.all(others))) {
        assert.strictEqual(response.statusCode, 200)
        response.body.resume()
      }
      assert.strictEqual(sessions(), 1)
    }))
})
