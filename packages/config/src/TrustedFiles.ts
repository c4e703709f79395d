/**
 * The project files that the user trusts, each in exactly one version.
 *
 * @since 0.1.0
 */
import { printable } from "@altimate-code/log/Printable"
import { readText } from "@altimate-code/system/ReadText"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { ConfigError } from "./ConfigError.ts"
import { Directories } from "./Directories.ts"

/**
 * A file in one version.
 *
 * @since 0.1.0
 * @category models
 */
export interface Version {
  readonly path: string
  /** SHA-256 in hexadecimal digits, of the file's text and of what it brings in. */
  readonly hash: string
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/**
 * The version of a file that has this text and brings in other files of the project: by path, the SHA-256 of each.
 *
 * @since 0.1.0
 * @category constructors
 */
export const version = (path: string, text: string, included: ReadonlyMap<string, string> = new Map()): Version => ({
  path,
  // A file that brings nothing in has the hash of its text alone, as in all versions of this program.
  hash: included.size === 0
    ? sha256(text)
    : sha256(JSON.stringify([sha256(text), ...[...included].toSorted(([a], [b]) => a < b ? -1 : 1)]))
})

const Content = Schema.parseJson(
  Schema.Struct({ trusted: Schema.Record({ key: Schema.String, value: Schema.String }) }),
  { space: 2 }
)

const place = Effect.gen(function*() {
  const path = yield* Path.Path
  const { data } = yield* Directories
  return path.join(data, "trust.json")
})

/** By path the hash. */
const read = Effect.gen(function*() {
  const path = yield* place
  const text = yield* readText(path).pipe(
    Effect.catchTag(
      "Unreadable",
      ({ message, reason }) =>
        reason === "NotFound" ? Effect.succeed("{\"trusted\":{}}") : Effect.fail(
          new ConfigError({
            reason: "Read",
            message: `${printable(path)} cannot be read: ${message}`,
            path,
            hint: "Make it a file that you may read, or move it away: project files then have to be trusted again."
          })
        )
    )
  )
  const { trusted } = yield* Effect.mapError(
    Schema.decode(Content)(text),
    () =>
      new ConfigError({
        reason: "Syntax",
        message: `${printable(path)} is not what this program has written there. It is left as it is.`,
        path,
        hint: "Move it away: project files then have to be trusted again."
      })
  )
  return trusted
})

/**
 * Whether the file is trusted in this version. Fails when `trust.json` in the data directory can't be read.
 *
 * @since 0.1.0
 * @category queries
 */
export const has: (
  version: Version
) => Effect.Effect<boolean, ConfigError, FileSystem.FileSystem | Path.Path | Directories> = ({ hash, path }) =>
  Effect.map(read, (trusted) => Object.hasOwn(trusted, path) && trusted[path] === hash)

/**
 * Trusts the files in these versions, and no other version of them any more. `trust.json` (0600) is replaced in one step.
 *
 * @since 0.1.0
 * @category editing
 */
export const add = Effect.fn("TrustedFiles.add")(function*(versions: ReadonlyArray<Version>) {
  const path = yield* place
  const trusted = { ...yield* read, ...Object.fromEntries(versions.map(({ hash, path }) => [path, hash])) }
  yield* Effect.mapError(
    replaceFile(path, `${yield* Effect.orDie(Schema.encode(Content)({ trusted }))}\n`, { mode: 0o600 }),
    () =>
      new ConfigError({
        reason: "Write",
        message: `${printable(path)} cannot be written`,
        path,
        hint: "Make it a file in a directory that you may write in."
      })
  )
})
