/**
 * The project that the working directory is in.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Directories } from "./Directories.ts"

/**
 * A project's root, and whether it is the root of a Git repository.
 *
 * @since 0.1.0
 * @category models
 */
export interface Project {
  readonly root: string
  readonly isRepository: boolean
}

/**
 * The Git repository that contains the working directory, or else that directory alone. A repository at or above the home directory
 * (dotfiles) does not count, since most files there are not part of it. None if the working directory is the home directory or above it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find: Effect.Effect<
  Option.Option<Project>,
  never,
  Directories | FileSystem.FileSystem | Path.Path
> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { cwd, home } = yield* Directories
  const realPath = (path: string) => Effect.orElseSucceed(Paths.realPath(path), () => path)
  // The working directory comes without symbolic links, but HOME often contains one.
  const homes = [path.resolve(home), yield* realPath(home)]
  const containsHome = (directory: string) =>
    path.dirname(directory) === directory || homes.some((home) => Paths.isBelow(home, directory))
  if (containsHome(cwd) || containsHome(yield* realPath(cwd))) return Option.none()
  for (const directory of Paths.ascend(cwd)) {
    if (containsHome(directory)) break
    if (yield* Effect.orElseSucceed(fs.exists(path.join(directory, ".git")), () => false)) {
      return Option.some({ root: directory, isRepository: true })
    }
  }
  return Option.some({ root: cwd, isRepository: false })
})
