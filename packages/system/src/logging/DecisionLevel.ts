/**
 * The level at which the libraries log their decisions.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"

/**
 * The level at which the libraries log what they decided: which file, endpoint, credential and model they use, and which tools were called. Unless it is provided, `Debug`, because
 * a program that uses a library seldom wants its lines. A program whose users look for these lines provides `Info`.
 *
 * @since 0.1.0
 * @category services
 */
export class DecisionLevel extends Context.Reference<DecisionLevel>()("@altimate-code/system/logging/DecisionLevel", {
  defaultValue: (): LogLevel.LogLevel => LogLevel.Debug
}) {}

/**
 * Logs a decision at that level.
 *
 * @since 0.1.0
 * @category logging
 */
export const logDecision = (message: string): Effect.Effect<void> =>
  Effect.flatMap(DecisionLevel, (level) => Effect.logWithLevel(level, message))

/**
 * Logs a problem that needs no line of its own: the caller also gets it, as an error, an event or through a service such as `RetryNotice`, or it was solved
 * in another way. At `level` if decisions are logged at `Info`, otherwise at the level of decisions, because the program reports problems in its own way, and
 * Effect's default logger writes to stdout.
 *
 * @since 0.1.0
 * @category logging
 */
export const logReported = (level: LogLevel.LogLevel, message: string): Effect.Effect<void> =>
  Effect.flatMap(
    DecisionLevel,
    (decisions) => Effect.logWithLevel(LogLevel.lessThan(decisions, LogLevel.Info) ? decisions : level, message)
  )
