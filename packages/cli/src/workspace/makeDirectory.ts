/** Creates directories one by one. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { dirname } from "node:path"

const isFailure = (reason: string) => (error: { readonly _tag: string; readonly reason?: string }): boolean =>
  error._tag === "SystemError" && error.reason === reason

/**
 * A file system that creates missing parent directories itself, because Node's `recursive` option never returns where mkdir always fails
 * with ENOENT, as in `/proc`.
 */
export const make = (fs: FileSystem.FileSystem): FileSystem.FileSystem => {
  const makeOne = (path: string, options: FileSystem.MakeDirectoryOptions) =>
    fs.makeDirectory(path, { ...options, recursive: false }).pipe(
      Effect.catchIf(
        isFailure("AlreadyExists"),
        (error) => Effect.flatMap(fs.stat(path), ({ type }) => type === "Directory" ? Effect.void : Effect.fail(error))
      )
    )
  const makeAll = (
    path: string,
    options: FileSystem.MakeDirectoryOptions
  ): ReturnType<FileSystem.FileSystem["makeDirectory"]> =>
    makeOne(path, options).pipe(
      Effect.catchIf(isFailure("NotFound"), (error) =>
        dirname(path) === path
          ? Effect.fail(error)
          : Effect.zipRight(makeAll(dirname(path), options), makeOne(path, options)))
    )
  return {
    ...fs,
    makeDirectory: (path, options = {}) =>
      options.recursive === true ? makeAll(path, options) : fs.makeDirectory(path, options)
  }
}
