import * as Keymap from "../input/keymap.ts"
import type { Highlighter } from "../markdown/highlight.ts"
import type { Role, Theme } from "./theme.ts"
import { clean, type Line, measureWidth, paint, paintPlainText, truncate, wrap } from "./themedText.ts"

/** What lines are painted for. */
export interface Canvas {
  /** In columns. */
  readonly width: number
  readonly theme: Theme
  /** If absent, code is shown without colors. */
  readonly highlighter?: Highlighter | undefined
  /** For hints. If absent, the keys are the default ones. */
  readonly keymap?: Keymap.Keymap
}

/** Ends a line with the key that shows what it hides, e.g. ` · ctrl-o: show`. Empty if no key does. */
export const showHint = ({ keymap = Keymap.defaults }: Canvas, does = "show"): string =>
  Keymap.hint(keymap, "tool_details", does)

/** Longer lines of prose are hard to read. Code and tables use the whole width. */
export const maxProseWidth = 100

/** Painted lines, none wider than their canvas. */
export type Lines = ReadonlyArray<string>

/** A single line, truncated with `…` if it is too long. */
export const paintLine = (line: Line, { theme, width }: Canvas): string => {
  let room = width
  const spans: Array<Line[number]> = []
  for (const span of line) {
    if (room <= 0) break
    const text = truncate(span.text.replaceAll("\n", " "), room)
    spans.push({ ...span, text })
    room -= measureWidth(text)
  }
  return paint(spans, theme)
}

/** The line, wrapped between words. */
export const paintWrapped = (line: Line, { theme, width }: Canvas): Lines =>
  wrap(line, Math.max(1, width), "words").map((each) => paint(each, theme))

/** Puts a margin before the lines, which must have been painted for a canvas that is narrower by the margin's width. */
export const indent = (lines: Lines, margin: string, rest: string = " ".repeat(measureWidth(margin))): Lines =>
  lines.map((line, index) => `${index === 0 ? margin : rest}${line}`)

export const narrow = (canvas: Canvas, by: number): Canvas => ({ ...canvas, width: Math.max(1, canvas.width - by) })

/** A prompt, as it is shown again after it was typed. */
export const paintPrompt = (text: string, role: Role, { theme, width }: Canvas): Lines =>
  paintPlainText(text, { width: Math.min(width, maxProseWidth), theme, role, at: "words" })

/** A horizontal rule over the full width, with an optional title, which may come from the model. */
export const drawRule = ({ theme, width }: Canvas, title = ""): string => {
  const text = title === "" ? "" : truncate(`── ${clean(title).replaceAll("\n", " ")} `, width)
  return theme.dim(text + "─".repeat(Math.max(0, width - measureWidth(text))))
}

/** Empty for durations under two seconds, which are not worth showing. */
export const formatDuration = (seconds: number | undefined): string => {
  if (seconds === undefined || seconds < 2) return ""
  return seconds < 60 ? `${Math.floor(seconds)}s` : `${Math.floor(seconds / 60)}m${Math.floor(seconds % 60)}s`
}
