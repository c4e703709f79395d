import * as Effect from "effect/Effect"
import { AsyncLocalStorage } from "node:async_hooks"
import { ChildProcess } from "node:child_process"
import { subscribe, unsubscribe } from "node:diagnostics_channel"

/**
 * Runs the promise, and kills the child processes that it started when the effect ends or is interrupted. The AWS SDK starts a
 * `credential_process` without a time limit and gives no access to it, and Node.js does not exit while a child runs. `onStart` is called for each
 * process. Node.js announces new processes on a channel: https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html.
 */
export const withChildProcessCleanup = <A>(
  evaluate: () => Promise<A>,
  onStart: () => void
): Effect.Effect<A, unknown> =>
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
        children.forEach(endProcess)
      })
  )

/** Closes the pipes as well: a grandchild that holds them open would keep this program running. */
const endProcess = (child: ChildProcess) => {
  child.kill()
  child.stdin?.destroy()
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
}
