import * as Effect from "effect/Effect"
import type { ServerResponse } from "node:http"
import type { Step, Steps } from "./steps.ts"

/** Done when the system has taken the bytes. A write that fails never is: the `close` that follows it decides. */
const written = (write: (done: (error?: Error | null) => void) => void): Effect.Effect<void> =>
  Effect.async((resume) => {
    write((error) => {
      if (error === undefined || error === null) resume(Effect.void)
    })
  })

const perform = (response: ServerResponse) => (step: Step): Effect.Effect<void> => {
  switch (step.type) {
    case "Wait":
      return Effect.sleep(step.millis)
    case "Head":
      return Effect.sync(() => {
        response.writeHead(step.status, step.headers)
        response.flushHeaders()
      })
    case "Bytes":
      return written((done) => response.write(step.bytes, done))
    case "End":
      return written((done) => response.once("finish", done).end())
    case "Stall":
      return Effect.never
    case "Reset":
      // The system has what was written before, so it arrives.
      return Effect.sync(() => response.socket?.destroy())
  }
}

const closed = (response: ServerResponse): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (response.destroyed) return resume(Effect.void)
    response.once("close", () => resume(Effect.void))
    // A write to a socket that has just gone ends in `close` too; without a listener it would end the process.
    response.once("error", () => {})
  })

/** True when the client went away before the last step. */
export const respond = (response: ServerResponse, steps: Steps): Effect.Effect<boolean> =>
  Effect.raceFirst(
    Effect.as(closed(response), true),
    Effect.as(Effect.forEach(steps, perform(response), { discard: true }), false)
  )
