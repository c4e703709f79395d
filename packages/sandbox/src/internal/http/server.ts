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
      message: `Port ${port} on ${HOST} is in use.`,
      hint: "Choose another port, omit the port to use any free one, or stop the program that uses it."
    })
    : new SandboxError({
      reason: "Listen",
      message: `The sandbox cannot listen on port ${port} on ${HOST}: ${error.message}`,
      hint: "Choose a port from 1024 to 65535, or omit the port to use any free one."
    })

const listen = (server: Server, port: number): Effect.Effect<number, SandboxError> =>
  Effect.async((resume) => {
    const fail = (error: Error) => resume(Effect.fail(toSandboxError(port, error)))
    // The listener stays: if a connection can't be accepted later, the client notices it, and the server continues.
    server.on("error", fail)
    try {
      server.listen(port, HOST, () => resume(Effect.sync(() => (server.address() as AddressInfo).port)))
    } catch (error) {
      // An invalid port number is thrown.
      fail(error as Error)
    }
  })

/**
 * Serves until the scope closes, which frees the port and destroys all sockets immediately. Returns the port.
 *
 * It uses `node:http` directly: the server of `@effect/platform-node` writes only whole responses or complete streams, and waits for open connections
 * when it closes. To cut off a frame, reset sockets and stall, the gateway needs the raw response and the sockets.
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
          // A bug in the sandbox must not leave the client waiting.
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
