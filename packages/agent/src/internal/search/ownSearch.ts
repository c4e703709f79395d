/** Lines by a regular expression, found without `rg`; the outcome is the same. */
import * as Effect from "effect/Effect"
// A file is read as a stream that does not block, whatever it has become by now.
import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { join } from "node:path"
// The language of `rg`, and like it in linear time: no pattern of the model's makes the program hang.
import { RE2JS } from "re2js"
import { failed } from "../tools/toolFailure.ts"
import type { Collector, Line, Outcome, Query } from "./found.ts"
import { isBinary, isUtf16, maxKept, shownLine } from "./shownLine.ts"

/** What is read in one go, in bytes. */
const block = 1024 * 1024

/** A longer line, in characters, is not searched: the program would stand still meanwhile. */
const maxSearched = 4 * block

export const search = Effect.fn("ownSearch.search")(
  function*(query: Query, files: ReadonlyArray<string>, collector: Collector) {
    const matches = yield* Effect.try({
      try: () => matcher(query),
      catch: (error) => failed(error instanceof Error ? error.message : String(error))
    })
    for (const file of files) {
      if (collector.isFull()) return
      collector.add(file, yield* outcomeOf(join(query.directory, file), matches, query))
    }
  }
)

/** As in `rg`, `\w`, `\d` and `\s` are Unicode's: RE2 knows only those of ASCII. */
const inUnicode = (pattern: string): string => {
  let isInClass = false
  return pattern.replace(/\\Q[^]*?(?:\\E|$)|\\[^]|[[\]]/g, (part) => {
    if (part === "[") isInClass = true
    if (part === "]") isInClass = false
    const members = { w: "\\pL\\pM\\p{Nd}\\p{Pc}", d: "\\p{Nd}", s: "\\t-\\r\\x85\\pZ" }[part.slice(1).toLowerCase()]
    if (members === undefined || !part.startsWith("\\") || part.length !== 2) return part
    if (isInClass) return /[a-z]/.test(part[1]!) ? members : part
    return `[${/[a-z]/.test(part[1]!) ? "" : "^"}${members}]`
  })
}

const matcher = ({ ignoreCase, pattern }: Query): (line: string) => boolean => {
  const expression = RE2JS.compile(inUnicode(pattern), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  const isText = !ignoreCase && /^[\p{L}\p{N}_ ]*$/u.test(pattern)
  return isText ? (line) => line.includes(pattern) : (line) => expression.matcher(line).find()
}

const outcomeOf = (path: string, matches: (line: string) => boolean, query: Query): Effect.Effect<Outcome> =>
  Effect.acquireUseRelease(
    Effect.tryPromise(() => open(path, constants.O_RDONLY | constants.O_NONBLOCK)),
    (handle) => searchFile(handle, matches, query),
    (handle) => Effect.promise(() => handle.close().catch(() => undefined))
  ).pipe(Effect.orElseSucceed(() => "unreadable" as const))

const searchFile = (handle: FileHandle, matches: (line: string) => boolean, query: Query) =>
  Effect.gen(function*() {
    const buffer = Buffer.allocUnsafe(block)
    const read = Effect.tryPromise(() => handle.read(buffer, 0, block))
    let { bytesRead } = yield* read
    const beginning = buffer.subarray(0, bytesRead)
    const isText = !isBinary(beginning)
    const reader = readerOf(beginning)
    const lines = makeLines(reader, matches, query)
    while (bytesRead > 0 && !lines.isOver()) {
      lines.add(reader.write(buffer.subarray(0, bytesRead)))
      bytesRead = (yield* read).bytesRead
    }
    const outcome = lines.end(reader.end())
    return typeof outcome === "string" || isText || outcome.length === 0 ? outcome : "binary" as const
  })

/** How the text of a file is split into lines, and what a line is then. */
interface Reader {
  readonly write: (bytes: Buffer) => string
  readonly end: () => string
  readonly textOf: (line: string) => string
  readonly bytesOf: (line: string) => Uint8Array
}

const readerOf = (beginning: Buffer): Reader => {
  if (!isUtf16(beginning)) return byBytes()
  const decoder = new TextDecoder(beginning[0] === 0xff ? "utf-16le" : "utf-16be")
  return {
    write: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
    textOf: (line) => line,
    bytesOf: (line) => Buffer.from(line)
  }
}

const mark = "\xEF\xBB\xBF"

/** Each character is a byte, so that what is not UTF-8 can be shown as what it is. It is searched for what it has in common with it. */
const byBytes = (): Reader => {
  let isFirst = true
  const bytesOf = (line: string) => Buffer.from(line, "latin1")
  return {
    write: (bytes) => {
      const text = bytes.toString("latin1")
      const isMarked = isFirst && text.startsWith(mark)
      isFirst = false
      return isMarked ? text.slice(mark.length) : text
    },
    end: () => "",
    // oxlint-disable-next-line no-control-regex
    textOf: (line) => /^[\0-\x7F]*$/.test(line) ? line : bytesOf(line).toString("utf8"),
    bytesOf
  }
}

/** Takes a file's text piece by piece, and keeps the lines that match and those near them. */
const makeLines = (
  { bytesOf, textOf }: Reader,
  matches: (line: string) => boolean,
  { context, maxLines }: Query
) => {
  const kept: Array<Line> = []
  /** The last lines that are not kept. */
  const before: Array<Line> = []
  let number = 0
  let rest = ""
  let after = 0
  let isLong = false
  const take = (whole: string) => {
    number += 1
    const line = whole.endsWith("\r") ? whole.slice(0, -1) : whole
    if (line.length > maxSearched) {
      isLong = true
      before.length = 0
      after = 0
      return
    }
    const isMatch = matches(textOf(line))
    if (!isMatch && after === 0 && context === 0) return
    const bytes = bytesOf(line)
    const shown: Line = { number, isMatch, text: shownLine(bytes.subarray(0, maxKept), bytes.length) }
    if (isMatch || after > 0) {
      kept.push(...before.splice(0), shown)
      after = isMatch ? context : after - 1
    } else {
      before.push(shown)
      if (before.length > context) before.shift()
    }
  }
  return {
    isOver: () => kept.length >= maxLines,
    add: (text: string) => {
      const lines = (rest + text).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) take(line)
      if (rest.length > maxSearched) rest = rest.slice(0, maxSearched + 1)
    },
    end: (text: string): Outcome => {
      if (rest + text !== "") take(rest + text)
      return isLong && kept.length === 0 ? "long" : kept
    }
  }
}
