/** Limits how often a process is started. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { StartError } from "../mcpError.ts"

const maxStarts = 3
const period = Duration.minutes(5)

/** Makes an effect that counts a start, or fails without counting if there were too many recently: a process that keeps ending is broken. */
export const makeStartLimit: Effect.Effect<Effect.Effect<void, StartError>> = Effect.map(
  Ref.make<ReadonlyArray<number>>([]),
  (starts) =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const recent = (yield* Ref.get(starts)).filter((time) => time > now - Duration.toMillis(period))
      if (recent.length >= maxStarts) {
        return yield* new StartError({
          reason: "StartLimit",
          message: `it was started ${maxStarts} times in ${Duration.toMinutes(period)} minutes, which is the limit`
        })
      }
      yield* Ref.set(starts, [...recent, now])
    })
)
