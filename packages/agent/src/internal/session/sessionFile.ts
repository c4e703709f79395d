/** A session's file: one JSON object a line. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Entry, type Line } from "../../Session.ts"
import { SessionError } from "../../SessionError.ts"

export interface Content {
  readonly lines: ReadonlyArray<Line>
  /** The same as it is written. */
  readonly text: string
  /** How many bytes of the file are whole lines. */
  readonly whole: number
  /** Is there more: a last line that was never written to its end? */
  readonly torn: boolean
  /** The numbers, from 1, of whole lines that can't be read. Each has its place in `lines`, as a line of an unknown type. */
  readonly unreadable: ReadonlyArray<number>
}

const decode = Schema.decodeUnknownEither(Entry)
const toJson = Schema.encodeSync(Entry)

/** What the file's own order hangs on. */
const structural = new Set(["type", "id", "role", "time", "outcome"])

/** What is in there is the model's and the tools' own: its keys mean nothing to us. */
const foreign = new Set(["params", "result"])

const masked = (value: unknown, mask: (text: string) => string, isForeign: boolean): unknown => {
  if (typeof value === "string") return mask(value)
  if (Array.isArray(value)) return value.map((item) => masked(item, mask, isForeign))
  if (!Predicate.isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (isForeign) return [mask(key), masked(inner, mask, true)]
      return [key, structural.has(key) ? inner : masked(inner, mask, foreign.has(key))]
    })
  )
}

/** The line, each of its texts masked. */
export const encode = (entry: Entry, mask?: (text: string) => string): string => {
  const json = toJson(entry)
  return JSON.stringify(mask === undefined ? json : masked(json, mask, false))
}

const known = new Set<string>(Entry.members.map(({ fields }) => fields.type.literals[0]))

/** Undefined when it is none. */
export const toLine = (text: string): Line | undefined => {
  const json = Either.try((): unknown => JSON.parse(text))
  if (Either.isLeft(json) || typeof json.right !== "object" || json.right === null) return undefined
  const type = "type" in json.right ? json.right.type : undefined
  if (typeof type === "string" && !known.has(type)) return { type: "unknown" }
  return Either.getOrUndefined(decode(json.right))
}

const newline = 10

/** A last line without its end was being written when the program ended. Fails as `Corrupt` for a file that begins with no session's line. */
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
  return Either.right({ lines, text, whole: at, torn: at < bytes.length, unreadable })
}

const corrupt = (path: string) =>
  new SessionError({
    reason: "Corrupt",
    message: `${path}:1 is not a line of a session.`,
    hint: "Repair that line, or begin a new session. Nothing was changed.",
    path
  })

/** Which lines were skipped; `undefined` when all could be read. */
export const skipped = (path: string, unreadable: ReadonlyArray<number>): string | undefined => {
  if (unreadable.length === 0) return undefined
  const shown = unreadable.slice(0, 5).map((line) => `${path}:${line}`).join(", ")
  const more = unreadable.length > 5 ? ` and ${unreadable.length - 5} more` : ""
  return `${unreadable.length === 1 ? "A line" : `${unreadable.length} lines`} of the session can't be read and ${
    unreadable.length === 1 ? "was" : "were"
  } skipped: ${shown}${more}. The file was not changed.`
}

/** More than a first line has: a path is no longer than 4096 bytes. */
const headerLimit = 32 * 1024

/** Where the session was begun; none when that can't be read. Of a long file only the beginning is looked at. */
export const directory = Effect.fn("sessionFile.directory")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const buffer = new Uint8Array(headerLimit)
  const handle = yield* fs.open(path)
  const bytes = buffer.subarray(0, Number(yield* handle.read(buffer)))
  const end = bytes.indexOf(newline)
  const first = end === -1 ? undefined : toLine(new TextDecoder().decode(bytes.subarray(0, end)))
  return first?.type === "session" ? Option.some(first.directory) : Option.none()
}, (effect) => effect.pipe(Effect.scoped, Effect.orElseSucceed(() => Option.none<string>())))

/** Reads all of it. */
export const read = Effect.fn("sessionFile.read")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* parse(path, yield* Effect.mapError(fs.readFile(path), io(path)))
})

/** For a line that a mask has made into none. */
export const unusable = (path: string): SessionError =>
  new SessionError({
    reason: "Io",
    message: "A line can't be kept in the session's file: without what must not be in it, it means nothing.",
    hint: "Is a secret set to an everyday word?",
    path
  })

export const io = (path: string) => (error: PlatformError): SessionError =>
  error._tag === "SystemError" && error.reason === "NotFound"
    ? new SessionError({
      reason: "NotFound",
      message: `There is no session at ${path}.`,
      hint: "altimate-code session list shows all sessions.",
      path
    })
    : new SessionError({
      reason: "Io",
      message: `The session's file can't be used: ${error.message}`,
      hint: `Check ${path}: its permissions, and the room on the disk.`,
      path
    })
