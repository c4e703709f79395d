/** Finds lines with a regular expression, with the same results as `rg`. */
import * as Effect from "effect/Effect"
// Files are opened non-blocking, in case one has been replaced by a pipe.
import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { join } from "node:path"
// RE2 has the syntax of `rg` and takes linear time, so no pattern makes the program hang.
import { RE2JS } from "re2js"
import { failed } from "../tools/toolFailure.ts"
import type { Collector, Line, Outcome, Query } from "./collector.ts"
import { displayLine, isBinary, isUtf16, maxLineBytes } from "./displayLine.ts"

/** Number of bytes to read at a time. */
const blockSize = 1024 * 1024

/** Longer lines (in characters) are not searched, because that would block the program. */
const maxLineLength = 4 * blockSize

export const search = Effect.fn("builtInSearch.search")(
  function*(query: Query, files: ReadonlyArray<string>, collector: Collector) {
    const matches = yield* Effect.try({
      try: () => matcher(query),
      catch: (error) => failed(error instanceof Error ? error.message : String(error))
    })
    for (const file of files) {
      if (collector.isFull()) return
      collector.add(file, yield* searchPath(join(query.directory, file), matches, query))
    }
  }
)

/** Makes `\w`, `\d` and `\s` match Unicode as in `rg`, because in RE2 they match only ASCII. */
const withUnicodeClasses = (pattern: string): string => {
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
  const expression = RE2JS.compile(withUnicodeClasses(pattern), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  const isText = !ignoreCase && /^[\p{L}\p{N}_ ]*$/u.test(pattern)
  return isText ? (line) => line.includes(pattern) : (line) => expression.matcher(line).find()
}

const searchPath = (path: string, matches: (line: string) => boolean, query: Query): Effect.Effect<Outcome> =>
  Effect.acquireUseRelease(
    Effect.tryPromise(() => open(path, constants.O_RDONLY | constants.O_NONBLOCK)),
    (handle) => searchFile(handle, matches, query),
    (handle) => Effect.ignore(Effect.tryPromise(() => handle.close()))
  ).pipe(Effect.orElseSucceed(() => "unreadable" as const))

const searchFile = (handle: FileHandle, matches: (line: string) => boolean, query: Query) =>
  Effect.gen(function*() {
    const buffer = Buffer.allocUnsafe(blockSize)
    const read = Effect.tryPromise(() => handle.read(buffer, 0, blockSize))
    let { bytesRead } = yield* read
    const beginning = buffer.subarray(0, bytesRead)
    const isText = !isBinary(beginning)
    const reader = makeReader(beginning)
    const lines = makeLines(reader, matches, query)
    while (bytesRead > 0 && !lines.isFull()) {
      lines.add(reader.write(buffer.subarray(0, bytesRead)))
      bytesRead = (yield* read).bytesRead
    }
    const outcome = lines.end(reader.end())
    return typeof outcome === "string" || isText || outcome.length === 0 ? outcome : "binary" as const
  })

/** Decodes a file so that it can be split into lines. */
interface Reader {
  readonly write: (bytes: Buffer) => string
  readonly end: () => string
  readonly textOf: (line: string) => string
  readonly bytesOf: (line: string) => Uint8Array
}

const makeReader = (beginning: Buffer): Reader => {
  if (!isUtf16(beginning)) return makeByteReader()
  const decoder = new TextDecoder(beginning[0] === 0xff ? "utf-16le" : "utf-16be")
  return {
    write: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
    textOf: (line) => line,
    bytesOf: (line) => Buffer.from(line)
  }
}

const mark = "\xEF\xBB\xBF"

/** Reads one character per byte, so that lines that are not UTF-8 can be displayed in their encoding. */
const makeByteReader = (): Reader => {
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

/** Takes a file's text piece by piece and collects matching lines with their context. */
const makeLines = (
  { bytesOf, textOf }: Reader,
  matches: (line: string) => boolean,
  { context, maxLines }: Query
) => {
  const found: Array<Line> = []
  /** The context lines before a possible match. */
  const before: Array<Line> = []
  let number = 0
  let rest = ""
  let after = 0
  let isLong = false
  const take = (whole: string) => {
    number += 1
    const line = whole.endsWith("\r") ? whole.slice(0, -1) : whole
    if (line.length > maxLineLength) {
      isLong = true
      before.length = 0
      after = 0
      return
    }
    const isMatch = matches(textOf(line))
    if (!isMatch && after === 0 && context === 0) return
    const bytes = bytesOf(line)
    const shown: Line = { number, isMatch, text: displayLine(bytes.subarray(0, maxLineBytes), bytes.length) }
    if (isMatch || after > 0) {
      found.push(...before.splice(0), shown)
      after = isMatch ? context : after - 1
    } else {
      before.push(shown)
      if (before.length > context) before.shift()
    }
  }
  return {
    isFull: () => found.length >= maxLines,
    add: (text: string) => {
      const lines = (rest + text).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) take(line)
      if (rest.length > maxLineLength) rest = rest.slice(0, maxLineLength + 1)
    },
    end: (text: string): Outcome => {
      if (rest + text !== "") take(rest + text)
      return isLong && found.length === 0 ? "long" : found
    }
  }
}
