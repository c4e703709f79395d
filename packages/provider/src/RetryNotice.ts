/**
 * Reports that a request waits before it is sent again.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { BedrockError } from "./BedrockError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Wait {
  /** Why the request is sent again. */
  readonly error: BedrockError
  /** The number of the next attempt, from 2. */
  readonly attempt: number
  /** When it is made, in milliseconds since 1970. */
  readonly until: number
}

/**
 * Called at the beginning of each wait. It does nothing unless a caller provides another one for its requests:
 * `Effect.provideService(request, RetryNotice, (wait) => …)`.
 *
 * @since 0.1.0
 * @category services
 */
export class RetryNotice extends Context.Reference<RetryNotice>()("@altimate-code/provider/RetryNotice", {
  defaultValue: () => (_wait: Wait): Effect.Effect<void> => Effect.void
}) {}
