/**
 * Reports each wait before a retry.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { BedrockError } from "./BedrockError.ts"

/**
 * A wait before a retry.
 *
 * @since 0.1.0
 * @category models
 */
export interface Wait {
  /** Why the request is retried. */
  readonly error: BedrockError
  /** The number of the next attempt, from 2. */
  readonly attempt: number
  /** The number of the last attempt. Absent if retries are limited only by time. */
  readonly lastAttempt?: number
  /** When that attempt starts, in milliseconds since 1970. */
  readonly until: number
}

/**
 * A function that is called at the start of each wait. The default does nothing. To be notified, provide a function for a request:
 * `Effect.provideService(request, RetryNotice, (wait) => …)`.
 *
 * @since 0.1.0
 * @category services
 */
export class RetryNotice extends Context.Reference<RetryNotice>()("@altimate-code/provider/RetryNotice", {
  defaultValue: () => (_wait: Wait): Effect.Effect<void> => Effect.void
}) {}
