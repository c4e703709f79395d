/**
 * Where a path leads.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"

/**
 * Whether the path is the directory itself or something in it. Both are absolute and are compared as text: resolve symbolic links
 * first (`realPath`) where they matter.
 *
 * @since 0.1.0
 * @category queries
 */
export const isBelow = (path: string, directory: string): boolean => {
  const way = relative(directory, path)
  return way.split(sep)[0] !== ".." && !isAbsolute(way)
}

/**
 * The directories from `root` down to `directory`, both included; the directory alone when it is not below the root.
 *
 * @since 0.1.0
 * @category queries
 */
export const descend = (root: string, directory: string): ReadonlyArray<string> => {
  const way = relative(root, directory)
  if (way === "") return [root]
  if (!isBelow(directory, root)) return [directory]
  return way.split(sep).reduce<ReadonlyArray<string>>((found, name) => [...found, join(found.at(-1)!, name)], [root])
}

/**
 * The directory and those above it, up to the root of the file system.
 *
 * @since 0.1.0
 * @category queries
 */
export const ascend = (directory: string): ReadonlyArray<string> => {
  const above = dirname(directory)
  return above === directory ? [directory] : [directory, ...ascend(above)]
}

/**
 * `~` and `~/…` as the home directory; every other path as it is.
 *
 * @since 0.1.0
 * @category queries
 */
export const expandHome = (path: string, home: string): string =>
  path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path

/** Linux follows as many symbolic links before it answers ELOOP (path_resolution(7)). */
const maxLinks = 40

/**
 * The absolute path without symbolic links, also when its end does not exist yet, or is a link to something that does not: this is
 * where a write would go. Fails when links lead round in a circle.
 *
 * @since 0.1.0
 * @category queries
 */
export const realPath = (path: string): Effect.Effect<string, PlatformError, FileSystem.FileSystem> => follow(path, 0)

const follow = (path: string, links: number): Effect.Effect<string, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const existing = yield* Effect.option(fs.realPath(path))
    if (Option.isSome(existing)) return existing.value
    const above = dirname(path)
    if (above === path) return path
    const parent = yield* follow(above, links)
    const itself = join(parent, basename(path))
    const link = yield* Effect.option(fs.readLink(itself))
    if (Option.isNone(link)) return itself
    // The file system itself says that it is a circle.
    return yield* links === maxLinks ? fs.realPath(path) : follow(resolve(parent, link.value), links + 1)
  })
