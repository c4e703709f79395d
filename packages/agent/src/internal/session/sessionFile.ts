/** Reads and encodes session files: one JSON object per line. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs"
import { Entry, type Line } from "../../session/Session.ts"
import { SessionError } from "../../session/SessionError.ts"
import { recognizeLine } from "./recognizeLine.ts"

export interface Content {
  readonly lines: ReadonlyArray<Line>
  /** The size of the complete lines in bytes. */
  readonly completeBytes: number
  /** Whether the last line is incomplete. */
  readonly isTorn: boolean
  /** The numbers (from 1) of complete lines that can't be read. `lines` has a line of an unknown type in their place. */
  readonly unreadable: ReadonlyArray<number>
}

/** Effect prepares the decoder once, when a line is first decoded, which is rare. */
const decode = (json: unknown) => Schema.decodeUnknownEither(Entry)(json)
const toJson = Schema.encodeSync(Entry)

/** Keys whose values are never masked, because the file could not be read without them. */
const structural = new Set([
  "type",
  "id",
  "role",
  "time",
  "outcome",
  "state",
  "before",
  "after",
  "copy",
  "copies",
  "notCopied"
])

/** Keys whose values are arbitrary objects from the model and the tools. The keys of these objects are masked as well. */
const foreign = new Set(["params", "result"])

/** Whether JSON preserves an object of this prototype. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Masks all texts. `isSame` if nothing was masked and the value is the same when it is read back from JSON. */
const maskTexts = (json: unknown, mask: (text: string) => string) => {
  let isSame = true
  const maskText = (text: string) => {
    const masked = mask(text)
    if (masked !== text) isSame = false
    return masked
  }
  const maskValue = (value: unknown, isForeign: boolean): unknown => {
    if (typeof value === "string") return maskText(value)
    if (Array.isArray(value)) return value.map((item) => maskValue(item, isForeign))
    if (!Predicate.isRecord(value)) {
      if (value !== null && typeof value !== "boolean" && !Number.isFinite(value)) isSame = false
      return value
    }
    if (!isPlain(value)) isSame = false
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (isForeign) return [maskText(key), maskValue(inner, true)]
        return [key, structural.has(key) ? inner : maskValue(inner, foreign.has(key))]
      })
    )
  }
  const masked = maskValue(json, false)
  return { masked, isSame }
}

export interface Encoded {
  readonly text: string
  /** The line as it is read from the file; `undefined` if masking has made it unreadable. */
  readonly line: Line | undefined
}

/** Encodes a line, with secrets in all of its texts masked. */
export const encode = (entry: Entry, mask?: (text: string) => string): Encoded => {
  const json = toJson(entry)
  if (mask === undefined) return { text: JSON.stringify(json), line: entry }
  const { isSame, masked } = maskTexts(json, mask)
  const text = JSON.stringify(masked)
  // With a secret masked in it, the path would be that of another file.
  if (!isSame && entry.type === "change") return { text, line: undefined }
  // What was not masked is not decoded, which would take longer than everything else.
  return { text, line: isSame ? entry : toLine(text) }
}

const knownTypes = new Set<string>(Entry.members.map(({ fields }) => fields.type.literals[0]))

/** Parses a line; `undefined` if it is invalid. */
export const toLine = (text: string): Line | undefined => {
  const json = Either.try((): unknown => JSON.parse(text))
  if (Either.isLeft(json) || typeof json.right !== "object" || json.right === null) return undefined
  const type = "type" in json.right ? json.right.type : undefined
  if (typeof type === "string" && !knownTypes.has(type)) return { type: "unknown" }
  return recognizeLine(json.right) ?? Either.getOrUndefined(decode(json.right))
}

const newline = 10

/** Makes a function that is given a file in chunks and passes on its complete lines. The bytes of a line are valid only during the call. */
const makeSplitter = (onLine: (line: Uint8Array) => void): (chunk: Uint8Array) => void => {
  let pieces: Array<Uint8Array> = []
  return (chunk) => {
    let at = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
      const piece = chunk.subarray(at, end)
      onLine(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]))
      pieces = []
      at = end + 1
    }
    if (at < chunk.length) pieces.push(new Uint8Array(chunk.subarray(at)))
  }
}

const decoder = new TextDecoder()

/** Makes a parser of a session file, whose last line may be incomplete. */
const makeParser = (path: string) => {
  const lines: Array<Line> = []
  const unreadable: Array<number> = []
  let size = 0
  let completeBytes = 0
  let isCorrupt = false
  const push = makeSplitter((bytes) => {
    completeBytes += bytes.length + 1
    if (isCorrupt) return
    const line = toLine(decoder.decode(bytes))
    if (lines.length === 0) isCorrupt = line?.type !== "session"
    if (line === undefined) unreadable.push(lines.length + 1)
    lines.push(line ?? { type: "unknown" })
  })
  return {
    push: (chunk: Uint8Array): void => {
      size += chunk.length
      push(chunk)
    },
    /** Fails with `Corrupt` if the first line is not a session header. */
    end: (): Either.Either<Content, SessionError> =>
      isCorrupt
        ? Either.left(corrupt(path))
        : Either.right({ lines, completeBytes, isTorn: completeBytes < size, unreadable })
  }
}

const corrupt = (path: string) =>
  new SessionError({
    reason: "Corrupt",
    message: `${path}:1 is not a session header.`,
    hint: "Repair that line, or start a new session. The file was not changed.",
    path
  })

/** The directory with copies of files that the session's tools have changed. It exists once there is one. */
export const copiesDirectory = (path: string): string => `${path.replace(/\.jsonl$/, "")}.copies`

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

const chunkSize = 256 * 1024

/** Reads the whole file in chunks, so that the bytes and the lines of a long session are not in memory at the same time. */
export const read = Effect.fn("sessionFile.read")(
  function*(path: string) {
    const fs = yield* FileSystem.FileSystem
    const parser = makeParser(path)
    const handle = yield* fs.open(path)
    const buffer = new Uint8Array(chunkSize)
    for (let length = Number(yield* handle.read(buffer)); length > 0; length = Number(yield* handle.read(buffer))) {
      parser.push(buffer.subarray(0, length))
    }
    return parser
  },
  (effect, path) =>
    effect.pipe(
      Effect.scoped,
      Effect.mapError(toSessionError(path)),
      Effect.flatMap((parser) => parser.end())
    )
)

/** Reads the whole file, and returns the text of the complete lines as well. */
export const readWithText = Effect.fn("sessionFile.readWithText")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const bytes = yield* Effect.mapError(fs.readFile(path), toSessionError(path))
  const parser = makeParser(path)
  parser.push(bytes)
  const content = yield* parser.end()
  return { ...content, text: new TextDecoder().decode(bytes.subarray(0, content.completeBytes)) }
})

/** The types of lines that a list of sessions does not need. */
const unlisted = new Set([
  "tool-start",
  "tool-process",
  "tool-result",
  "change",
  "grant",
  "revoke",
  "left-out",
  "withdrawn",
  "undone",
  "limit",
  "notice",
  "task"
])

/** The beginning of every line that this program writes. */
const typeKey = "{\"type\":\""

/** Longer than the beginning of a line up to the end of its type, in bytes. */
const maxTypeEnd = 32

/** The type of the line that begins at this byte, if this program has written it. */
const typeAt = (bytes: Buffer, at: number): string | undefined => {
  const start = bytes.toString("latin1", at, at + maxTypeEnd)
  return start.startsWith(typeKey) ? start.slice(typeKey.length, start.indexOf("\"", typeKey.length)) : undefined
}

/** Longer than what follows the message of an answer, in bytes. */
const maxEndSize = 512

/**
 * Parses what a list needs of an answer, as a line without a message, which is most of an answer; `undefined` if the line has another form. The
 * last `reason` is that of the answer: in a text its quotes would be escaped, and among the parameters of a tool brackets would stay open.
 */
const parseSpent = (bytes: Buffer, at: number, lineEnd: number): Line | undefined => {
  const end = bytes.toString("utf8", Math.max(at, lineEnd - maxEndSize), lineEnd)
  const reason = end.lastIndexOf(",\"reason\":\"")
  if (reason === -1) return undefined
  try {
    const { cost, model, time, usage } = JSON.parse(`{${end.slice(reason + 1)}`)
    return recognizeLine({
      type: "usage",
      usage,
      ...(cost === undefined ? {} : { cost }),
      ...(model === undefined ? {} : { model }),
      time
    })
  } catch {
    return undefined
  }
}

type Listing = Either.Either<ReadonlyArray<Line>, SessionError>

/** Parses the lines that a list of sessions needs, and the last line that is not of an unknown type. */
const parseListed = (path: string, bytes: Buffer): Listing => {
  const lines: Array<Line> = []
  const parse = (at: number, end: number) => toLine(decoder.decode(bytes.subarray(at, end)))
  let isLeft = false
  let at = 0
  let lastAt = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, at)) {
    const type = typeAt(bytes, at)
    isLeft = lines.length > 0 && type !== undefined && unlisted.has(type)
    if (!isLeft) {
      const spent = lines.length > 0 && type === "assistant" ? parseSpent(bytes, at, end) : undefined
      const line = spent ?? parse(at, end)
      if (lines.length === 0 && line?.type !== "session") return Either.left(corrupt(path))
      lines.push(line ?? { type: "unknown" })
    }
    lastAt = at
    at = end + 1
  }
  if (!isLeft) return Either.right(lines)
  const last = parse(lastAt, at - 1)
  if (last !== undefined && last.type !== "unknown") return Either.right([...lines, last])
  // The last line is damaged, so all must be read to find the one before.
  const whole = makeParser(path)
  whole.push(bytes)
  return Either.map(whole.end(), ({ lines }) => lines)
}

/** Longer than most sessions, in bytes. */
const scratchSize = 1024 * 1024

/**
 * Reads a regular file at once, into the scratch buffer if it fits: four asynchronous operations and a new buffer would take longer than
 * everything else that a list does with a short session.
 */
const readAtOnce = (path: string, scratch: Buffer): Buffer | undefined => {
  let file: number | undefined
  try {
    // Opening a pipe would block.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(file)
    if (!stats.isFile()) return undefined
    return stats.size >= scratch.length ? readFileSync(file) : scratch.subarray(0, readSync(file, scratch))
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Makes a synchronous `readListed`, which returns `undefined` if the file can't be read in this way. */
export const makeListReader = (): (path: string) => Listing | undefined => {
  const scratch = Buffer.allocUnsafeSlow(scratchSize)
  return (path) => {
    const bytes = readAtOnce(path, scratch)
    return bytes && parseListed(path, bytes)
  }
}

/** Reads the lines of a session that a list of sessions needs. */
export const readListed = (path: string): Effect.Effect<ReadonlyArray<Line>, SessionError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(path)).pipe(
    Effect.mapError(toSessionError(path)),
    Effect.flatMap((bytes) => parseListed(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
  )

/** Makes the error for a session without a single line. */
export const makeEmptyError = (path: string): SessionError =>
  new SessionError({
    reason: "Corrupt",
    message: `${path} is empty: the program ended before anything was saved.`,
    hint: "Delete the session.",
    path
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
