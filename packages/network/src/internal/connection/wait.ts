/** Waits that end with a signal. */
import type { Duplex } from "node:stream"

/** Until `event`; fails with the socket's error, when it is closed before, or with the signal's reason, and destroys the socket. */
export const until = <Socket extends Duplex>(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      finish()
      // Nobody is left to take an error that comes after the first.
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

/** For work that can't be stopped: its result, unless the signal is aborted first. */
export const unlessAborted = <A>(work: Promise<A>, signal: AbortSignal): Promise<A> =>
  new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    signal.addEventListener("abort", aborted, { once: true })
    if (signal.aborted) aborted()
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted))
  })
