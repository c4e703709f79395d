/**
 * Which failures are retried, after which wait, and for how long.
 *
 * The client never retries after it has emitted part of an answer, and it renews an expired credential itself; the policy decides neither.
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
 * When retries end. A wait that would exceed `total`, counted from the first failure, is not started.
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
 * Decides about retries.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The waits between attempts, advanced with each failure; when it ends, the last failure is final. */
  readonly schedule: Schedule.Schedule<unknown, BedrockError>
  /** Whether another attempt can succeed after this failure. */
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
 * Decides about retries.
 *
 * @since 0.1.0
 * @category services
 */
export class RetryPolicy extends Context.Tag("@altimate-code/provider/RetryPolicy")<RetryPolicy, Service>() {}

const maxBackoff = Duration.seconds(30)

/** In milliseconds: a shorter `Retry-After` would mean retrying without a pause. */
const minRetryAfter = 1000

/** The random part keeps clients that were throttled together from retrying together. */
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
      // Without a status it is a time limit of the client: minutes have passed, unless it is that of the connection.
      return error.status !== undefined || error.type === "ConnectTimeout"
    case "Connection":
      return error.type !== undefined && transient.has(error.type)
    case "ModelError":
      return error.type === "ModelStreamErrorException"
    default:
      return false
  }
}

/** Codes of Node.js, and statuses of proxies, for a connection that may succeed next time. */
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

/** For failures that end within seconds or not at all, such as a refused connection. */
const brief: Limit = { total: Duration.seconds(10), attempts: 4 }

/** A configured time extends only the limit for an overload: nobody wants to wait ten minutes for a wrong port. */
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

/**
 * Up to four attempts within ten seconds.
 *
 * The wait is the service's `Retry-After`. Without one it is 0.5 s, doubled with each attempt up to 30 s, and shortened by a random part of
 * up to one half.
 *
 * Retried: throttling and a model that is not ready (429), a model's timeout (408), a failure of the service or of a gateway (5xx), an error
 * in the model's stream, a connection that was refused, reset or not established in time, and a stream that broke off. Not retried: a quota
 * per day or longer, an unknown host, a certificate that is not trusted, and everything that would fail the same way again.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<RetryPolicy> = Layer.succeed(RetryPolicy, make({ overloaded: brief, failing: brief }))

/**
 * The same for longer tasks: up to ten minutes for rate limits (429) and an overloaded service (503), and one minute for other failures of the
 * service and for timeouts.
 *
 * @since 0.1.0
 * @category layers
 */
export const patient: Layer.Layer<RetryPolicy> = Layer.succeed(
  RetryPolicy,
  make({ overloaded: { total: Duration.minutes(10) }, failing: { total: Duration.minutes(1) } })
)
