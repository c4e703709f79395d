/** Reduces redrawn lines, such as progress bars, to what a terminal would show in the end. */
import { stripVTControlCharacters } from "node:util"

/** Erase in line (ECMA-48, 8.3.41): from the cursor to the end, from the start to the cursor, or all of it. */
// oxlint-disable-next-line no-control-regex
const eraseInLine = /\u001b\[([012]?)K/

// oxlint-disable-next-line no-control-regex
const redrawing = /\r(?!\n)|\x08|\u001b\[[012]?K/

const redraw = (line: string): string => {
  const cells: Array<string> = []
  let at = 0
  // Pieces of text alternate with the arguments of the erase sequences between them.
  line.split(eraseInLine).forEach((piece, index) => {
    if (index % 2 === 1) {
      if (piece === "1") cells.fill(" ", 0, at + 1)
      else if (piece === "2") cells.fill(" ")
      else cells.length = Math.min(cells.length, at)
      return
    }
    for (const char of stripVTControlCharacters(piece)) {
      if (char === "\r") at = 0
      else if (char === "\b") at = Math.max(0, at - 1)
      else {
        while (cells.length < at) cells.push(" ")
        cells[at] = char
        at += 1
      }
    }
  })
  const text = cells.join("")
  // Erased characters are blank.
  return eraseInLine.test(line) ? text.trimEnd() : text
}

/** Removes escape sequences and reduces each redrawn line to its final state. */
export const resolveRedraws = (text: string): string => {
  // Fast path for most text.
  if (!redrawing.test(text)) return stripVTControlCharacters(text).replaceAll("\r\n", "\n")
  return text.split("\n").map((line) => {
    const ended = line.replace(/\r+$/, "")
    return redrawing.test(ended) ? redraw(ended) : stripVTControlCharacters(ended)
  }).join("\n")
}
