/** Finds the requests in a session file without decoding the other lines, which are most of it. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { Spent } from "../../session/Spending.ts"
import { oneLine } from "./oneLine.ts"
import { toSessionError } from "./sessionFile.ts"

/** A request, and when it ended, in milliseconds since 1970. */
export interface Request extends Spent {
  readonly time: number
}

export interface Scanned {
  /** The ID in the file's header; empty if there is no header. */
  readonly id: string
  readonly directory: string
  /** Set for a fork: the ID of the session that was copied, and when, in milliseconds since 1970. */
  readonly fork: { readonly of: string; readonly time: number } | undefined
  readonly title: string
  readonly requests: ReadonlyArray<Request>
  /** The number of lines about requests that can't be read. */
  readonly unreadable: number
}

const newline = 10

/** Long enough for the type of a line, which is its first key. */
const prefixLength = 32

const chunkSize = 256 * 1024

const readTypes = new Set(["session", "title", "user", "assistant", "summary", "usage"])

/** Whether a line that begins like this is parsed. A line of an unfamiliar form is. */
const isRead = (prefix: string): boolean => {
  const type = /^\{"type":"([^"]*)"/.exec(prefix)?.[1]
  return type === undefined || readTypes.has(type)
}

/** Splits chunks of a file into lines and skips uninteresting ones without copying them. An incomplete last line is dropped. */
const makeSplitter = (isRead: (prefix: string) => boolean, onLine: (text: string) => void) => {
  let pieces: Array<Uint8Array> = []
  let length = 0
  let isSkipped: boolean | undefined
  const addPiece = (piece: Uint8Array) => {
    if (isSkipped === true || piece.length === 0) return
    pieces.push(piece)
    length += piece.length
    if (isSkipped === undefined && length >= prefixLength) {
      isSkipped = !isRead(Buffer.concat(pieces).subarray(0, prefixLength).toString("latin1"))
      if (isSkipped) pieces = []
    }
  }
  const endLine = () => {
    if (isSkipped !== true && length > 0) {
      const text = Buffer.concat(pieces).toString("utf8")
      if (isSkipped === false || isRead(text)) onLine(text)
    }
    pieces = []
    length = 0
    isSkipped = undefined
  }
  return (chunk: Uint8Array) => {
    let at = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
      addPiece(chunk.subarray(at, end))
      endLine()
      at = end + 1
    }
    addPiece(chunk.subarray(at))
  }
}

const isCount = (value: unknown): value is number => Predicate.isNumber(value) && Number.isFinite(value) && value >= 0

const readUsage = (value: unknown): Spent["usage"] | undefined => {
  if (!Predicate.isRecord(value)) return undefined
  const { cacheRead, cacheWrite, input, output } = value
  return isCount(input) && isCount(output) && isCount(cacheRead) && isCount(cacheWrite)
    ? { input, output, cacheRead, cacheWrite }
    : undefined
}

const readRequest = ({ cost, model, time, usage: written }: Readonly<Record<string, unknown>>): Request | undefined => {
  const usage = readUsage(written)
  const ended = Predicate.isString(time) ? Date.parse(time) : Number.NaN
  if (usage === undefined || Number.isNaN(ended)) return undefined
  return {
    usage,
    time: ended,
    ...(Predicate.isString(model) ? { model } : {}),
    ...(isCount(cost) ? { cost } : {})
  }
}

/** Returns the text of a prompt; empty for one that the program wrote. */
const readPrompt = ({ hidden, message, typed }: Readonly<Record<string, unknown>>): string => {
  if (Predicate.isString(typed)) return typed
  if (hidden === true || !Predicate.isRecord(message)) return ""
  const { content } = message
  if (Predicate.isString(content)) return content
  return !Array.isArray(content) ?
    "" :
    content.flatMap((part: unknown) =>
      Predicate.isRecord(part) && Predicate.isString(part["text"]) ? [part["text"]] : []
    ).join("\n\n")
}

/** Scans a file. Another process may append to it at the same time. */
export const scanRequests = Effect.fn("scanRequests")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const requests: Array<Request> = []
  let header: Pick<Scanned, "id" | "directory" | "fork"> = { id: "", directory: "", fork: undefined }
  let given = ""
  let prompt = ""
  let unreadable = 0
  const onLine = (text: string) => {
    const json = Either.try((): unknown => JSON.parse(text))
    if (Either.isLeft(json) || !Predicate.isRecord(json.right)) return void unreadable++
    const line = json.right
    switch (line["type"]) {
      case "session": {
        const { directory, forkOf, id, time } = line
        const fork = Predicate.isString(forkOf) && Predicate.isString(time)
          ? { of: forkOf, time: Date.parse(time) }
          : undefined
        if (Predicate.isString(id) && Predicate.isString(directory)) header = { id, directory, fork }
        return
      }
      case "title":
        if (Predicate.isString(line["title"])) given = line["title"]
        return
      case "user":
        if (prompt === "") prompt = readPrompt(line)
        return
      case "assistant":
      case "summary":
      case "usage": {
        const request = readRequest(line)
        if (request === undefined) return void unreadable++
        requests.push(request)
      }
    }
  }
  // Only the first prompt is the title.
  const isWanted = (prefix: string) => isRead(prefix) && !(prompt !== "" && prefix.startsWith("{\"type\":\"user\""))
  const split = makeSplitter(isWanted, onLine)
  yield* fs.stream(path, { chunkSize }).pipe(
    Stream.runForEach((chunk) => Effect.sync(() => split(chunk))),
    Effect.mapError(toSessionError(path))
  )
  return { ...header, title: oneLine(given) || oneLine(prompt), requests, unreadable } satisfies Scanned
})
