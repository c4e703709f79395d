import { type Line, measureWidth, wrap } from "../terminal/themedText.ts"

/** A row that ends earlier than this would waste space, as a share of the width. */
const minRowShare = 0.6

/** The rest of a wrapped line is indented by this much more than its beginning, in columns. */
const hangingIndent = 2

/** A longer line, such as minified code, is broken anywhere: looking for the best places would take long. */
const maxLength = 2000

const textOf = (line: Line): string => line.map(({ text }) => text).join("")

/** The spans from one index of the text to another. */
const slice = (line: Line, from: number, to: number): Line => {
  let at = 0
  return line.flatMap((span) => {
    const start = at
    at += span.text.length
    const text = span.text.slice(Math.max(0, from - start), Math.max(0, to - start))
    return text === "" ? [] : [{ ...span, text }]
  })
}

/** Where the row is best broken: after a space, else after a comma or a bracket, else where it is full. */
const findBreak = (row: string): number => {
  const min = Math.floor(row.length * minRowShare)
  for (const pattern of [/ (?=\S*$)/, /[,;(){}[\]|&](?=[^,;(){}[\]|&]*$)/]) {
    const at = (pattern.exec(row)?.index ?? -1) + 1
    if (at > min) return at
  }
  return row.length
}

/**
 * Wraps a line of code to at most `width` columns, where a reader would break it. No character is lost; the rest is indented a little more
 * than the beginning, unless the indentation would take half of the width.
 */
export const wrapCode = (line: Line, width: number): ReadonlyArray<Line> => {
  if (textOf(line).length > maxLength) return wrap(line, width, "anywhere")
  const own = /^ */.exec(textOf(line))![0].length
  const indent = own + hangingIndent <= width / 2 ? own + hangingIndent : 0
  const rows: Array<Line> = []
  let rest = line
  for (;;) {
    const margin: Line = rows.length === 0 || indent === 0 ? [] : [{ text: " ".repeat(indent), roles: [] }]
    const room = width - measureWidth(textOf(margin))
    const [first = [], ...more] = wrap(rest, room, "anywhere")
    const text = textOf(rest)
    const full = textOf(first)
    // A character that does not fit is replaced: then the pieces can't be found in the text.
    if (more.length === 0 || !text.startsWith(full)) {
      return [...rows, ...[first, ...more].map((row) => [...margin, ...row])]
    }
    const at = findBreak(full)
    rows.push([...margin, ...slice(rest, 0, at)])
    rest = slice(rest, at, text.length)
  }
}
