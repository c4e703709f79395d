/**
 * Changes to a configuration file that a person wants and does not write.
 *
 * @since 0.1.0
 */
import { printable } from "@altimate-code/log/Printable"
import { readText } from "@altimate-code/system/ReadText"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { ConfigError } from "./ConfigError.ts"
import { Directories } from "./Directories.ts"
import { applyChange } from "./internal/file/applyChange.ts"
import { checkTypes } from "./internal/file/check.ts"
import { fileIn } from "./internal/file/fileIn.ts"
import { parse } from "./internal/file/parse.ts"
import { failure } from "./internal/file/place.ts"
import { dotted, find, toValue, type Tree } from "./internal/file/tree.ts"

/**
 * A value for JSON, and where it goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Change {
  readonly path: ReadonlyArray<string>
  readonly value: unknown
}

/**
 * The user's own configuration file for all projects: the one that is there, `.json` or `.jsonc`, else the one to make. Fails when both
 * are there.
 *
 * @since 0.1.0
 * @category editing
 */
export const userFile: Effect.Effect<string, ConfigError, FileSystem.FileSystem | Path.Path | Directories> = Effect
  .flatMap(Directories, ({ config }) => fileIn(config))

/**
 * Makes the changes in the file, one after the other, and leaves everything else in it as it is: comments, order and
 * blanks. The file and its directory are made when they are not there. A file that the program would not start with is
 * refused and stays as it is, and so is one in which another mention of the same setting would win. The file is replaced in
 * one step, its mode stays, and a symbolic link stays one.
 *
 * A rule for a pattern below `permission` keeps the verdict that applied to the tool so far as its rule for `"*"`.
 *
 * @since 0.1.0
 * @category editing
 */
export const set: (
  path: string,
  changes: ReadonlyArray<Change>
) => Effect.Effect<void, ConfigError, FileSystem.FileSystem | Path.Path> = Effect.fn("ConfigEdit.set")(
  function*(path: string, changes: ReadonlyArray<Change>) {
    const before = yield* readText(path).pipe(
      Effect.catchTag("Unreadable", ({ message, reason }) =>
        reason === "NotFound" ? Effect.succeed("") : Effect.fail(
          new ConfigError({
            reason: "Read",
            message: `${printable(path)} cannot be read: ${message}`,
            path,
            hint: "Make it a file that you may read and write, or move it away."
          })
        ))
    )
    const tree = (text: string) =>
      Effect.flatMap(
        parse({
          text,
          directory: "",
          origin: (line, column, key) => ({ _tag: "File", path, scope: "global", line, column, key })
        }),
        checkTypes
      )
    const original = yield* tree(before)
    let text = before
    for (const change of changes) {
      text = applyChange(text, yield* tree(text), change)
      const made = find(yield* tree(text), change.path)
      if (JSON.stringify(made && toValue(made)) === JSON.stringify(change.value)) continue
      return yield* failure(nearest(original, change.path).origin, {
        reason: "Value",
        message: `${dotted(change.path)} is written more than once`,
        hint: "Leave one of them in the file."
      })
    }
    if (text !== before) yield* Effect.mapError(replaceFile(path, text, { mode: 0o644 }), cannotWrite(path))
  }
)

/** What stands at the path, or as far towards it as there is anything. */
const nearest = (tree: Tree, path: ReadonlyArray<string>): Tree => find(tree, path) ?? nearest(tree, path.slice(0, -1))

const cannotWrite = (path: string) => (error: PlatformError) =>
  new ConfigError({
    reason: "Write",
    message: `${printable(path)} cannot be written: ${
      error._tag === "SystemError" && error.reason === "PermissionDenied" ? "permission denied" : "the system refused"
    }`,
    path,
    hint: "Make it a file in a directory that you may write in."
  })
