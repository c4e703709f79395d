/**
 * Which failures are tried again, and after which wait.
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

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The waits between attempts, stepped with each failure; when it ends, the last failure is final. */
  readonly schedule: Schedule.Schedule<unknown, BedrockError>
  /** Is this failure worth another attempt at all? */
  readonly retryable: (error: BedrockError) => boolean
}

/**
 * The retry policy.
 *
 * @since 0.1.0
 * @category services
 */
export class RetryPolicy extends Context.Tag("@altimate-code/provider/RetryPolicy")<RetryPolicy, Service>() {}

/** No service is asked to be patient for longer than this, whatever its `Retry-After` says. */
const longest = Duration.seconds(60)

/**
 * Up to four attempts. The service's `Retry-After` is waited for, at most a minute; without one the wait is a random
 * part of 0.5, 1 and 2 seconds ("full jitter": clients that were throttled together don't come back together).
 *
 * Tried again: throttling and a model that is not ready (429), a model's time-out (408), a failure of the service or
 * of a gateway (5xx), an error of the model's stream, a connection that was refused, reset or too slow to stand, a
 * stream that broke off. Not: an unknown host, a refused certificate, and everything that would fail again alike.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<RetryPolicy> = Layer.succeed(RetryPolicy, {
  schedule: Schedule.exponential("500 millis").pipe(
    Schedule.intersect(Schedule.recurs(3)),
    Schedule.intersect(Schedule.identity<BedrockError>()),
    Schedule.modifyDelayEffect(([, error], delay) =>
      error.retryAfterMillis === undefined
        ? Effect.map(Random.next, (part) => Duration.times(delay, part))
        : Effect.succeed(Duration.min(Duration.millis(error.retryAfterMillis), longest))
    )
  ),
  retryable: (error) => {
    switch (error.reason) {
      case "Throttled":
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
})

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
