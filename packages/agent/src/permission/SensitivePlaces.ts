/**
 * The directories that decide whether a file is sensitive.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"

/**
 * The files of the program that runs the tools.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProgramFiles {
  /** Absolute paths of its settings, credentials and sessions. Reading or changing anything in them needs permission. */
  readonly directories: ReadonlyArray<string>
  /** Names of files and directories that configure it anywhere, e.g. in a project. Changing them needs permission. */
  readonly names: ReadonlyArray<string>
}

/**
 * Where home directories and the program's files are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Places {
  /** The home directory, with and without symbolic links resolved. */
  readonly homes: ReadonlyArray<string>
  readonly own: ProgramFiles
}

/**
 * Without a home directory and program files.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: Places = { homes: [], own: { directories: [], names: [] } }

/**
 * Determines the places from `HOME` and the file system.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = Effect.fn("SensitivePlaces.find")(function*(own: ProgramFiles) {
  const home = yield* Effect.option(Config.nonEmptyString("HOME"))
  const withRealPath = (path: string) =>
    Effect.map(Effect.orElseSucceed(Paths.realPath(path), () => path), (real) => [...new Set([path, real])])
  const directories = yield* Effect.forEach(own.directories, withRealPath)
  const found: Places = {
    homes: home._tag === "None" ? [] : yield* withRealPath(home.value),
    own: { directories: directories.flat(), names: own.names }
  }
  return found
})
