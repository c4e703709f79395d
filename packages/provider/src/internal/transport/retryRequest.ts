/** Retries a request according to the policy, and once with renewed credentials if they were refused. */
import { logReported } from "@altimate-code/system/logging/DecisionLevel"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Schedule from "effect/Schedule"
import type { BedrockError } from "../../BedrockError.ts"
import { RetryNotice } from "../../RetryNotice.ts"
import type { Limit, Service as RetryPolicy } from "../../RetryPolicy.ts"
import { isExpired } from "../failure/reason.ts"
import { type Identity, isSame } from "../identity/identity.ts"

/** Resolves the identity for a request, if possible not the `refused` one. Errors report the number of `attempts` so far. */
export type ResolveIdentity = (refused: Identity | undefined, attempts: number) => Effect.Effect<Identity, BedrockError>

export interface Options extends Pick<RetryPolicy, "schedule" | "retryable"> {
  readonly limit: (error: BedrockError) => Limit
  readonly resolveIdentity: ResolveIdentity
}

/** `send` receives the number of the attempt, starting at 1. */
export const retryRequest = <A, R>(
  { limit, resolveIdentity, retryable, schedule }: Options,
  send: (identity: Identity, attempt: number) => Effect.Effect<A, BedrockError, R>
): Effect.Effect<A, BedrockError, R> =>
  Effect.suspend(() => {
    let attempts = 0
    let hasRenewed = false
    const sendAs = (identity: Identity) => Effect.suspend(() => send(identity, ++attempts))

    const renew = (error: BedrockError, identity: Identity) =>
      Effect.gen(function*() {
        hasRenewed = true
        yield* logReported(LogLevel.Warning, "credentials refused, renewing them").pipe(
          Effect.annotateLogs({ reason: error.reason, attempt: attempts })
        )
        const fresh = yield* resolveIdentity(identity, attempts)
        return yield* isExpired(error.type, error.message) || !isSame(identity, fresh)
          ? sendAs(fresh)
          : Effect.fail(error)
      })

    const attempt = Effect.flatMap(Effect.suspend(() => resolveIdentity(undefined, attempts)), (identity) =>
      Effect.catchIf(
        sendAs(identity),
        (error) =>
          !hasRenewed && isRefusal(error) && identity.refreshable,
        (error) => renew(error, identity)
      ))

    const isWithinLimit = makeLimiter(limit)
    let failures = 0
    let last: BedrockError
    /** Returns whether the wait is within the limits, and if so reports it. */
    const startWait = (wait: Duration.Duration) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const until = now + Duration.toMillis(wait)
        if (!isWithinLimit(last, { failures, now, until })) {
          return false
        }
        yield* logReported(LogLevel.Warning, "retry").pipe(
          Effect.annotateLogs({
            reason: last.reason,
            error: last.message,
            attempt: attempts,
            waitMs: Duration.toMillis(wait)
          })
        )
        const { attempts: allowed } = limit(last)
        yield* (yield* RetryNotice)({
          error: last,
          attempt: attempts + 1,
          // A request that was repeated with renewed credentials does not count as a retry.
          ...(allowed === undefined ? {} : { lastAttempt: allowed + attempts - failures }),
          until
        })
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
 * A request that waited for a rate limit can then fail for another reason. So each limit starts at the first of consecutive failures that it
 * applies to, and all waits together must not exceed the longest limit.
 */
const makeLimiter = (limit: Options["limit"]) => {
  let first: number | undefined
  let longest = 0
  let streak = { since: 0, total: Number.NaN }
  return (error: BedrockError, { failures, now, until }: Moment): boolean => {
    const { attempts = Infinity, total: duration } = limit(error)
    const total = Duration.toMillis(duration)
    first ??= now
    longest = Math.max(longest, total)
    if (streak.total !== total) streak = { since: now, total }
    return failures < attempts && until <= Math.min(streak.since + total, first + longest)
  }
}

const isRefusal = (error: BedrockError): boolean => error.status === 401 || error.status === 403
