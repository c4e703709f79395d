import type { Theme } from "./theme.ts"
import { cut, type Line, paint, widthOf, wrap } from "./themedText.ts"

/** How everything is drawn: the columns that there are, and the colours. */
export interface Look {
  readonly width: number
  readonly theme: Theme
}

/** What is drawn: painted lines of at most the look's width. */
export type Lines = ReadonlyArray<string>

/** One line, cut with `…` if it is too long. Pieces are cut from the end. */
export const oneLine = (line: Line, { theme, width }: Look): string => {
  let room = width
  const kept: Array<Line[number]> = []
  for (const span of line) {
    if (room <= 0) break
    const text = cut(span.text.replaceAll("\n", " "), room)
    kept.push({ ...span, text })
    room -= widthOf(text)
  }
  return paint(kept, theme)
}

/** As many lines as it needs, broken between words. */
export const wrapped = (line: Line, { theme, width }: Look): Lines =>
  wrap(line, Math.max(1, width), "words").map((each) => paint(each, theme))

/** The lines further to the right; what they hold must have been drawn for a width that is smaller by the margin's. */
export const indent = (lines: Lines, margin: string, rest: string = " ".repeat(widthOf(margin))): Lines =>
  lines.map((line, index) => `${index === 0 ? margin : rest}${line}`)

export const narrower = (look: Look, by: number): Look => ({ ...look, width: Math.max(1, look.width - by) })

/** A rule over the whole width, with words in it. */
export const rule = (look: Look, words = ""): string =>
  look.theme.dim(words === "" ? "─".repeat(look.width) : fill(`── ${words} `, look.width))

const fill = (text: string, width: number): string => {
  const fitting = cut(text, width)
  return fitting + "─".repeat(Math.max(0, width - widthOf(fitting)))
}

/** Durations are worth telling from two seconds on. */
export const duration = (seconds: number | undefined): string => {
  if (seconds === undefined || seconds < 2) return ""
  return seconds < 60 ? `${Math.floor(seconds)}s` : `${Math.floor(seconds / 60)}m${Math.floor(seconds % 60)}s`
}
