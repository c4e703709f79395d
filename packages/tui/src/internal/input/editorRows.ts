import { cut, widthOf } from "../terminal/themedText.ts"
import { pieceOf, type Unit, unitsOf } from "./editorText.ts"

/** A line as it is seen. */
export interface Row {
  /** What of the text stands in it, without the line end. */
  readonly start: number
  readonly end: number
  readonly cells: ReadonlyArray<Cell>
}

interface Cell {
  readonly start: number
  readonly text: string
  readonly width: number
  readonly isSpace: boolean
}

/** The lines as they are seen, broken between words; one column stays free for the cursor behind the last character. */
export const rowsOf = (text: string, pastes: ReadonlyArray<string>, columns: number): ReadonlyArray<Row> => {
  const width = Math.max(1, columns - 1)
  const rows: Array<Row> = []
  let cells: Array<Cell> = []
  let start = 0
  let used = 0
  const finish = (end: number, from: number): void => {
    rows.push({ start, end, cells: cells.filter((cell) => cell.start < end) })
    cells = cells.filter((cell) => cell.start >= end)
    used = cells.reduce((sum, cell) => sum + cell.width, 0)
    start = from
  }
  for (const unit of unitsOf(text)) {
    if (unit.text === "\n") {
      finish(unit.start, unit.end)
      continue
    }
    const cell = cellOf(unit, pastes, width)
    if (used + cell.width > width && cell.isSpace) {
      // A space at the break is not seen.
      cells.push({ ...cell, text: "", width: 0 })
      continue
    }
    if (used + cell.width > width && cells.length > 0) {
      const space = cells.findLastIndex(({ isSpace }) => isSpace)
      const place = cells[space + 1]?.start ?? cell.start
      const end = space === -1 ? cell.start : place
      finish(end, end)
      // What moved down with the word may leave no room for a wide character.
      if (used + cell.width > width) finish(cell.start, cell.start)
    }
    cells.push(cell)
    used += cell.width
  }
  finish(text.length, text.length)
  return rows
}

const cellOf = (unit: Unit, pastes: ReadonlyArray<string>, width: number): Cell => {
  const text = shown(unit.text, pastes)
  const fitting = widthOf(text) > width ? cut(text, width) : text
  return { start: unit.start, text: fitting, width: widthOf(fitting), isSpace: unit.text === " " }
}

const shown = (text: string, pastes: ReadonlyArray<string>): string => {
  if (text === "\t") return "    "
  const piece = pieceOf(text)
  if (piece === undefined) return text
  return `[pasted text #${piece + 1}, ${amount(pastes[piece] ?? "")}]`
}

const amount = (paste: string): string => {
  const lines = paste.replace(/\n$/, "").split("\n").length
  return lines === 1 ? `${paste.length} characters` : `${lines} lines`
}

/** Where in the rows a place of the text is. */
export const placeIn = (
  rows: ReadonlyArray<Row>,
  place: number
): { readonly row: number; readonly column: number } => {
  const row = Math.max(0, rows.findLastIndex(({ start }) => start <= place))
  const before = rows[row]?.cells.filter(({ start }) => start < place) ?? []
  return { row, column: before.reduce((sum, { width }) => sum + width, 0) }
}

/** The place of the text that is nearest to a column of a row. */
export const placeAt = (row: Row, column: number): number => {
  let used = 0
  for (const cell of row.cells) {
    if (used + cell.width > column) return cell.start
    used += cell.width
  }
  return row.end
}
