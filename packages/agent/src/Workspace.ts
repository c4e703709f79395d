/**
 * Where the tools work.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * Absolute paths.
 *
 * @since 0.1.0
 * @category services
 */
export class Workspace extends Context.Tag("@altimate-code/agent/Workspace")<Workspace, {
  /** The directory that relative paths and commands start from. */
  readonly directory: string
  /** The project's root: the repository's, or else `directory`. What is not below it is outside, and is asked for. */
  readonly root: string
  /** Where the whole of a long output is kept, for 7 days. */
  readonly outputs: string
}>() {}
