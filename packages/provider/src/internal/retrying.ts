/** Tries a request again as the policy says, and once more with new credentials when the old ones were refused. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { BedrockError } from "../BedrockError.ts"
import type { Service as RetryPolicy } from "../RetryPolicy.ts"
import { isExpired } from "./failure/reason.ts"
import { type Identity, same } from "./identity.ts"

/** Finds the identity to use, another one than was `refused` if there is one; `attempts` were made so far. */
export type Identify = (refused: Identity | undefined, attempts: number) => Effect.Effect<Identity, BedrockError>

/** `once` gets the number of its attempt, from 1. */
export const retrying = <A, R>(
  policy: RetryPolicy,
  identify: Identify,
  once: (identity: Identity, attempt: number) => Effect.Effect<A, BedrockError, R>
): Effect.Effect<A, BedrockError, R> =>
  Effect.suspend(() => {
    let attempts = 0
    let renewed = false
    let last: BedrockError | undefined
    const use = (identity: Identity) => Effect.suspend(() => once(identity, ++attempts))

    const renew = (error: BedrockError, identity: Identity) =>
      Effect.gen(function*() {
        renewed = true
        yield* Effect.logWarning("the credentials were refused: asking for new ones").pipe(
          Effect.annotateLogs({ reason: error.reason, attempt: attempts })
        )
        const fresh = yield* identify(identity, attempts)
        return yield* isExpired(error.type, error.message) || !same(identity, fresh) ? use(fresh) : Effect.fail(error)
      })

    const attempt = Effect.flatMap(Effect.suspend(() => identify(undefined, attempts)), (identity) =>
      Effect.catchIf(
        use(identity),
        (error) => !renewed && isRefusal(error) && identity.refreshable,
        (error) => renew(error, identity)
      ))

    const schedule = policy.schedule.pipe(
      Schedule.whileInput(policy.retryable),
      // Outermost, so that it sees only the waits that are really waited.
      Schedule.modifyDelayEffect((_, delay) =>
        Effect.logWarning("retry").pipe(
          Effect.annotateLogs({
            reason: last?.reason,
            error: last?.message,
            attempt: attempts,
            waitMs: Duration.toMillis(delay)
          }),
          Effect.as(delay)
        )
      )
    )
    return attempt.pipe(
      Effect.tapError((error) => Effect.sync(() => last = error)),
      Effect.retry(schedule)
    )
  })

const isRefusal = (error: BedrockError): boolean => error.status === 401 || error.status === 403
