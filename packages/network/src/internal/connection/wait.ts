/** Waits that an abort signal can end. */
import type { Duplex } from "node:stream"

/** Waits for `event`. Rejects with the socket's error, if the socket is closed first, or with the signal's reason; then destroys the socket. */
export const waitForEvent = <Socket extends Duplex>(
  socket: Socket,
  event: string,
  signal: AbortSignal
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      finish()
      // A second error would have no listener.
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

/** The result of work that can't be cancelled, unless the signal is aborted first. */
export const unlessAborted = <A>(work: Promise<A>, signal: AbortSignal): Promise<A> =>
  new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    signal.addEventListener("abort", aborted, { once: true })
    if (signal.aborted) aborted()
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted))
  })
