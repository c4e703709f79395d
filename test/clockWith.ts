import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"

/** The real clock, except that this limit passes when `passes` completes, however quick or slow the machine is. */
export const clockWith = (limit: Duration.DurationInput, passes: Effect.Effect<void>): Clock.Clock => {
  const clock = Clock.make()
  const sleep = clock.sleep.bind(clock)
  return Object.assign(clock, {
    sleep: (duration: Duration.Duration) => Duration.equals(duration, limit) ? passes : sleep(duration)
  })
}
