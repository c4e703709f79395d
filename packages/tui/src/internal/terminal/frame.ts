import type { Lines } from "./canvas.ts"

/** What the terminal shows next. */
export interface Frame {
  /** Lines that are finished: they stay above `lines` and scroll with the terminal. */
  readonly finished: Lines
  /** Lines that the next frame may change: fewer than the terminal has rows, and none wider than the terminal. */
  readonly lines: Lines
  /** Where the terminal's cursor is, in `lines`. If absent, it is hidden. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined
}

/** What the terminal shows now. The row below the last line is empty. */
export interface Shown {
  readonly lines: Lines
  readonly cursor: { readonly row: number; readonly column: number }
  readonly isCursorVisible: boolean
}

/** An empty screen, with the cursor in its first column. */
export const empty: Shown = { lines: [], cursor: { row: 0, column: 0 }, isCursorVisible: true }

const hideCursor = "\x1b[?25l"
export const showCursor = "\x1b[?25h"
const eraseLine = "\x1b[K"
/** Erases everything from the cursor to the end of the screen. */
export const eraseBelow = "\x1b[J"

/** Terminals that know these show everything between them at once. */
const beginUpdate = "\x1b[?2026h"
const endUpdate = "\x1b[?2026l"

/**
 * Returns the output that changes the terminal from `shown` to the frame: only rows whose text differs are written. What
 * is below an answer that grows, such as the prompt, is moved, and a finished line that is already in its row is not written again.
 */
export const encode = (
  shown: Shown,
  frame: Frame,
  terminalRows: number
): { readonly output: string; readonly shown: Shown } => {
  const lines = frame.lines.map((line) => line.trimEnd())
  const rows = [...frame.finished.map((line) => line.trimEnd()), ...lines]
  let output = ""
  let { row } = shown.cursor
  const moveTo = (to: number): void => {
    if (to < row) output += `\x1b[${row - to}A`
    // In the last row of the terminal, a line feed scrolls.
    else output += "\n".repeat(to - row)
    row = to
  }

  let before = shown.lines
  const added = rows.length - before.length
  const moved = countCommonEnd(before, rows)
  const at = before.length - moved
  const firstChanged = Math.min(countCommonStart(before, rows), at)
  // A row must be written before it scrolls out of the terminal.
  if (added !== 0 && moved > 0 && rows.length - firstChanged < terminalRows) {
    if (added > 0) {
      moveTo(rows.length)
      moveTo(at)
      output += `\x1b[${added}L`
      before = [...before.slice(0, at), ...Array.from({ length: added }, () => ""), ...before.slice(at)]
    } else {
      moveTo(at + added)
      output += `\x1b[${-added}M`
      before = [...before.slice(0, at + added), ...before.slice(at)]
    }
  }
  for (const [index, text] of rows.entries()) {
    if (text === before[index]) continue
    moveTo(index)
    // Erased first: after text that fills the row, the last character would be erased.
    output += `\r${eraseLine}${text}`
  }
  if (rows.length !== before.length) moveTo(rows.length)
  if (rows.length < before.length) output += `\r${eraseBelow}`

  const cursor = frame.cursor ?? { row: lines.length, column: 0 }
  const isCursorVisible = frame.cursor !== undefined
  const isMoved = row !== frame.finished.length + cursor.row || shown.cursor.column !== cursor.column
  if (output !== "" || isMoved) {
    moveTo(frame.finished.length + cursor.row)
    output += cursor.column === 0 ? "\r" : `\x1b[${cursor.column + 1}G`
  }
  const next = { lines, cursor, isCursorVisible }
  if (output === "" && isCursorVisible === shown.isCursorVisible) return { output, shown: next }
  const start = beginUpdate + (shown.isCursorVisible ? hideCursor : "")
  const end = (isCursorVisible ? showCursor : "") + endUpdate
  return { output: start + output + end, shown: next }
}

/** How many lines at the end of both are the same. */
const countCommonEnd = (a: Lines, b: Lines): number => {
  const max = Math.min(a.length, b.length)
  let count = 0
  while (count < max && a[a.length - 1 - count] === b[b.length - 1 - count]) count++
  return count
}

/** How many lines at the start of both are the same. */
const countCommonStart = (a: Lines, b: Lines): number => {
  const first = a.findIndex((line, index) => line !== b[index])
  return first === -1 ? a.length : first
}
