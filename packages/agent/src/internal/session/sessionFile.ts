/** Reads and encodes session files: one JSON object per line. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Entry, type Line } from "../../session/Session.ts"
import { SessionError } from "../../session/SessionError.ts"

export interface Content {
  readonly lines: ReadonlyArray<Line>
  /** The text of the complete lines. */
  readonly text: string
  /** The size of the complete lines in bytes. */
  readonly completeBytes: number
  /** Whether the last line is incomplete. */
  readonly isTorn: boolean
  /** The numbers (from 1) of complete lines that can't be read. `lines` has a line of an unknown type in their place. */
  readonly unreadable: ReadonlyArray<number>
}

const decode = Schema.decodeUnknownEither(Entry)
const toJson = Schema.encodeSync(Entry)

/** Keys whose values are never masked, because the file could not be read without them. */
const structural = new Set(["type", "id", "role", "time", "outcome"])

/** Keys whose values are arbitrary objects from the model and the tools. The keys of these objects are masked as well. */
const foreign = new Set(["params", "result"])

const maskValue = (value: unknown, mask: (text: string) => string, isForeign: boolean): unknown => {
  if (typeof value === "string") return mask(value)
  if (Array.isArray(value)) return value.map((item) => maskValue(item, mask, isForeign))
  if (!Predicate.isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (isForeign) return [mask(key), maskValue(inner, mask, true)]
      return [key, structural.has(key) ? inner : maskValue(inner, mask, foreign.has(key))]
    })
  )
}

/** Encodes a line, with secrets in all of its texts masked. */
export const encode = (entry: Entry, mask?: (text: string) => string): string => {
  const json = toJson(entry)
  return JSON.stringify(mask === undefined ? json : maskValue(json, mask, false))
}

const knownTypes = new Set<string>(Entry.members.map(({ fields }) => fields.type.literals[0]))

/** Parses a line; `undefined` if it is invalid. */
export const toLine = (text: string): Line | undefined => {
  const json = Either.try((): unknown => JSON.parse(text))
  if (Either.isLeft(json) || typeof json.right !== "object" || json.right === null) return undefined
  const type = "type" in json.right ? json.right.type : undefined
  if (typeof type === "string" && !knownTypes.has(type)) return { type: "unknown" }
  return Either.getOrUndefined(decode(json.right))
}

const newline = 10

/** Parses a session file, whose last line may be incomplete. Fails with `Corrupt` if the first line is not a session header. */
export const parse = (path: string, bytes: Uint8Array): Either.Either<Content, SessionError> => {
  const lines: Array<Line> = []
  const unreadable: Array<number> = []
  const decoder = new TextDecoder()
  let at = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, at)) {
    const line = toLine(decoder.decode(bytes.subarray(at, end)))
    if (lines.length === 0 && line?.type !== "session") return Either.left(corrupt(path))
    if (line === undefined) unreadable.push(lines.length + 1)
    lines.push(line ?? { type: "unknown" })
    at = end + 1
  }
  const text = decoder.decode(bytes.subarray(0, at))
  return Either.right({ lines, text, completeBytes: at, isTorn: at < bytes.length, unreadable })
}

const corrupt = (path: string) =>
  new SessionError({
    reason: "Corrupt",
    message: `${path}:1 is not a session header.`,
    hint: "Repair that line, or start a new session. The file was not changed.",
    path
  })

/** Describes to the user which lines were skipped; `undefined` if none were. */
export const describeSkippedLines = (path: string, unreadable: ReadonlyArray<number>): string | undefined => {
  if (unreadable.length === 0) return undefined
  const shown = unreadable.slice(0, 5).map((line) => `${path}:${line}`).join(", ")
  const more = unreadable.length > 5 ? ` and ${unreadable.length - 5} more` : ""
  return `${unreadable.length === 1 ? "A line" : `${unreadable.length} lines`} of the session can't be read and ${
    unreadable.length === 1 ? "was" : "were"
  } skipped: ${shown}${more}. The file was not changed.`
}

/** More than any header needs, in bytes: it has one path of at most 4096 bytes. */
const maxHeaderSize = 32 * 1024

/** Reads the directory of the session from the beginning of the file; none if that can't be read. */
export const readDirectory = Effect.fn("sessionFile.readDirectory")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const buffer = new Uint8Array(maxHeaderSize)
  const handle = yield* fs.open(path)
  const bytes = buffer.subarray(0, Number(yield* handle.read(buffer)))
  const end = bytes.indexOf(newline)
  const first = end === -1 ? undefined : toLine(new TextDecoder().decode(bytes.subarray(0, end)))
  return first?.type === "session" ? Option.some(first.directory) : Option.none()
}, (effect) => effect.pipe(Effect.scoped, Effect.orElseSucceed(() => Option.none<string>())))

/** Reads the whole file. */
export const read = Effect.fn("sessionFile.read")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* parse(path, yield* Effect.mapError(fs.readFile(path), toSessionError(path)))
})

/** Makes the error for a line that masking has made invalid. */
export const makeMaskingError = (path: string): SessionError =>
  new SessionError({
    reason: "Io",
    message: "The session entry could not be saved: masking its secrets made it unreadable.",
    hint: "Check whether a secret is set to a common word.",
    path
  })

export const toSessionError = (path: string) => (error: PlatformError): SessionError =>
  error._tag === "SystemError" && error.reason === "NotFound"
    ? new SessionError({
      reason: "NotFound",
      message: `There is no session at ${path}.`,
      hint: "List the sessions to see which exist.",
      path
    })
    : new SessionError({
      reason: "Io",
      message: `The session file can't be used: ${error.message}`,
      hint: `Check the permissions of ${path} and the free space on the disk.`,
      path
    })
