import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { connect, type Socket } from "node:net"
import * as Sandbox from "../src/Sandbox.ts"
import { SandboxError } from "../src/SandboxError.ts"
import { converse, converseStream, hello, nova, send } from "./wire.ts"

const open = (port: number) =>
  Effect.async<Socket, NodeJS.ErrnoException>((resume) => {
    const socket = connect(port, "127.0.0.1", () => resume(Effect.succeed(socket)))
    socket.on("error", (error) => resume(Effect.fail(error)))
  })

const gone = (socket: Socket) =>
  Effect.async<void>((resume) => {
    if (socket.destroyed) return resume(Effect.void)
    socket.once("close", () => resume(Effect.void))
    socket.resume()
  })

const sandboxIn = (scope: Scope.Scope, options?: Sandbox.Options) => Scope.extend(Sandbox.make(options), scope)

describe("A sandbox", () => {
  it.effect("frees its port and destroys idle, kept-alive and stalled sockets when its scope closes", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const sandbox = yield* sandboxIn(scope, {
        script: [{ blocks: [], faults: [{ type: "stall", afterEvents: 1, times: "always" }] }]
      })
      const request = `POST ${converseStream(nova)} HTTP/1.1\r\nhost: x\r\ncontent-length: `
      const body = JSON.stringify(hello)
      const idle = yield* open(sandbox.port)
      const sending = yield* open(sandbox.port)
      sending.write(`${request}100\r\n\r\n{`)
      const stalled = yield* open(sandbox.port)
      stalled.write(`${request}${body.length}\r\n\r\n${body}`)
      const kept = yield* open(sandbox.port)
      kept.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
      yield* sandbox.waitFor((requests) => requests.length === 2)
      const start = performance.now()
      yield* Scope.close(scope, Exit.void)
      // Node itself closes an idle connection after 5 seconds.
      assert.isBelow(performance.now() - start, 4_000)
      yield* Effect.forEach([idle, sending, stalled, kept], gone)
      assert.strictEqual((yield* Effect.flip(open(sandbox.port))).code, "ECONNREFUSED")
      const again = yield* Effect.scoped(Sandbox.make({ port: sandbox.port }))
      assert.strictEqual(again.port, sandbox.port)
    }))

  it.scoped("reports a port that is in use, and what to do", () =>
    Effect.gen(function*() {
      const { port } = yield* Sandbox.make()
      const error = yield* Effect.flip(Sandbox.make({ port }))
      assert.instanceOf(error, SandboxError)
      assert.strictEqual(error.reason, "PortInUse")
      assert.include(error.message, String(port))
      assert.isNotEmpty(error.hint)
    }))

  it.scoped("reports an invalid port number", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Sandbox.make({ port: 70_000 }))
      assert.strictEqual(error.reason, "Listen")
      assert.include(error.hint, "65535")
    }))

  it.effect("can be a layer", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      assert.strictEqual(sandbox.url, `http://127.0.0.1:${sandbox.port}/x`)
      assert.strictEqual((yield* send(sandbox.url, { path: converse(nova), body: hello })).status, 200)
    }).pipe(Effect.provide(Sandbox.layer({ prefix: "x" }))))

  it.scoped("survives input that is not HTTP", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      const socket = yield* open(sandbox.port)
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
      yield* gone(socket)
      assert.strictEqual((yield* send(sandbox.url, { path: converse(nova), body: hello })).status, 200)
      assert.lengthOf(yield* sandbox.requests, 1)
    }))

  it.scoped("answers many requests on one connection", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make()
      const socket = yield* open(sandbox.port)
      const body = JSON.stringify(hello)
      const request = `POST ${converse(nova)} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`
      socket.write(request.repeat(3))
      const seen = yield* Effect.async<string>((resume) => {
        let text = ""
        socket.on("data", (chunk) => {
          text += chunk.toString("utf8")
          if (text.split("end_turn").length > 3) resume(Effect.succeed(text))
        })
      })
      assert.lengthOf(seen.match(/HTTP\/1\.1 200 OK/g) ?? [], 3)
      socket.destroy()
    }))
})
