/**
 * Compares and resolves paths.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { existsSync, lstatSync, readlink, readlinkSync, realpath, realpathSync } from "node:fs"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"

/**
 * Whether the path is the directory itself or is inside it. Both must be absolute. They are compared as text: resolve symbolic links first
 * (`realPath`) if they matter.
 *
 * @since 0.1.0
 * @category queries
 */
export const isBelow = (path: string, directory: string): boolean => {
  const route = relative(directory, path)
  return route.split(sep)[0] !== ".." && !isAbsolute(route)
}

/**
 * The directories from `root` down to `directory`, including both; only `directory` if it is not below `root`.
 *
 * @since 0.1.0
 * @category queries
 */
export const descend = (root: string, directory: string): ReadonlyArray<string> => {
  const route = relative(root, directory)
  if (route === "") return [root]
  if (!isBelow(directory, root)) return [directory]
  return route.split(sep).reduce<ReadonlyArray<string>>((found, name) => [...found, join(found.at(-1)!, name)], [root])
}

/**
 * The directory and all directories above it, up to the root of the file system.
 *
 * @since 0.1.0
 * @category queries
 */
export const ascend = (directory: string): ReadonlyArray<string> => {
  const above = dirname(directory)
  return above === directory ? [directory] : [directory, ...ascend(above)]
}

/**
 * Expands `~` and `~/…` to the home directory; other paths stay unchanged.
 *
 * @since 0.1.0
 * @category queries
 */
export const expandHome = (path: string, home: string): string =>
  path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path

/**
 * The path with `~` for the home directory, for display; other paths stay unchanged.
 *
 * @since 0.1.0
 * @category rendering
 */
export const abbreviateHome = (path: string, home: string): string =>
  path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path

/** The number of symbolic links that Linux follows before it fails with ELOOP (path_resolution(7)). */
const maxLinks = 40

/** Asks the file system about a path: for the path without symbolic links, or for the target of a link. */
interface Question {
  readonly about: "realpath" | "readlink"
  readonly path: string
}

/** Yields questions, whose answers are `undefined` if the system call fails. Returns `undefined` if links form a circle. */
function* follow(path: string, links: number): Generator<Question, string | undefined, string | undefined> {
  const existing = yield { about: "realpath", path }
  if (existing !== undefined) return existing
  const above = dirname(path)
  if (above === path) return path
  const parent = yield* follow(above, links)
  if (parent === undefined) return undefined
  const itself = join(parent, basename(path))
  const link = yield { about: "readlink", path: itself }
  if (link === undefined) return itself
  return links === maxLinks ? undefined : yield* follow(resolve(parent, link), links + 1)
}

// One call of realpath(3). `fs.realPath` makes one for each part of the path.
const ask = { realpath: realpath.native, readlink }

/** Returns `undefined` if links form a circle. */
const followAsync = (path: string): Effect.Effect<string | undefined> =>
  Effect.async((resume) => {
    const questions = follow(path, 0)
    const next = (answer?: string): void => {
      const step = questions.next(answer)
      if (step.done === true) return resume(Effect.succeed(step.value))
      ask[step.value.about](step.value.path, (error: Error | null, found: string) =>
        next(error === null ? found : undefined))
    }
    next()
  })

/**
 * The absolute path without symbolic links, which is where a write would go. It may end in a file that does not exist yet, or in a dangling link.
 * Fails if links form a circle.
 *
 * @since 0.1.0
 * @category queries
 */
export const realPath = (path: string): Effect.Effect<string, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(followAsync(path), (found) =>
    found === undefined
      // The file system reports the circle.
      ? Effect.flatMap(FileSystem.FileSystem, (fs) => fs.realPath(path))
      : Effect.succeed(found))

/**
 * Like `realPath`, but the path itself if links form a circle: whatever opens it reports that.
 *
 * @since 0.1.0
 * @category queries
 */
export const resolveLinks = (path: string): Effect.Effect<string> =>
  Effect.map(followAsync(path), (found) => found ?? path)

/** Exceptions take longer than asking first. */
const askSync = ({ about, path }: Question): string | undefined => {
  try {
    if (about === "realpath") return existsSync(path) ? realpathSync.native(path) : undefined
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : undefined
  } catch {
    return undefined
  }
}

/**
 * Like `resolveLinks`, but synchronous, which takes a fraction of the time. Only for directories of the program and its user: another path may be
 * on a network drive that does not respond, and block the whole program.
 *
 * @since 0.1.0
 * @category queries
 */
export const resolveLinksSync = (path: string): string => {
  const questions = follow(path, 0)
  let step = questions.next()
  while (step.done !== true) step = questions.next(askSync(step.value))
  return step.value ?? path
}
