/**
 * Where the tools work, and what they give to the programs that they start.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Own } from "./SensitiveFiles.ts"

/**
 * Environment variables.
 *
 * @since 0.1.0
 * @category models
 */
export type Environment = Readonly<Record<string, string>>

/**
 * Takes secrets out of one text that comes in pieces.
 *
 * @since 0.1.0
 * @category models
 */
export interface Masker {
  /** What can be shown by now; an end that may be the beginning of a secret is held back. */
  readonly next: (piece: string) => string
  /** What is still held back; the text is over. */
  readonly end: () => string
}

/**
 * The paths are absolute.
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
  /** The whole environment of the command lines that the model and the user run. */
  readonly commandEnvironment: Environment
  /** The whole environment of every other program that is started: MCP servers, ripgrep, the editor. */
  readonly programEnvironment: Environment
  /** For the output of commands, on the disk and for the model. */
  readonly makeMasker: () => Masker
}>() {}
