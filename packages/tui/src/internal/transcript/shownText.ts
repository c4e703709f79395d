import { stripVTControlCharacters } from "node:util"
import type { Lines } from "../terminal/canvas.ts"

/** The text of lines without what depends on the width: white space, and what draws tables. */
export const textOf = (lines: Lines): string =>
  stripVTControlCharacters(lines.join("")).replaceAll(/[\s\u2500-\u257f]/g, "")

/**
 * Leaves out the first lines, if their text has been shown already, perhaps at another width. A line that was shown only in part stays.
 * `dropped` is the text of what was left out, and `rest` what later lines may still leave out.
 */
export const dropShown = (
  lines: Lines,
  shown: string
): { readonly lines: Lines; readonly dropped: string; readonly rest: string } => {
  let dropped = ""
  let count = 0
  for (; dropped.length < shown.length && count < lines.length; count++) {
    const text = textOf(lines.slice(count, count + 1))
    if (!shown.startsWith(text, dropped.length)) return { lines: lines.slice(count), dropped, rest: "" }
    dropped += text
  }
  return { lines: lines.slice(count), dropped, rest: shown.slice(dropped.length) }
}
