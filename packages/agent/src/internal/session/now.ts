import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The current time in ISO 8601, as in session files. */
export const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis).toISOString())
