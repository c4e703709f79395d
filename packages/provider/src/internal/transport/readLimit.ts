import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A read took longer than its time limit. */
export class ReadTimeout extends Error {}

/**
 * Returns a function that limits the time of one read after the other: each rejects with {@link ReadTimeout} if it takes longer than `limit`. One
 * fiber watches over all reads, because `Effect.timeout` takes more time than the read of a small event itself.
 */
export const makeReadLimit = (
  limit: Duration.DurationInput
): Effect.Effect<<A>(read: () => Promise<A>) => Promise<A>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const clock = yield* Clock.clockWith(Effect.succeed)
    const millis = Duration.toMillis(limit)
    let current: { readonly since: number; readonly expire: () => void } | undefined
    const watch = Effect.suspend(() => {
      const now = clock.unsafeCurrentTimeMillis()
      const left = (current?.since ?? now) + millis - now
      if (left <= 0) current?.expire()
      return Effect.sleep(left <= 0 ? millis : left)
    })
    yield* Effect.forkScoped(Effect.forever(watch))
    return (read) => {
      const timeout = new Promise<never>((_, reject) => {
        current = { since: clock.unsafeCurrentTimeMillis(), expire: () => reject(new ReadTimeout()) }
      })
      // Expiring after the read has ended has no effect.
      return Promise.race([read(), timeout])
    }
  })
