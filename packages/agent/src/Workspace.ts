/**
 * Where the tools work.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Own } from "./SensitiveFiles.ts"

/**
 * Absolute paths.
 *
 * @since 0.1.0
 * @category services
 */
export class Workspace extends Context.Tag("@altimate-code/agent/Workspace")<Workspace, {
  /** The directory that relative paths and commands start from. */
  readonly directory: string
  /** The project's root. What is not below it is outside, and is asked for; without a root everything is outside. */
  readonly root?: string
  /** Where the whole of a long output is kept, for 7 days. */
  readonly outputs: string
  /** What belongs to the program around the tools. */
  readonly own: Own
}>() {}
