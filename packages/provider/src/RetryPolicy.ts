/**
 * Which failures are tried again, after which wait, and for how long.
 *
 * A retry never follows once a piece of the answer has been handed on, whatever the policy says, and renewing an
 * expired credential is not its business either: both belong to the client.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { BedrockError } from "./BedrockError.ts"
import { longQuotaPeriod } from "./internal/transport/retryAfter.ts"

/**
 * What ends the retries. A wait that would exceed `total`, counted from the first failure, is not begun.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limit {
  readonly total: Duration.Duration
  /** How many attempts there are; absent: as many as the time allows. */
  readonly attempts?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The waits between attempts, stepped with each failure; when it ends, the last failure is final. */
  readonly schedule: Schedule.Schedule<unknown, BedrockError>
  /** Is this failure worth another attempt at all? */
  readonly retryable: (error: BedrockError) => boolean
  /** The limit for this failure, given what `options.retry` sets; absent: the schedule alone decides. */
  readonly limit?: (error: BedrockError, configured: Configured) => Limit
}

/**
 * What `options.retry` sets; `total` is in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Configured {
  readonly total?: number
  readonly attempts?: number
}

/**
 * The retry policy.
 *
 * @since 0.1.0
 * @category services
 */
export class RetryPolicy extends Context.Tag("@altimate-code/provider/RetryPolicy")<RetryPolicy, Service>() {}

const maxBackoff = Duration.seconds(30)

/** A shorter `Retry-After` would let a client ask without a pause. */
const minRetryAfter = 1000

/** The random part keeps clients that were throttled together from coming back together. */
const schedule = Schedule.exponential("500 millis").pipe(
  Schedule.intersect(Schedule.identity<BedrockError>()),
  Schedule.modifyDelayEffect(([, { retryAfterMillis = 0 }], delay) =>
    retryAfterMillis >= minRetryAfter
      ? Effect.succeed(Duration.millis(retryAfterMillis))
      : Effect.map(Random.next, (part) => Duration.times(Duration.min(delay, maxBackoff), (1 + part) / 2))
  )
)

const retryable = (error: BedrockError): boolean => {
  switch (error.reason) {
    case "Throttled":
      return longQuotaPeriod(error.message) === undefined
    case "Unavailable":
    case "TruncatedStream":
      return true
    case "Timeout":
      // Without a status it is one of the client's own limits: minutes have passed, unless no connection stood.
      return error.status !== undefined || error.type === "ConnectTimeout"
    case "Connection":
      return error.type !== undefined && transient.has(error.type)
    case "ModelError":
      return error.type === "ModelStreamErrorException"
    default:
      return false
  }
}

/** Codes of Node.js for a connection that may work the next time, and what a proxy answers that can't make one. */
const transient: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "HTTP 502",
  "HTTP 503",
  "HTTP 504"
])

const isOverloaded = ({ reason, status, type = "" }: BedrockError): boolean =>
  reason === "Throttled" || (reason === "Unavailable" && (status === 503 || /^serviceUnavailable/i.test(type)))

/** For what passes in moments or not at all, such as a connection that is refused. */
const brief: Limit = { total: Duration.seconds(10), attempts: 4 }

/** A time that the user sets replaces the limit of an overload alone: nobody waits ten minutes for a wrong port. */
const make = (limits: { readonly overloaded: Limit; readonly failing: Limit }): Service => ({
  schedule,
  retryable,
  limit: (error, configured) => {
    const isSlow = error.reason === "Unavailable" || error.reason === "Timeout"
    const { attempts, total } = isOverloaded(error) ? limits.overloaded : isSlow ? limits.failing : brief
    const own = Duration.millis(configured.total ?? Duration.toMillis(total))
    return {
      total: isOverloaded(error) ? own : Duration.min(own, total),
      attempts: configured.attempts ?? attempts
    }
  }
})

/**
 * Up to four attempts within ten seconds.
 *
 * The service's `Retry-After` is waited for. Without one, the wait is 0.5 s, doubled with each attempt up to 30 s, of which a random part of
 * up to a half is taken off.
 *
 * Tried again: throttling and a model that is not ready (429), a model's time-out (408), a failure of the service or
 * of a gateway (5xx), an error of the model's stream, a connection that was refused, reset or too slow to stand, a
 * stream that broke off. Not: a quota per day or longer, an unknown host, a refused certificate, and everything that would fail again alike.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<RetryPolicy> = Layer.succeed(RetryPolicy, make({ overloaded: brief, failing: brief }))

/**
 * The same for a task that may take its time: ten minutes for rate limits (429) and an overloaded service (503), one minute for other
 * failures of the service and for time-outs.
 *
 * @since 0.1.0
 * @category layers
 */
export const patient: Layer.Layer<RetryPolicy> = Layer.succeed(
  RetryPolicy,
  make({ overloaded: { total: Duration.minutes(10) }, failing: { total: Duration.minutes(1) } })
)
