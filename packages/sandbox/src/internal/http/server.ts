import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { SandboxError } from "../../SandboxError.ts"

const HOST = "127.0.0.1"

const toSandboxError = (port: number, error: NodeJS.ErrnoException): SandboxError =>
  error.code === "EADDRINUSE"
    ? new SandboxError({
      reason: "PortInUse",
      message: `Port ${port} of ${HOST} is in use.`,
      hint: "Choose another port, or none for any that is free; or end the program that has it."
    })
    : new SandboxError({
      reason: "Listen",
      message: `The sandbox cannot listen on port ${port} of ${HOST}: ${error.message}`,
      hint: "Choose a port from 1024 to 65535, or none for any that is free."
    })

const listen = (server: Server, port: number): Effect.Effect<number, SandboxError> =>
  Effect.async((resume) => {
    const fail = (error: Error) => resume(Effect.fail(toSandboxError(port, error)))
    // It stays: a connection that cannot be accepted later on is the client's to notice, and no reason to stop.
    server.on("error", fail)
    try {
      server.listen(port, HOST, () => resume(Effect.sync(() => (server.address() as AddressInfo).port)))
    } catch (error) {
      // A number that is no port is thrown.
      fail(error as Error)
    }
  })

/**
 * Serves until the scope is closed; then the port is free, and every socket destroyed, at once. Gives the port.
 *
 * This is `node:http` itself: the server of `@effect/platform-node` writes whole responses or clean streams, and
 * waits for open connections when it closes. A gateway that breaks off within a frame, resets sockets and keeps
 * stalled ones needs the raw response and the sockets.
 */
export const serve = (
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => Effect.Effect<void>
): Effect.Effect<number, SandboxError, Scope.Scope> =>
  Effect.gen(function*() {
    const run = yield* FiberSet.makeRuntime<never>()
    const sockets = new Set<Socket>()
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const server = createServer((request, response) => {
          // A bug of the sandbox must not leave the client waiting.
          run(Effect.onError(handle(request, response), () => Effect.sync(() => response.destroy())))
        })
        server.on("connection", (socket) => {
          sockets.add(socket)
          socket.once("close", () => sockets.delete(socket))
        })
        return server
      }),
      (server) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of sockets) socket.destroy()
        })
    )
    return yield* listen(server, port)
  })
