/** Retries a request according to the policy, and once with new credentials if the old ones were refused. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { BedrockError } from "../../BedrockError.ts"
import { RetryNotice } from "../../RetryNotice.ts"
import type { Limit, Service as RetryPolicy } from "../../RetryPolicy.ts"
import { isExpired } from "../failure/reason.ts"
import { type Identity, isSame } from "../identity/identity.ts"

/** Resolves the identity to use, other than the `refused` one if possible, after this many `attempts`. */
export type Identify = (refused: Identity | undefined, attempts: number) => Effect.Effect<Identity, BedrockError>

export interface Options extends Pick<RetryPolicy, "schedule" | "retryable"> {
  readonly limit: (error: BedrockError) => Limit
  readonly identify: Identify
}

/** `once` receives the number of its attempt, from 1. */
export const retryRequest = <A, R>(
  { identify, limit, retryable, schedule }: Options,
  once: (identity: Identity, attempt: number) => Effect.Effect<A, BedrockError, R>
): Effect.Effect<A, BedrockError, R> =>
  Effect.suspend(() => {
    let attempts = 0
    let renewed = false
    const use = (identity: Identity) => Effect.suspend(() => once(identity, ++attempts))

    const renew = (error: BedrockError, identity: Identity) =>
      Effect.gen(function*() {
        renewed = true
        yield* Effect.logWarning("credentials refused, renewing them").pipe(
          Effect.annotateLogs({ reason: error.reason, attempt: attempts })
        )
        const fresh = yield* identify(identity, attempts)
        return yield* isExpired(error.type, error.message) || !isSame(identity, fresh) ? use(fresh) : Effect.fail(error)
      })

    const attempt = Effect.flatMap(Effect.suspend(() => identify(undefined, attempts)), (identity) =>
      Effect.catchIf(
        use(identity),
        (error) => !renewed && isRefusal(error) && identity.refreshable,
        (error) => renew(error, identity)
      ))

    const isWithinLimit = makeLimiter(limit)
    let failures = 0
    let last: BedrockError
    /** Whether the wait is within the limits. If so, reports it. */
    const startWait = (wait: Duration.Duration) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const until = now + Duration.toMillis(wait)
        if (!isWithinLimit(last, { failures, now, until })) return false
        yield* Effect.logWarning("retry").pipe(
          Effect.annotateLogs({
            reason: last.reason,
            error: last.message,
            attempt: attempts,
            waitMs: Duration.toMillis(wait)
          })
        )
        yield* (yield* RetryNotice)({ error: last, attempt: attempts + 1, until })
        return true
      })

    return attempt.pipe(
      Effect.tapError((error) =>
        Effect.sync(() => {
          last = error
          failures++
        })
      ),
      Effect.retry(
        Schedule.delays(Schedule.whileInput(schedule, retryable)).pipe(Schedule.whileOutputEffect(startWait))
      )
    )
  })

interface Moment {
  readonly failures: number
  readonly now: number
  /** When the next attempt would start. */
  readonly until: number
}

/**
 * A limit counts from the first of consecutive failures with this limit, because a request that waited for a rate limit can then fail
 * otherwise. All waits together end with the longest of the limits.
 */
const makeLimiter = (limit: Options["limit"]) => {
  let first: number | undefined
  let longest = 0
  let row = { since: 0, total: Number.NaN }
  return (error: BedrockError, { failures, now, until }: Moment): boolean => {
    const { attempts = Infinity, total: duration } = limit(error)
    const total = Duration.toMillis(duration)
    first ??= now
    longest = Math.max(longest, total)
    if (row.total !== total) row = { since: now, total }
    return failures < attempts && until <= Math.min(row.since + total, first + longest)
  }
}

const isRefusal = (error: BedrockError): boolean => error.status === 401 || error.status === 403
