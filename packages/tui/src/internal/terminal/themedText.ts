import stringWidth from "string-width"
import type { Role, Theme } from "./theme.ts"

/** A piece of text and all that it is. */
export interface Span {
  readonly text: string
  readonly roles: ReadonlyArray<Role>
}

/** Pieces that stand beside each other. */
export type Line = ReadonlyArray<Span>

const segmenter = new Intl.Segmenter()

/** The columns that a text takes. */
export const widthOf = (text: string): number => stringWidth(text)

const sequences = new RegExp(
  [
    // CSI: colours, moves, erasing.
    String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]`,
    // OSC, DCS, SOS, PM and APC up to their end on the same line: titles, links, the clipboard.
    String.raw`(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\n\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)`,
    // Of two or three characters: character sets, reset.
    String.raw`\x1b[ -/]+[0-~]`,
    String.raw`\x1b[0-Z\\\x60-~]`
  ].join("|"),
  "g"
)

// Control characters, and those that turn the direction of what follows: text must not look like another text.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** What has no shape of its own, unless it is a part of an emoji. */
const invisible = new RegExp(String.raw`\p{RGI_Emoji}|([\p{Default_Ignorable_Code_Point}\p{Cf}])`, "gv")

const halfCharacters = /\p{Surrogate}/gu

const lineEnds = /\r\n?/g

/** The text without escape sequences and control characters other than line ends and tabs: safe for a terminal. */
export const clean = (text: string): string =>
  text.replace(lineEnds, "\n").replace(sequences, "").replace(controls, "").replace(halfCharacters, "\ufffd")

/**
 * The text with control and invisible characters made visible (`␛`, `<U+200B>`): for a person who must see exactly what
 * is there. Line ends and tabs stay.
 */
export const reveal = (text: string): string =>
  text.replaceAll("\r\n", "\n").replace(controls, named).replace(
    invisible,
    (found: string, character?: string) => character === undefined ? found : named(character)
  ).replace(halfCharacters, "\ufffd")

const named = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? "␡" : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`
}

/** Tabs as spaces up to the next of the stops, which are four columns apart. */
export const expandTabs = (line: string): string => {
  const [last = "", ...before] = line.split("\t").toReversed()
  return before.toReversed().map((piece) => piece + " ".repeat(4 - widthOf(piece) % 4)).join("") + last
}

/** One line of at most `width` columns; what is too long ends in `…`. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  if (width < 1) return ""
  let kept = ""
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** A character as a person sees it, e.g. an emoji of several code points. */
interface Cell {
  readonly text: string
  readonly width: number
  readonly roles: ReadonlyArray<Role>
}

const cellsOf = (line: Line, width: number, at: "words" | "anywhere"): ReadonlyArray<Cell> => {
  const text = line.map((span) => span.text).join("")
  if (/^[ -~]*$/.test(text)) {
    return line.flatMap(({ roles, text }) => Array.from(text, (character) => ({ text: character, width: 1, roles })))
  }
  const cells: Array<Cell> = []
  let span = 0
  let end = line[0]?.text.length ?? 0
  for (const { index, segment } of segmenter.segment(text)) {
    while (index >= end && span + 1 < line.length) end += line[++span]?.text.length ?? 0
    const roles = line[span]?.roles ?? []
    if (at === "words") cells.push({ text: segment, width: widthOf(segment), roles })
    else if (mostWidthOf(segment) <= width) cells.push({ text: segment, width: mostWidthOf(segment), roles })
    else for (const character of segment) cells.push({ text: character, width: widthOf(character), roles })
  }
  return cells
}

/** The columns where the terminal does not know that several characters are one, e.g. a family of emoji. */
const mostWidthOf = (segment: string): number =>
  Math.max(widthOf(segment), Array.from(segment).reduce((sum, character) => sum + widthOf(character), 0))

const sameRoles = (a: ReadonlyArray<Role>, b: ReadonlyArray<Role>): boolean =>
  a === b || (a.length === b.length && a.every((role, index) => role === b[index]))

const lineOf = (cells: ReadonlyArray<Cell>): Line => {
  const line: Array<{ text: string; readonly roles: ReadonlyArray<Role> }> = []
  for (const cell of cells) {
    const last = line.at(-1)
    if (last !== undefined && sameRoles(last.roles, cell.roles)) last.text += cell.text
    else line.push({ text: cell.text, roles: cell.roles })
  }
  return line
}

/**
 * The line, broken into lines of at most `width` columns: between words (spaces at the break are dropped), or anywhere,
 * with nothing lost and no terminal needing more columns.
 * A single character that is wider than `width` becomes `?`.
 */
export const wrap = (line: Line, width: number, at: "words" | "anywhere"): ReadonlyArray<Line> => {
  const rows: Array<Line> = []
  let row: Array<Cell> = []
  let used = 0
  // Where the row can be broken: what stands from here on moves to the next row.
  let breakAt = 0
  let hasWord = false
  const finish = (cells: ReadonlyArray<Cell>): void => {
    rows.push(lineOf(at === "words" ? withoutSpacesAtEnd(cells) : cells))
  }
  for (const each of cellsOf(line, width, at)) {
    const cell = each.width > width ? { ...each, text: "?", width: 1 } : each
    const isSpace = cell.text === " "
    if (used + cell.width > width) {
      if (at === "words" && isSpace) {
        breakAt = row.length
        continue
      }
      const moved = at === "words" && breakAt > 0 && cell.width < 2 ? row.slice(breakAt) : []
      finish(moved.length === 0 ? row : row.slice(0, breakAt))
      row = moved
      used = moved.reduce((sum, { width }) => sum + width, 0)
      breakAt = 0
      hasWord = moved.length > 0
    }
    if (at === "words" && isSpace && row.length === 0 && rows.length > 0) continue
    row.push(cell)
    used += cell.width
    // Scripts of wide characters have no spaces.
    if (cell.width > 1 || (isSpace && hasWord)) breakAt = row.length
    hasWord ||= !isSpace
  }
  if (row.length > 0 || rows.length === 0) finish(row)
  return rows
}

const withoutSpacesAtEnd = (cells: ReadonlyArray<Cell>): ReadonlyArray<Cell> => {
  const last = cells.findLastIndex((cell) => cell.text !== " ")
  return cells.slice(0, last + 1)
}

/** The line as the terminal gets it. */
export const paint = (line: Line, theme: Theme): string =>
  line.map((span) => span.roles.reduce((text, role) => theme[role](text), span.text)).join("")

/** A text's lines, cleaned, none reflowed, those that are too long broken: e.g. a tool's output. */
export const plainLines = (
  text: string,
  options: { readonly width: number; readonly theme: Theme; readonly role?: Role }
): ReadonlyArray<string> =>
  clean(text).split("\n").flatMap((line) =>
    wrap([{ text: expandTabs(line), roles: [options.role ?? "text"] }], options.width, "anywhere")
      .map((each) => paint(each, options.theme))
  )
