/**
 * Decides which failures are retried, after what wait, and for how long.
 *
 * Two things are not up to the policy: the client never retries after it has emitted part of an answer, and always renews an expired
 * credential once.
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
 * When to stop retrying. A wait that would end more than `total` after the first failure is not started.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limit {
  readonly total: Duration.Duration
  /** The maximum number of attempts; unlimited if absent. */
  readonly attempts?: number | undefined
}

/**
 * Decides when to retry.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The waits between attempts. It advances with each failure; when it ends, the last failure is returned. */
  readonly schedule: Schedule.Schedule<unknown, BedrockError>
  /** Whether a retry may succeed after this failure. */
  readonly retryable: (error: BedrockError) => boolean
  /** The limit for this failure, given the configured `options.retry`; if absent, only the schedule decides. */
  readonly limit?: (error: BedrockError, configured: Configured) => Limit
}

/**
 * The configured `options.retry`; `total` is in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Configured {
  readonly total?: number
  readonly attempts?: number
}

/**
 * Decides when to retry. Without a layer, as `layer` does.
 *
 * @since 0.1.0
 * @category services
 */
export class RetryPolicy extends Context.Reference<RetryPolicy>()("@altimate-code/provider/RetryPolicy", {
  defaultValue: (): Service => live
}) {}

const maxBackoff = Duration.seconds(30)

/** In milliseconds. A shorter `Retry-After` would mean retrying without a pause. */
const minRetryAfter = 1000

/** The random part prevents clients that were throttled at the same time from retrying at the same time. */
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
      // Without a status, one of the client's own time limits was exceeded. Only the connection limit is short enough to retry.
      return error.status !== undefined || error.type === "ConnectTimeout"
    case "Connection":
      return error.type !== undefined && transient.has(error.type)
    case "ModelError":
      return error.type === "ModelStreamErrorException"
    default:
      return false
  }
}

/** Node.js error codes and proxy statuses for connection failures that may be temporary. */
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

/** For failures that pass within seconds or not at all, such as a refused connection. */
const brief: Limit = { total: Duration.seconds(10), attempts: 4 }

/** `options.retry.total` extends only the limit for overload: waiting ten minutes would not fix a wrong port. */
const make = (limits: { readonly overloaded: Limit; readonly failing: Limit }): Service => ({
  schedule,
  retryable,
  limit: (error, configured) => {
    const isSlow = error.reason === "Unavailable" || error.reason === "Timeout"
    const { attempts, total } = isOverloaded(error) ? limits.overloaded : isSlow ? limits.failing : brief
    const configuredTotal = Duration.millis(configured.total ?? Duration.toMillis(total))
    return {
      total: isOverloaded(error) ? configuredTotal : Duration.min(configuredTotal, total),
      attempts: configured.attempts ?? attempts
    }
  }
})

const live = make({ overloaded: brief, failing: brief })

/**
 * Up to four attempts within ten seconds.
 *
 * Waits as long as the service's `Retry-After` says. Without one, the wait starts at 0.5 s, doubles with each attempt up to 30 s, and is
 * shortened at random by up to half.
 *
 * Retries throttling and a model that is not ready (429), a model timeout (408), failures of the service or a gateway (5xx), errors in the
 * model's stream, connections that were refused, reset or not established in time, and streams that were cut off. Does not retry an
 * exhausted quota per day or longer, an unknown host, an untrusted certificate, or anything that would fail the same way again.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<RetryPolicy> = Layer.succeed(RetryPolicy, live)

/**
 * Like `layer`, but for long tasks: up to ten minutes for rate limits (429) and an overloaded service (503), and one minute for other failures of the
 * service and for timeouts.
 *
 * @since 0.1.0
 * @category policies
 */
export const longTasks: Service = make({
  overloaded: { total: Duration.minutes(10) },
  failing: { total: Duration.minutes(1) }
})

/**
 * See {@link longTasks}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerLongTasks: Layer.Layer<RetryPolicy> = Layer.succeed(RetryPolicy, longTasks)
