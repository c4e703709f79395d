/**
 * Edits configuration files on the user's behalf.
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
import * as Option from "effect/Option"
import { ConfigError } from "./ConfigError.ts"
import { Directories } from "./Directories.ts"
import { applyChange } from "./internal/file/applyChange.ts"
import { applyRemoval } from "./internal/file/applyRemoval.ts"
import { checkTypes } from "./internal/file/checkTypes.ts"
import { errorAt } from "./internal/file/errorAt.ts"
import { findFile } from "./internal/file/findFile.ts"
import { parse } from "./internal/file/parse.ts"
import { find, formatPath, toValue, type Tree } from "./internal/file/tree.ts"

/**
 * A JSON value and the path to write it to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Change {
  readonly path: ReadonlyArray<string>
  readonly value: unknown
}

/**
 * The user's global configuration file: the existing one (`.json` or `.jsonc`), or the path to create it at. Fails if both exist.
 *
 * @since 0.1.0
 * @category editing
 */
export const userFile: Effect.Effect<string, ConfigError, FileSystem.FileSystem | Path.Path | Directories> = Effect
  .flatMap(Directories, ({ config }) => findFile(config))

/**
 * The key that a setting at this path has in `Settings.leaves`: with dots, and names in quotes where they need them.
 *
 * @since 0.1.0
 * @category rendering
 */
export const keyOf: (path: ReadonlyArray<string>) => string = formatPath

/**
 * Makes the changes one after the other and leaves everything else in the file unchanged, including comments, order and white space.
 * Creates the file and its directory if necessary. Refuses to edit a file with which the program would not start, and a file that contains
 * the same setting a second time, which would override the change. The file is replaced in one step and keeps its mode; a symbolic link stays a link.
 *
 * A rule for a pattern under `permission` keeps the verdict that applied to the tool before as its rule for `"*"`.
 *
 * @since 0.1.0
 * @category editing
 */
export const set: (
  path: string,
  changes: ReadonlyArray<Change>
) => Effect.Effect<void, ConfigError, FileSystem.FileSystem | Path.Path> = Effect.fn("ConfigEdit.set")(
  function*(path: string, changes: ReadonlyArray<Change>) {
    const before = yield* read(path)
    const original = yield* parseFile(path, before)
    let text = before
    for (const change of changes) {
      text = applyChange(text, yield* parseFile(path, text), change.path, change.value)
      const written = find(yield* parseFile(path, text), change.path)
      if (JSON.stringify(written && toValue(written)) === JSON.stringify(change.value)) continue
      return yield* makeTwiceError(original, change.path)
    }
    yield* replace(path, before, text)
  }
)

/**
 * The value of a setting in the file. A single verdict, such as `"permission": "allow"`, is the value for `"*"`, too. None if the file does
 * not have the setting.
 *
 * @since 0.1.0
 * @category editing
 */
export const get: (
  path: string,
  at: ReadonlyArray<string>
) => Effect.Effect<Option.Option<unknown>, ConfigError, FileSystem.FileSystem | Path.Path> = Effect.fn(
  "ConfigEdit.get"
)(
  function*(path: string, at: ReadonlyArray<string>) {
    const tree = yield* parseFile(path, yield* read(path))
    return Option.map(locate(tree, at), ({ found }) => toValue(found))
  }
)

/**
 * Removes the setting that {@link get} finds, as {@link set} changes one: everything else in the file stays, including comments. Returns
 * false, and changes nothing, if the file does not have it.
 *
 * @since 0.1.0
 * @category editing
 */
export const remove: (
  path: string,
  at: ReadonlyArray<string>
) => Effect.Effect<boolean, ConfigError, FileSystem.FileSystem | Path.Path> = Effect.fn("ConfigEdit.remove")(
  function*(path: string, at: ReadonlyArray<string>) {
    const before = yield* read(path)
    const original = yield* parseFile(path, before)
    const located = Option.map(locate(original, at), ({ place }) => place)
    if (Option.isNone(located)) return false
    const text = applyRemoval(before, located.value)
    if (find(yield* parseFile(path, text), located.value) !== undefined) {
      return yield* makeTwiceError(original, located.value)
    }
    yield* replace(path, before, text)
    return true
  }
)

/** The setting, and where it is. A single verdict in place of rules is the one for `"*"`. */
const locate = (
  tree: Tree,
  at: ReadonlyArray<string>
): Option.Option<{ readonly place: ReadonlyArray<string>; readonly found: Tree }> => {
  const found = find(tree, at)
  if (found !== undefined) return Option.some({ place: at, found })
  return at.at(-1) === "*"
    ? Option.filter(locate(tree, at.slice(0, -1)), ({ found }) => found._tag === "Leaf")
    : Option.none()
}

/** Empty for a file that is missing. */
const read = (path: string) =>
  readText(path).pipe(
    Effect.catchTag("Unreadable", ({ message, reason }) =>
      reason === "NotFound" ? Effect.succeed("") : Effect.fail(
        new ConfigError({
          reason: "Read",
          message: `${printable(path)} cannot be read: ${message}`,
          path,
          hint: "Make the file readable and writable, or move it away."
        })
      ))
  )

const parseFile = (path: string, text: string) =>
  Effect.flatMap(
    parse({
      text,
      directory: "",
      origin: (line, column, key) => ({ _tag: "File", path, scope: "global", line, column, key })
    }),
    checkTypes
  )

const makeTwiceError = (original: Tree, path: ReadonlyArray<string>) =>
  errorAt(findDeepest(original, path).origin, {
    reason: "Value",
    message: `${formatPath(path)} is set more than once`,
    hint: "Keep only one of them in the file."
  })

const replace = (path: string, before: string, text: string) =>
  text === before ? Effect.void : Effect.mapError(replaceFile(path, text, { mode: 0o644 }), toWriteError(path))

/** The value at the path, or at the longest part of the path that exists. */
const findDeepest = (tree: Tree, path: ReadonlyArray<string>): Tree =>
  find(tree, path) ?? findDeepest(tree, path.slice(0, -1))

const toWriteError = (path: string) => (error: PlatformError) =>
  new ConfigError({
    reason: "Write",
    message: `${printable(path)} cannot be written: ${
      error._tag === "SystemError" && error.reason === "PermissionDenied" ? "permission denied" : "the system refused"
    }`,
    path,
    hint: "Check the permissions of the file and its directory."
  })
