/**
 * Lists the files of a project.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as List from "./internal/search/listFiles.ts"

/**
 * The files could not be listed because the directory can't be read.
 *
 * @since 0.1.0
 * @category errors
 */
export class FilesError extends Schema.TaggedError<FilesError>("@altimate-code/agent/FilesError")("FilesError", {
  message: Schema.String
}) {}

/**
 * Paths relative to `directory`, with `/`, that match a glob pattern (`*`, `**`, `?`, `[a-z]`, `{a,b}`; parentheses are literal).
 * Excludes files that `.gitignore` files ignore, including those of the directories above up to the repository's root, and `.git` and
 * `node_modules`, unless the pattern starts with such a path. Also excludes unreadable directories and everything outside `directory`.
 * Symbolic links are not followed. Returns after ten seconds at the latest, with the files found until then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const matching = (directory: string, pattern: string): Effect.Effect<ReadonlyArray<string>, FilesError> =>
  listFiles(directory, pattern, {})

/**
 * The first files that `matching` would find, those in the fewest subdirectories first. Stops soon after `count` files.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nearest = (directory: string, count: number): Effect.Effect<ReadonlyArray<string>, FilesError> =>
  listFiles(directory, "**/*", { maxFiles: count })

const listFiles = (directory: string, pattern: string, options: { readonly maxFiles?: number }) =>
  List.list(directory, pattern, { ...options, within: "10 seconds" }).pipe(
    Effect.mapBoth({
      onFailure: ({ message }) =>
        new FilesError({
          message: `The files of ${directory} that match ${JSON.stringify(pattern)} can't be listed: ${message}`
        }),
      onSuccess: ({ files }) => files
    })
  )
