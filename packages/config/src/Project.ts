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
 * A project's root, and whether a Git repository begins there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Project {
  readonly root: string
  readonly isRepository: boolean
}

/**
 * The nearest Git repository around the working directory, or else that directory alone. A repository in the home directory (dotfiles)
 * or above it is no project, since most files there are none of it; with the working directory there, there is none.
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
  // The system names the working directory without symbolic links, and HOME often has one.
  const homes = [path.resolve(home), yield* realPath(home)]
  const holdsHome = (directory: string) =>
    path.dirname(directory) === directory || homes.some((home) => Paths.isBelow(home, directory))
  if (holdsHome(cwd) || holdsHome(yield* realPath(cwd))) return Option.none()
  for (const directory of Paths.ascend(cwd)) {
    if (holdsHome(directory)) break
    if (yield* Effect.orElseSucceed(fs.exists(path.join(directory, ".git")), () => false)) {
      return Option.some({ root: directory, isRepository: true })
    }
  }
  return Option.some({ root: cwd, isRepository: false })
})
