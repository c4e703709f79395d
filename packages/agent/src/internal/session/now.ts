import * as Effect from "effect/Effect"

/** The current time in ISO 8601, as in session files. */
export const now = Effect.clockWith((clock) => Effect.succeed(new Date(clock.unsafeCurrentTimeMillis()).toISOString()))
