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
 * Lists the paths that match a glob pattern (`*`, `**`, `?`, `[a-z]`, `{a,b}`; parentheses are literal), relative to `directory` and
 * separated by `/`. Unless the pattern starts with their path, it excludes `.git`, `node_modules` and everything that `.gitignore` files
 * ignore, including those in parent directories up to the repository's root. It also excludes unreadable directories and everything
 * outside `directory`, and does not follow symbolic links. After ten seconds it returns the files found so far.
 *
 * @since 0.1.0
 * @category constructors
 */
export const listMatching = (directory: string, pattern: string): Effect.Effect<ReadonlyArray<string>, FilesError> =>
  listFiles(directory, pattern, {})

/**
 * Lists files like `listMatching`, the shallowest first, and stops soon after `count` files.
 *
 * @since 0.1.0
 * @category constructors
 */
export const listNearest = (directory: string, count: number): Effect.Effect<ReadonlyArray<string>, FilesError> =>
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
