/** Servers on the loopback interface. */
import * as Effect from "effect/Effect"
import { once } from "node:events"
import type { AddressInfo, Server, Socket } from "node:net"

/** Starts the server and returns its port. Closing the scope stops it, with all its connections. */
export const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      server.on("connection", (socket: Socket) => {
        sockets.add(socket)
        socket.on("error", () => {}).once("close", () => sockets.delete(socket))
      })
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      return sockets
    }),
    (sockets) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  ).pipe(Effect.map(() => (server.address() as AddressInfo).port))
