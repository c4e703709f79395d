/** Waits for one of a socket's events, and lets the socket go when its time is over. */
import type { Duplex } from "node:stream"

/** Until `event`; fails with the socket's error, when it is closed before, or with the signal's reason. */
export const until = <Socket extends Duplex>(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      finish()
      // Whatever comes after the first error has nobody left to tell.
      socket.on("error", () => {})
      socket.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    const closed = () => fail(Object.assign(new Error("the other side closed the connection"), { code: "ECONNRESET" }))
    const aborted = () => fail(signal.reason)
    const done = () => {
      finish()
      resolve(socket)
    }
    const finish = () => {
      socket.off(event, done).off("error", fail).off("close", closed)
      signal.removeEventListener("abort", aborted)
    }
    socket.once(event, done).once("error", fail).once("close", closed)
    signal.addEventListener("abort", aborted, { once: true })
    if (signal.aborted) aborted()
  })
