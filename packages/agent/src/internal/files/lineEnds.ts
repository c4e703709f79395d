/** How a file ends its lines: the model sees no line ends, and writes \n. */
import { diffArrays } from "diff"

interface Line {
  readonly text: string
  /** Of the last line: nothing. */
  readonly end: "\r\n" | "\n" | ""
}

const linesOf = (text: string): ReadonlyArray<Line> => {
  const parts = text.split("\n")
  return parts.map((part, index) => {
    if (index === parts.length - 1) return { text: part, end: "" }
    return part.endsWith("\r") ? { text: part.slice(0, -1), end: "\r\n" } : { text: part, end: "\n" }
  })
}

/**
 * The new text with the line ends of the old one in whose place it comes. A line that stays keeps its end; one that takes another's
 * place gets that one's; one more gets that of the line before it. A line that is written with \r\n has that.
 */
export const withLineEndsOf = (old: string, text: string, around: "\r\n" | "\n" = "\n"): string => {
  const before = linesOf(old)
  const lines = linesOf(text)
  const [first = around, ...others] = new Set(before.slice(0, -1).map(({ end }) => end))
  const own = others.length === 0 ? undefined : paired(before, lines)
  let last = first
  return lines.map((line, index) => {
    if (line.end === "") return line.text
    const place = own?.[index]
    if (line.end === "\r\n") last = line.end
    else if (own === undefined) last = first
    else if (place !== undefined) last = place.end || around
    return line.text + last
  }).join("")
}

/** For each new line the old one that it is, or in whose place it comes. */
const paired = (before: ReadonlyArray<Line>, lines: ReadonlyArray<Line>): ReadonlyArray<Line | undefined> => {
  const found: Array<Line | undefined> = []
  let at = 0
  let replaced: ReadonlyArray<Line> = []
  for (const { added, count, removed } of diffArrays(before.map(({ text }) => text), lines.map(({ text }) => text))) {
    if (added) {
      found.push(...Array.from({ length: count }, (_, index) => replaced[index]))
      replaced = []
      continue
    }
    const own = before.slice(at, at + count)
    at += count
    if (removed) replaced = own
    else {
      found.push(...own)
      replaced = []
    }
  }
  return found
}

export interface Replaced {
  readonly count: number
  readonly text: string
}

/** Replaces a text wherever it is; a line end in it is found as \n and as \r\n. */
export const replaceText = (content: string, oldText: string, newText: string): Replaced => {
  const wanted = oldText.replaceAll("\r\n", "\n")
  const plain = content.replaceAll("\r\n", "\n")
  const pieces: Array<string> = []
  let count = 0
  /** How far the content is taken over, and the same place in the plain one. */
  let done = 0
  let from = 0
  for (let at = plain.indexOf(wanted); at !== -1; at = plain.indexOf(wanted, at + wanted.length)) {
    const start = skip(content, done, plain.slice(from, at))
    const end = skip(content, start, wanted)
    pieces.push(content.slice(done, start))
    pieces.push(withLineEndsOf(content.slice(start, end), newText, endNear(content, start, end)))
    done = end
    from = at + wanted.length
    count += 1
  }
  return { count, text: pieces.join("") + content.slice(done) }
}

/** Where the content is after this text, whose line ends are all \n. */
const skip = (content: string, start: number, text: string): number => {
  let at = start
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) at += content.startsWith("\r\n", at) ? 2 : 1
    at += line.length
  }
  return at
}

/** How the line ends in which the place ends, or the line before it. */
const endNear = (content: string, start: number, end: number): "\r\n" | "\n" => {
  const next = content.indexOf("\n", end)
  const near = next === -1 ? content.lastIndexOf("\n", start) : next
  return near > 0 && content[near - 1] === "\r" ? "\r\n" : "\n"
}
