import * as Effect from "effect/Effect"
import type { ServerResponse } from "node:http"
import type { Step, Steps } from "./steps.ts"

/** Succeeds when the system has accepted the bytes. After a failed write it never does: a `close` event follows and ends the response. */
const awaitWrite = (write: (done: (error?: Error | null) => void) => void): Effect.Effect<void> =>
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
      return awaitWrite((done) => response.write(step.bytes, done))
    case "End":
      return awaitWrite((done) => response.once("finish", done).end())
    case "Stall":
      return Effect.never
    case "Reset":
      // The system has accepted everything that was written before, so it is delivered.
      return Effect.sync(() => response.socket?.destroy())
  }
}

const awaitClose = (response: ServerResponse): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (response.destroyed) return resume(Effect.void)
    response.once("close", () => resume(Effect.void))
    // Writing to a closed socket emits an error as well, which would end the process without a listener.
    response.once("error", () => {})
  })

/** True if the client disconnected before the last step. */
export const respond = (response: ServerResponse, steps: Steps): Effect.Effect<boolean> =>
  Effect.raceFirst(
    Effect.as(awaitClose(response), true),
    Effect.as(Effect.forEach(steps, perform(response), { discard: true }), false)
  )
