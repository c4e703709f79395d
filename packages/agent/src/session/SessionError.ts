/**
 * Errors of session files.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `NotFound`: no session, or more than one, matches the ID
 * - `InUse`: another process has opened the session
 * - `Corrupt`: the first line of the file is invalid; the file is not changed
 * - `Io`: the file system reported an error
 * - `CostLimit`: the session has cost as much as it may
 *
 * @since 0.1.0
 * @category errors
 */
export class SessionError
  extends Schema.TaggedError<SessionError>("@altimate-code/agent/SessionError")("SessionError", {
    reason: Schema.Literal("NotFound", "InUse", "Corrupt", "Io", "CostLimit"),
    message: Schema.String,
    /** What the user can do. */
    hint: Schema.String,
    path: Schema.optional(Schema.String)
  })
{}
