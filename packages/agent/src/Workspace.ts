/**
 * The directories in which the tools work, and the environment of the programs that they start.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ProgramFiles } from "./permission/SensitivePlaces.ts"

/**
 * Environment variables.
 *
 * @since 0.1.0
 * @category models
 */
export type Environment = Readonly<Record<string, string>>

/**
 * Masks secrets in a text that arrives in pieces.
 *
 * @since 0.1.0
 * @category models
 */
export interface Masker {
  /** Returns the masked text so far, except an end that may be the start of a secret. */
  readonly next: (piece: string) => string
  /** Returns the rest, at the end of the text. */
  readonly end: () => string
}

/**
 * All paths are absolute.
 *
 * @since 0.1.0
 * @category services
 */
export class Workspace extends Context.Tag("@altimate-code/agent/Workspace")<Workspace, {
  /** The working directory: of commands, and for relative paths. */
  readonly directory: string
  /** The project's root. Files outside it need permission; without a root, every file does. */
  readonly root?: string
  /** The directory in which the complete output of a command is kept for 7 days if it is too long for the model. */
  readonly outputs: string
  /** Directories with the user's own skills. The tools may read files there as they may read the project's. */
  readonly skillDirectories?: ReadonlyArray<string>
  /** The files of the program that runs the tools. */
  readonly programFiles: ProgramFiles
  /** The complete environment of the command lines that the model and the user run. */
  readonly commandEnvironment: Environment
  /** The complete environment of all other programs: MCP servers, ripgrep, the editor. */
  readonly programEnvironment: Environment
  /** Masks the output of commands, on disk and for the model. */
  readonly makeMasker: () => Masker
}>() {}

/**
 * What a program says of its workspace; the rest has defaults.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Partial<Context.Tag.Service<Workspace>> {
  readonly directory: string
  /** The program's own directory, for example of its sessions. The tools may use nothing in it without permission. */
  readonly state: string
}

/** What programs need to run. Everything else may be a secret of this program. */
const harmless = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"]

const readEnvironment: Effect.Effect<Environment> = Effect.map(
  Effect.forEach(
    harmless,
    (name) =>
      Effect.map(
        Effect.option(Config.string(name)),
        Option.match({ onNone: () => [], onSome: (value) => [[name, value]] })
      )
  ),
  (found) => Object.fromEntries(found.flat())
)

/**
 * A workspace for a program's own tools: the directory is the project, complete outputs are in `state`, and commands get `PATH`, `HOME` and the like but no
 * other variables. Nothing is masked unless `makeMasker` is given.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = ({ state, ...given }: Options): Layer.Layer<Workspace> =>
  Layer.effect(
    Workspace,
    Effect.map(readEnvironment, (environment) => ({
      root: given.directory,
      outputs: `${state}/outputs`,
      programFiles: { directories: [state], names: [] },
      commandEnvironment: environment,
      programEnvironment: environment,
      makeMasker: () => ({ next: (piece) => piece, end: () => "" }),
      ...given
    }))
  )
