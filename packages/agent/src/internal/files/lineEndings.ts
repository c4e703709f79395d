/** Preserves a file's line endings, because the model does not see them and always writes \n. */
import { diffArrays } from "diff"

interface Line {
  readonly text: string
  /** Empty for the last line. */
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
 * Gives the new text the line endings of the old one. An unchanged or replaced line keeps the old line's ending; an added line gets the
 * ending of the line before it. A line that the new text ends with \r\n keeps that.
 */
export const withLineEndingsOf = (old: string, text: string, around: "\r\n" | "\n" = "\n"): string => {
  const before = linesOf(old)
  const lines = linesOf(text)
  const [first = around, ...others] = new Set(before.slice(0, -1).map(({ end }) => end))
  const own = others.length === 0 ? undefined : matchLines(before, lines)
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

/** Finds for each new line the old line that it equals or replaces. */
const matchLines = (before: ReadonlyArray<Line>, lines: ReadonlyArray<Line>): ReadonlyArray<Line | undefined> => {
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

/** Replaces all occurrences of a text; its line breaks match both \n and \r\n. */
export const replaceText = (content: string, oldText: string, newText: string): Replaced => {
  const wanted = oldText.replaceAll("\r\n", "\n")
  const plain = content.replaceAll("\r\n", "\n")
  const pieces: Array<string> = []
  let count = 0
  // `done` is the position in `content`, `from` the same position in `plain`.
  let done = 0
  let from = 0
  for (let at = plain.indexOf(wanted); at !== -1; at = plain.indexOf(wanted, at + wanted.length)) {
    const start = skip(content, done, plain.slice(from, at))
    const end = skip(content, start, wanted)
    pieces.push(content.slice(done, start))
    pieces.push(withLineEndingsOf(content.slice(start, end), newText, findEndingNear(content, start, end)))
    done = end
    from = at + wanted.length
    count += 1
  }
  return { count, text: pieces.join("") + content.slice(done) }
}

/** Returns the position in the content after this text, in which all line endings are \n. */
const skip = (content: string, start: number, text: string): number => {
  let at = start
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) at += content.startsWith("\r\n", at) ? 2 : 1
    at += line.length
  }
  return at
}

/** The ending of the line in which the range ends, or of the line before it. */
const findEndingNear = (content: string, start: number, end: number): "\r\n" | "\n" => {
  const next = content.indexOf("\n", end)
  const near = next === -1 ? content.lastIndexOf("\n", start) : next
  return near > 0 && content[near - 1] === "\r" ? "\r\n" : "\n"
}
