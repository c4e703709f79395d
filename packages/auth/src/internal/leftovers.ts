import * as Effect from "effect/Effect"
import { AsyncLocalStorage } from "node:async_hooks"
import { ChildProcess } from "node:child_process"
import { subscribe, unsubscribe } from "node:diagnostics_channel"

/**
 * The promise; when nobody waits for it any more, the processes that it has started end. The AWS SDK starts a
 * `credential_process` without a time limit and out of reach, and a program does not exit before its children have.
 * `onStart` learns of each process.
 * Node announces each process on a channel (https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html).
 */
export const endingLeftovers = <A>(evaluate: () => Promise<A>, onStart: () => void): Effect.Effect<A, unknown> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const ours = new AsyncLocalStorage<boolean>()
      const children = new Set<ChildProcess>()
      const notice = (message: unknown) => {
        const child = typeof message === "object" && message !== null && "process" in message && message.process
        if (child instanceof ChildProcess && ours.getStore() === true) {
          children.add(child)
          onStart()
        }
      }
      subscribe("child_process", notice)
      return { children, notice, ours }
    }),
    ({ ours }) => Effect.tryPromise({ try: () => ours.run(true, evaluate), catch: (error) => error }),
    ({ children, notice }) =>
      Effect.sync(() => {
        unsubscribe("child_process", notice)
        children.forEach(end)
      })
  )

/** A grandchild can keep the pipes open: without them, and unreferenced, nothing keeps this program. */
const end = (child: ChildProcess) => {
  child.kill()
  child.stdin?.destroy()
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
}
