import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Pauses take real time, but the time of day stands still: nothing that waits for its turn gives up, however slow the machine is. */
export const standingClock: Clock.Clock = Object.assign(Clock.make(), { currentTimeMillis: Effect.succeed(0) })
