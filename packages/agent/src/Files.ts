/**
 * The files of a project.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
// What globby walks is the disk itself; asking a platform service about it would only pretend that it is not.
import { realpath } from "node:fs/promises"
import { dirname, isAbsolute, join } from "node:path"

/**
 * The files could not be looked for: the directory can't be entered, or the pattern can't be used.
 *
 * @since 0.1.0
 * @category errors
 */
export class FilesError extends Schema.TaggedError<FilesError>("@altimate-code/agent/FilesError")("FilesError", {
  message: Schema.String
}) {}

/**
 * Paths below `directory`, with `/` and relative to it, that fit a glob pattern. Left out is what `.gitignore` files leave out, those
 * of the directories above up to the repository's root too, and always `.git` and `node_modules`. What can't be read below it is left
 * out as well, and whatever a pattern reaches outside of `directory`, be it by `..`, by an absolute path in braces or by a symbolic
 * link. Symbolic links to directories are not followed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const matching = (directory: string, pattern: string): Effect.Effect<ReadonlyArray<string>, FilesError> =>
  Effect.tryPromise({
    try: async () => {
      const { globby } = await import("globby")
      const found = await globby(pattern, {
        cwd: directory,
        gitignore: true,
        ignore: ["**/.git/**", "**/node_modules/**"],
        dot: true,
        followSymbolicLinks: false,
        suppressErrors: true
      })
      return await inside(directory, found)
    },
    catch: (error) =>
      new FilesError({
        message: `The files of ${directory} that fit ${JSON.stringify(pattern)} can't be found: ${
          error instanceof Error ? error.message : String(error)
        }`
      })
  })

/** A pattern that begins with the name of a linked directory does lead through the link. */
const inside = async (directory: string, files: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const root = await realpath(directory)
  const parents = new Map<string, boolean>()
  for (const parent of new Set(files.map((file) => dirname(file)))) {
    const real = await realpath(join(directory, parent)).catch(() => "/")
    parents.set(parent, !isAbsolute(parent) && Paths.isBelow(real, root))
  }
  return files.filter((file) => parents.get(dirname(file)))
}
