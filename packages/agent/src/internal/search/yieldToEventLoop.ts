import * as Effect from "effect/Effect"

/** Lets I/O and timers run. Effect's `yieldNow` lets only other fibers run. */
export const yieldToEventLoop = Effect.async<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})
