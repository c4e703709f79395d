import stringWidth from "string-width"
import { isNarrow, splitGraphemes } from "./graphemes.ts"
import type { Role, Theme } from "./theme.ts"

/** A piece of text and its roles. */
export interface Span {
  readonly text: string
  readonly roles: ReadonlyArray<Role>
}

export type Line = ReadonlyArray<Span>

/** In columns. */
export const measureWidth = (text: string): number => isNarrow(text) ? text.length : stringWidth(text)

const sequences = new RegExp(
  [
    // CSI: colors, cursor movement, erasing.
    String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]`,
    // OSC, DCS, SOS, PM and APC, up to their end on the same line: titles, links, the clipboard.
    String.raw`(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\n\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)`,
    // Sequences of two or three characters: character sets, reset.
    String.raw`\x1b[ -/]+[0-~]`,
    String.raw`\x1b[0-Z\\\x60-~]`
  ].join("|"),
  "g"
)

// Control characters, and characters that change the text direction: they could disguise the text.
// oxlint-disable-next-line no-control-regex -- they are what this expression matches
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Invisible characters that are not part of an emoji. Made when it is first needed: a list of all emojis takes longer than a frame. */
const makeInvisible = () => new RegExp(String.raw`\p{RGI_Emoji}|([\p{Default_Ignorable_Code_Point}\p{Cf}])`, "gv")
let invisible: RegExp | undefined

const halfCharacters = /\p{Surrogate}/gu

const lineEnds = /\r\n?/g

/** The text without escape sequences and control characters other than line ends and tabs: safe for a terminal. */
export const clean = (text: string): string =>
  text.replace(lineEnds, "\n").replace(sequences, "").replace(controls, "").replace(halfCharacters, "\ufffd")

/** The text with control and invisible characters made visible, e.g. as `␛` and `<U+200B>`. Line ends and tabs stay. */
export const reveal = (text: string): string =>
  text.replaceAll("\r\n", "\n").replace(controls, nameCharacter).replace(
    invisible ??= makeInvisible(),
    (found: string, character?: string) => character === undefined ? found : nameCharacter(character)
  ).replace(halfCharacters, "\ufffd")

const nameCharacter = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? "␡" : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`
}

/** Replaces tabs by spaces. Tab stops are four columns apart. */
export const expandTabs = (line: string): string => {
  const [last = "", ...before] = line.split("\t").toReversed()
  return before.toReversed().map((piece) => piece + " ".repeat(4 - measureWidth(piece) % 4)).join("") + last
}

/** Shortens a line to at most `width` columns, with `…` at its end. */
export const truncate = (text: string, width: number): string => {
  if (measureWidth(text) <= width) return text
  if (width < 1) return ""
  let kept = ""
  for (const { segment } of splitGraphemes(text)) {
    if (measureWidth(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** A grapheme cluster: one character as the user perceives it. */
interface Cell {
  readonly text: string
  readonly width: number
  readonly roles: ReadonlyArray<Role>
}

const cellsOf = (line: Line, width: number, at: "words" | "anywhere"): ReadonlyArray<Cell> => {
  const text = line.map((span) => span.text).join("")
  if (isNarrow(text)) {
    return line.flatMap(({ roles, text }) => Array.from(text, (character) => ({ text: character, width: 1, roles })))
  }
  const cells: Array<Cell> = []
  let span = 0
  let end = line[0]?.text.length ?? 0
  for (const { index, segment } of splitGraphemes(text)) {
    while (index >= end && span + 1 < line.length) end += line[++span]?.text.length ?? 0
    const roles = line[span]?.roles ?? []
    if (at === "words") cells.push({ text: segment, width: measureWidth(segment), roles })
    else if (measureMaxWidth(segment) <= width) cells.push({ text: segment, width: measureMaxWidth(segment), roles })
    else for (const character of segment) cells.push({ text: character, width: measureWidth(character), roles })
  }
  return cells
}

/** The width on a terminal that draws the parts of a grapheme cluster one by one, e.g. of an emoji family. */
const measureMaxWidth = (segment: string): number =>
  Math.max(measureWidth(segment), Array.from(segment).reduce((sum, character) => sum + measureWidth(character), 0))

const sameRoles = (a: ReadonlyArray<Role>, b: ReadonlyArray<Role>): boolean =>
  a === b || (a.length === b.length && a.every((role, index) => role === b[index]))

const joinCells = (cells: ReadonlyArray<Cell>): Line => {
  const line: Array<{ text: string; readonly roles: ReadonlyArray<Role> }> = []
  for (const cell of cells) {
    const last = line.at(-1)
    if (last !== undefined && sameRoles(last.roles, cell.roles)) last.text += cell.text
    else line.push({ text: cell.text, roles: cell.roles })
  }
  return line
}

/**
 * Wraps the line to at most `width` columns: between words, where spaces at the break are dropped; or anywhere, where no character is
 * lost and no terminal needs more columns. A single character that is wider than `width` becomes `?`.
 */
export const wrap = (line: Line, width: number, at: "words" | "anywhere"): ReadonlyArray<Line> => {
  const rows: Array<Line> = []
  let row: Array<Cell> = []
  let used = 0
  // The row can be broken before this cell.
  let breakAt = 0
  let hasWord = false
  const endRow = (cells: ReadonlyArray<Cell>): void => {
    rows.push(joinCells(at === "words" ? trimSpaces(cells) : cells))
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
      endRow(moved.length === 0 ? row : row.slice(0, breakAt))
      row = moved
      used = moved.reduce((sum, { width }) => sum + width, 0)
      breakAt = 0
      hasWord = moved.length > 0
    }
    if (at === "words" && isSpace && row.length === 0 && rows.length > 0) continue
    row.push(cell)
    used += cell.width
    // Scripts with wide characters are written without spaces.
    if (cell.width > 1 || (isSpace && hasWord)) breakAt = row.length
    hasWord ||= !isSpace
  }
  if (row.length > 0 || rows.length === 0) endRow(row)
  return rows
}

const trimSpaces = (cells: ReadonlyArray<Cell>): ReadonlyArray<Cell> => {
  const last = cells.findLastIndex((cell) => cell.text !== " ")
  return cells.slice(0, last + 1)
}

export const paint = (line: Line, theme: Theme): string =>
  line.map((span) => span.roles.reduce((text, role) => theme[role](text), span.text)).join("")

/** Paints text such as a tool's output: it is cleaned, and only lines that are too long are broken, by default anywhere. */
export const paintPlainText = (
  text: string,
  { at = "anywhere", role = "text", theme, width }: {
    readonly width: number
    readonly theme: Theme
    readonly role?: Role
    readonly at?: "words" | "anywhere"
  }
): ReadonlyArray<string> =>
  clean(text).split("\n").flatMap((line) =>
    wrap([{ text: expandTabs(line), roles: [role] }], width, at).map((each) => paint(each, theme))
  )
