/** How often a process may be started. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

const maxStarts = 3
const within = Duration.minutes(5)

/** Counts a start; fails, and counts none, when there were too many of late: a process that ends each time is broken. */
export const makeStartLimit = (): Effect.Effect<void, string> => {
  let starts: ReadonlyArray<number> = []
  return Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    starts = starts.filter((time) => time > now - Duration.toMillis(within))
    if (starts.length >= maxStarts) {
      return yield* Effect.fail(
        `it was started ${maxStarts} times in ${Duration.toMinutes(within)} minutes, which is the limit`
      )
    }
    starts = [...starts, now]
  })
}
