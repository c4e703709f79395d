import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** ISO 8601, as the session's file has it. */
export const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis).toISOString())
