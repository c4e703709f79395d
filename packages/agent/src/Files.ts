/**
 * The files of a project.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * Paths below `directory`, with `/` and relative to it, that fit a glob pattern. Left out is what `.gitignore` files leave out, those
 * of the directories above up to the repository's root too, and always `.git` and `node_modules`. What can't be read is left out as
 * well. Symbolic links to directories are not followed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const matching = (directory: string, pattern: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    const { globby } = await import("globby")
    return await globby(pattern, {
      cwd: directory,
      gitignore: true,
      ignore: ["**/.git/**", "**/node_modules/**"],
      dot: true,
      followSymbolicLinks: false,
      suppressErrors: true
    })
  })
