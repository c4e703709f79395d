/**
 * What can go wrong with a session's file.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `NotFound`: there is no such session, or the beginning of an ID fits several
 * - `InUse`: another process has it open
 * - `Corrupt`: the file does not begin as a session; nothing is changed
 * - `Io`: the file system refused
 *
 * @since 0.1.0
 * @category errors
 */
export class SessionError
  extends Schema.TaggedError<SessionError>("@altimate-code/agent/SessionError")("SessionError", {
    reason: Schema.Literal("NotFound", "InUse", "Corrupt", "Io"),
    message: Schema.String,
    /** What a person can do about it. */
    hint: Schema.String,
    path: Schema.optional(Schema.String)
  })
{}
