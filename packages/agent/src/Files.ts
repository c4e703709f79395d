/**
 * The files of a project.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as List from "./internal/search/listFiles.ts"

/**
 * The files could not be looked for: the directory can't be entered.
 *
 * @since 0.1.0
 * @category errors
 */
export class FilesError extends Schema.TaggedError<FilesError>("@altimate-code/agent/FilesError")("FilesError", {
  message: Schema.String
}) {}

/**
 * Paths below `directory`, with `/` and relative to it, that fit a glob pattern (`*`, `**`, `?`, `[a-z]`, `{a,b}`; parentheses are
 * themselves). Left out is what `.gitignore` files leave out, those of the directories above up to the repository's root too, and
 * always `.git` and `node_modules`, unless the pattern begins with such a path. What can't be read below it is left out as well, and
 * whatever a pattern reaches outside of `directory`. Symbolic links are not followed. Ends after ten seconds, with what it has by then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const matching = (directory: string, pattern: string): Effect.Effect<ReadonlyArray<string>, FilesError> =>
  listed(directory, pattern, {})

/**
 * The first files that `matching` would find below the directory, those in few directories first: it stops soon after so many.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nearest = (directory: string, count: number): Effect.Effect<ReadonlyArray<string>, FilesError> =>
  listed(directory, "**/*", { maxFiles: count })

const listed = (directory: string, pattern: string, options: { readonly maxFiles?: number }) =>
  List.list(directory, pattern, { ...options, within: "10 seconds" }).pipe(
    Effect.mapBoth({
      onFailure: ({ message }) =>
        new FilesError({
          message: `The files of ${directory} that match ${JSON.stringify(pattern)} can't be found: ${message}`
        }),
      onSuccess: ({ files }) => files
    })
  )
