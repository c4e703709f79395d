/** Waits that an abort signal can end. */
import type { Duplex } from "node:stream"

/** Waits for `event`. If the socket fails or closes first, or the signal is aborted, destroys the socket and rejects. */
export const waitForEvent = <Socket extends Duplex>(
  socket: Socket,
  event: string,
  signal: AbortSignal
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      cleanUp()
      // Otherwise a second error would have no listener.
      socket.on("error", () => {})
      socket.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    const onClose = () => fail(Object.assign(new Error("the other side closed the connection"), { code: "ECONNRESET" }))
    const onAbort = () => fail(signal.reason)
    const onEvent = () => {
      cleanUp()
      resolve(socket)
    }
    const cleanUp = () => {
      socket.off(event, onEvent).off("error", fail).off("close", onClose)
      signal.removeEventListener("abort", onAbort)
    }
    socket.once(event, onEvent).once("error", fail).once("close", onClose)
    signal.addEventListener("abort", onAbort, { once: true })
    if (signal.aborted) onAbort()
  })

/** Waits for work that can't be cancelled, unless the signal is aborted first. */
export const unlessAborted = <A>(work: Promise<A>, signal: AbortSignal): Promise<A> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener("abort", onAbort, { once: true })
    if (signal.aborted) onAbort()
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })
