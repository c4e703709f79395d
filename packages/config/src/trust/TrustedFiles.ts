/**
 * The project files that the user trusts, each in a single version.
 *
 * @since 0.1.0
 */
import { printable } from "@altimate-code/log/Printable"
import * as Digest from "@altimate-code/system/Digest"
import { readText } from "@altimate-code/system/ReadText"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ConfigError } from "../ConfigError.ts"
import { Directories } from "../Directories.ts"

/**
 * A version of a file.
 *
 * @since 0.1.0
 * @category models
 */
export interface Version {
  readonly path: string
  /** SHA-256 in hexadecimal of the file's text and of the files that it includes. */
  readonly hash: string
}

/**
 * The version of a file with this text. `included` maps the paths of the project's other files that it includes to their SHA-256.
 *
 * @since 0.1.0
 * @category constructors
 */
export const version = (path: string, text: string, included: ReadonlyMap<string, string> = new Map()): Version => ({
  path,
  // Compatible with all versions of this program: without included files, the hash is that of the text alone.
  hash: included.size === 0
    ? Digest.of(text)
    : Digest.of(JSON.stringify([Digest.of(text), ...[...included].toSorted(([a], [b]) => a < b ? -1 : 1)]))
})

const Content = Schema.parseJson(
  Schema.Struct({ trusted: Schema.Record({ key: Schema.String, value: Schema.String }) }),
  { space: 2 }
)

const trustFile = Effect.gen(function*() {
  const path = yield* Path.Path
  const { data } = yield* Directories
  return path.join(data, "trust.json")
})

/** The trusted hash of each path. */
const read = Effect.gen(function*() {
  const path = yield* trustFile
  const text = yield* readText(path).pipe(
    Effect.catchTag(
      "Unreadable",
      ({ message, reason }) =>
        reason === "NotFound" ? Effect.succeed("{\"trusted\":{}}") : Effect.fail(
          new ConfigError({
            reason: "Read",
            message: `${printable(path)} cannot be read: ${message}`,
            path,
            hint: "Make the file readable, or move it away; you will then have to trust project files again."
          })
        )
    )
  )
  const { trusted } = yield* Effect.mapError(
    Schema.decode(Content)(text),
    () =>
      new ConfigError({
        reason: "Syntax",
        message: `${printable(path)} does not have the expected format. It was left unchanged.`,
        path,
        hint: "Move the file away; you will then have to trust project files again."
      })
  )
  return trusted
})

/**
 * Whether the file is trusted in this version. Fails if `trust.json` in the data directory can't be read.
 *
 * @since 0.1.0
 * @category queries
 */
export const has: (
  version: Version
) => Effect.Effect<boolean, ConfigError, FileSystem.FileSystem | Path.Path | Directories> = ({ hash, path }) =>
  Effect.map(read, (trusted) => Object.hasOwn(trusted, path) && trusted[path] === hash)

/**
 * Trusts the files in these versions only; earlier versions are no longer trusted. Replaces `trust.json` (mode 0600) in one step.
 *
 * @since 0.1.0
 * @category editing
 */
export const add = Effect.fn("TrustedFiles.add")(function*(versions: ReadonlyArray<Version>) {
  const path = yield* trustFile
  const trusted = { ...yield* read, ...Object.fromEntries(versions.map(({ hash, path }) => [path, hash])) }
  yield* Effect.mapError(
    replaceFile(path, `${yield* Effect.orDie(Schema.encode(Content)({ trusted }))}\n`, { mode: 0o600 }),
    () =>
      new ConfigError({
        reason: "Write",
        message: `${printable(path)} cannot be written`,
        path,
        hint: "Check the permissions of the file and its directory."
      })
  )
})
