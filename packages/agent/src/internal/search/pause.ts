import * as Effect from "effect/Effect"

/** Lets input and timers have their turn. Effect's own yield lets only other fibers. */
export const pause = Effect.async<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})
