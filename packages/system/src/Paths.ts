/**
 * Compares and resolves paths.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readlink, realpath } from "node:fs"
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

/**
 * The absolute path without symbolic links, which is where a write would go. It may end in a file that does not exist yet, or in a dangling link.
 * Fails if links form a circle.
 *
 * @since 0.1.0
 * @category queries
 */
export const realPath = (path: string): Effect.Effect<string, PlatformError, FileSystem.FileSystem> => follow(path, 0)

/** Calls a function of `node:fs`; none if it fails. */
const attempt = (
  call: (path: string, callback: (error: Error | null, found: string) => void) => void,
  path: string
): Effect.Effect<Option.Option<string>> =>
  Effect.async((resume) =>
    call(path, (error, found) => resume(error === null ? Effect.succeedSome(found) : Effect.succeedNone))
  )

const follow = (path: string, links: number): Effect.Effect<string, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    // One call of realpath(3). `fs.realPath` makes one for each part of the path.
    const existing = yield* attempt(realpath.native, path)
    if (Option.isSome(existing)) return existing.value
    const above = dirname(path)
    if (above === path) return path
    const parent = yield* follow(above, links)
    const itself = join(parent, basename(path))
    const link = yield* attempt(readlink, itself)
    if (Option.isNone(link)) return itself
    // The file system reports the circle.
    return yield* links === maxLinks ? fs.realPath(path) : follow(resolve(parent, link.value), links + 1)
  })
