/**
 * The directories in which files are sensitive.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * The files of the program that runs the tools.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProgramFiles {
  /** Absolute paths of its settings, credentials and sessions. Reading or changing anything in them needs permission. */
  readonly directories: ReadonlyArray<string>
  /** Names of files and directories that configure it wherever they are, for example in a project. Changing them needs permission. */
  readonly names: ReadonlyArray<string>
}

/**
 * The locations of the home directory and of the program's files.
 *
 * @since 0.1.0
 * @category models
 */
export interface Places {
  /** The home directory as configured and, if different, with symbolic links resolved. */
  readonly homes: ReadonlyArray<string>
  readonly programFiles: ProgramFiles
}

/**
 * No home directory and no program files.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: Places = { homes: [], programFiles: { directories: [], names: [] } }

/**
 * Determines the places from the home directory, if there is one, and the file system. Synchronous, because it takes ten times as long otherwise.
 *
 * @since 0.1.0
 * @category constructors
 */
export const resolve = (programFiles: ProgramFiles, home: string | undefined): Places => {
  const withRealPath = (path: string) => [...new Set([path, Paths.resolveLinksSync(path)])]
  return {
    homes: home === undefined ? [] : withRealPath(home),
    programFiles: { directories: programFiles.directories.flatMap(withRealPath), names: programFiles.names }
  }
}

/**
 * Determines the places from `HOME` and the file system.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = (programFiles: ProgramFiles): Effect.Effect<Places> =>
  Effect.map(
    Effect.option(Config.nonEmptyString("HOME")),
    (home) => resolve(programFiles, Option.getOrUndefined(home))
  )
