import * as Effect from "effect/Effect"
import { render } from "ink"
import { createElement } from "react"
import { App } from "../../components/App.tsx"
import type { TerminalOutput } from "../terminal/terminalOutput.ts"
import type { Painter } from "./painter.ts"
import type { Store } from "./store.ts"

/** Ink writes a frame within a millisecond after rendering it. In milliseconds. */
const writeDelay = 5

/** Draws the store with Ink until the scope closes; then only the transcript stays on the terminal. */
export const mount = (output: TerminalOutput, store: Store, painter: Painter) => {
  /** Ink has rendered the latest snapshot. It writes it to the output, unless the terminal already shows the same. */
  const onRender = (): void => {
    const { question } = store.snapshot().view
    output.question = output.isMuted ? undefined : question
    if (question !== undefined) setTimeout(() => output.write(""), writeDelay)
  }
  return Effect.acquireRelease(
    Effect.sync(() =>
      render(createElement(App, { store }), {
        // It implements the part of a stream that Ink uses.
        stdout: output as unknown as NodeJS.WriteStream,
        exitOnCtrlC: false,
        patchConsole: false,
        onRender,
        // The store limits the frames. Ink's own limit would delay the effect of a key as well.
        maxFps: 1000
      })
    ),
    (ink) =>
      Effect.gen(function*() {
        // A signal can arrive while the pager hides the transcript.
        painter.closePager()
        store.close()
        // React renders in a task of its own.
        yield* Effect.sleep(0)
        ink.unmount()
        yield* Effect.tryPromise(() => ink.waitUntilExit())
      }).pipe(Effect.catchAll((error) => Effect.logError("the screen could not be unmounted", error)))
  )
}
