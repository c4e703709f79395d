/**
 * The files of a project.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
// What globby walks is the disk itself; asking a platform service about it would only pretend that it is not.
import { realpath } from "node:fs/promises"
import { dirname, isAbsolute, join, relative, sep } from "node:path"

/**
 * Paths below `directory`, with `/` and relative to it, that fit a glob pattern. Left out is what `.gitignore` files leave out, those
 * of the directories above up to the repository's root too, and always `.git` and `node_modules`. What can't be read is left out as
 * well, and whatever a pattern reaches outside of `directory`, be it by `..`, by an absolute path in braces or by a symbolic link.
 * Symbolic links to directories are not followed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const matching = (directory: string, pattern: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.flatMap(Effect.promise(() => import("globby")), ({ globby }) =>
    Effect.tryPromise(async () => {
      const found = await globby(pattern, {
        cwd: directory,
        gitignore: true,
        ignore: ["**/.git/**", "**/node_modules/**"],
        dot: true,
        followSymbolicLinks: false,
        suppressErrors: true
      })
      return await inside(directory, found)
    })).pipe(Effect.orElseSucceed(() => []))

/** A pattern that begins with the name of a linked directory does lead through the link. */
const inside = async (directory: string, files: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const root = await realpath(directory)
  const parents = new Map<string, boolean>()
  for (const parent of new Set(files.map((file) => dirname(file)))) {
    const way = relative(root, await realpath(join(directory, parent)).catch(() => "/"))
    parents.set(parent, !isAbsolute(parent) && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way))
  }
  return files.filter((file) => parents.get(dirname(file)))
}
