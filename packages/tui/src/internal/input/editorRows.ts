import { clean, measureWidth, truncate } from "../terminal/themedText.ts"
import { type Paste, pasteIndexOf, splitUnits, type Unit } from "./editorText.ts"

/** A row of the wrapped text. */
export interface Row {
  /** Its range in the text, without the line end. */
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

/** Wraps the text between words. One column stays free for the cursor after the last character. */
export const wrapRows = (text: string, pastes: ReadonlyArray<Paste>, columns: number): ReadonlyArray<Row> => {
  const width = Math.max(1, columns - 1)
  const rows: Array<Row> = []
  let cells: Array<Cell> = []
  let start = 0
  let used = 0
  const endRow = (end: number, from: number): void => {
    rows.push({ start, end, cells: cells.filter((cell) => cell.start < end) })
    cells = cells.filter((cell) => cell.start >= end)
    used = cells.reduce((sum, cell) => sum + cell.width, 0)
    start = from
  }
  for (const unit of splitUnits(text)) {
    if (unit.text === "\n") {
      endRow(unit.start, unit.end)
      continue
    }
    const cell = cellOf(unit, pastes, width)
    if (used + cell.width > width && cell.isSpace) {
      // A space at the end of a row takes no column.
      cells.push({ ...cell, text: "", width: 0 })
      continue
    }
    if (used + cell.width > width && cells.length > 0) {
      const space = cells.findLastIndex(({ isSpace }) => isSpace)
      const end = space === -1 ? cell.start : cells[space + 1]?.start ?? cell.start
      endRow(end, end)
      // The word that moved down may leave no room for a wide character.
      if (used + cell.width > width) endRow(cell.start, cell.start)
    }
    cells.push(cell)
    used += cell.width
  }
  endRow(text.length, text.length)
  return rows
}

const cellOf = (unit: Unit, pastes: ReadonlyArray<Paste>, width: number): Cell => {
  const text = display(unit.text, pastes, width)
  const fitting = measureWidth(text) > width ? truncate(text, width) : text
  return { start: unit.start, text: fitting, width: measureWidth(fitting), isSpace: unit.text === " " }
}

const display = (text: string, pastes: ReadonlyArray<Paste>, width: number): string => {
  if (text === "\t") return "    "
  const index = pasteIndexOf(text)
  if (index === undefined) return text
  const { image, text: pasted = "" } = pastes[index] ?? {}
  return image === undefined
    ? `[pasted text #${index + 1}, ${describeLength(pasted)}]`
    : describeAttachment("image", image, width)
}

/** If the line is too long, the name is truncated: the size at its end tells images with similar names apart. */
export const describeAttachment = (
  kind: "image" | "document" | "file",
  { details, name }: NonNullable<Paste["image"]>,
  width: number
): string => {
  const end = `, ${details}]`
  const room = Math.max(6, width - measureWidth(`[${kind} ${end}`))
  return truncate(`[${kind} ${truncate(clean(name).replaceAll("\n", " "), room)}${end}`, width)
}

const describeLength = (paste: string): string => {
  const lines = paste.replace(/\n$/, "").split("\n").length
  return lines === 1 ? `${paste.length} characters` : `${lines} lines`
}

/** The row and column of an index of the text. */
export const positionOf = (
  rows: ReadonlyArray<Row>,
  index: number
): { readonly row: number; readonly column: number } => {
  const row = Math.max(0, rows.findLastIndex(({ start }) => start <= index))
  const before = rows[row]?.cells.filter(({ start }) => start < index) ?? []
  return { row, column: before.reduce((sum, { width }) => sum + width, 0) }
}

/** The index of the text that is closest to a column of the row. */
export const indexAt = (row: Row, column: number): number => {
  let used = 0
  for (const cell of row.cells) {
    if (used + cell.width > column) return cell.start
    used += cell.width
  }
  return row.end
}
