/**
 * Where the tools work, and the environment of the programs that they start.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { ProgramFiles } from "./permission/SensitivePlaces.ts"

/**
 * Environment variables.
 *
 * @since 0.1.0
 * @category models
 */
export type Environment = Readonly<Record<string, string>>

/**
 * Masks the secrets in a text that arrives in pieces.
 *
 * @since 0.1.0
 * @category models
 */
export interface Masker {
  /** The masked text so far. An end that may be the start of a secret is held back. */
  readonly next: (piece: string) => string
  /** The text that was held back, at the end of the text. */
  readonly end: () => string
}

/**
 * All paths are absolute.
 *
 * @since 0.1.0
 * @category services
 */
export class Workspace extends Context.Tag("@altimate-code/agent/Workspace")<Workspace, {
  /** The directory that relative paths and commands start from. */
  readonly directory: string
  /** The project's root. Files outside it need permission; without a root that is every file. */
  readonly root?: string
  /** The directory where complete long outputs are stored for 7 days. */
  readonly outputs: string
  /** The files of the program that runs the tools. */
  readonly own: ProgramFiles
  /** The complete environment of the command lines that the model and the user run. */
  readonly commandEnvironment: Environment
  /** The complete environment of all other programs: MCP servers, ripgrep, the editor. */
  readonly programEnvironment: Environment
  /** Masks the output of commands, on disk and for the model. */
  readonly makeMasker: () => Masker
}>() {}
