import type { Tokens } from "marked"
import { type Line, measureWidth, type Span, wrap } from "../terminal/themedText.ts"
import { renderInline } from "./markdownInline.ts"

type Cell = ReadonlyArray<Line>
type Align = Tokens.Table["align"][number]

const dim = (text: string): Span => ({ text, roles: ["dim"] })
const space = (width: number): Span => ({ text: " ".repeat(width), roles: [] })

/** Columns are not made narrower than this. */
const minColumnWidth = 8

/** Fits the table to the width by wrapping its cells. If columns became too narrow, each row is rendered as lines of `name: value`. */
export const renderTable = (token: Tokens.Table, width: number, marks: boolean): ReadonlyArray<Line> => {
  const header = token.header.map((cell) => renderInline(cell.tokens, ["strong"], marks))
  const rows = token.rows.map((row) => row.map((cell) => renderInline(cell.tokens, [], marks)))
  const natural = header.map((cell, column) =>
    Math.max(1, ...[cell, ...rows.map((row) => row[column] ?? [])].map(widthOfCell))
  )
  const widths = fitWidths(natural, width - 3 * (natural.length - 1))
  const isTooNarrow = widths.some((each, column) => each < Math.min(natural[column] ?? 0, minColumnWidth))
  return isTooNarrow ? renderRecords(header, rows, width) : renderGrid(header, rows, widths, token.align)
}

const widthOfLine = (line: Line): number => measureWidth(line.map(({ text }) => text).join(""))
const widthOfCell = (cell: Cell): number => Math.max(0, ...cell.map(widthOfLine))

/** Narrow columns keep their width; the others share the rest. */
const fitWidths = (natural: ReadonlyArray<number>, room: number): ReadonlyArray<number> => {
  const widths = [...natural]
  let left = Math.max(0, room)
  const narrowFirst = natural.map((_, column) => column).toSorted((a, b) => (natural[a] ?? 0) - (natural[b] ?? 0))
  for (const [index, column] of narrowFirst.entries()) {
    const share = Math.floor(left / (natural.length - index))
    const width = Math.min(natural[column] ?? 0, share)
    widths[column] = width
    left -= width
  }
  return widths
}

const renderGrid = (
  header: ReadonlyArray<Cell>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  widths: ReadonlyArray<number>,
  align: ReadonlyArray<Align>
): ReadonlyArray<Line> => {
  const laidOut = rows.map((row) => renderRow(row, widths, align))
  const rule: Line = [dim(widths.map((width) => "─".repeat(width)).join("─┼─"))]
  // If any row takes several lines, rules separate the rows.
  const isSpaced = laidOut.some((lines) => lines.length > 1)
  return [
    ...renderRow(header, widths, align),
    rule,
    ...laidOut.flatMap((lines, index) => isSpaced && index > 0 ? [rule, ...lines] : lines)
  ]
}

const renderRow = (
  row: ReadonlyArray<Cell>,
  widths: ReadonlyArray<number>,
  align: ReadonlyArray<Align>
): ReadonlyArray<Line> => {
  const cells = widths.map((width, column) => (row[column] ?? []).flatMap((line) => wrap(line, width, "words")))
  const height = Math.max(1, ...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, index) =>
    cells.flatMap((lines, column) => [
      ...(column === 0 ? [] : [dim(" │ ")]),
      ...padCell(lines[index] ?? [], widths[column] ?? 0, align[column] ?? null, column === cells.length - 1)
    ]))
}

const padCell = (line: Line, width: number, align: Align, isLast: boolean): Line => {
  const room = Math.max(0, width - widthOfLine(line))
  const before = align === "right" ? room : align === "center" ? Math.floor(room / 2) : 0
  return [space(before), ...line, space(isLast ? 0 : room - before)]
}

const renderRecords = (
  header: ReadonlyArray<Cell>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  width: number
): ReadonlyArray<Line> => {
  const names = header.map((cell) => cell.flat())
  if (rows.length === 0) return names.flatMap((name) => wrap(name, width, "words"))
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : [[]]),
    ...names.flatMap((name, column) => {
      const [first = [], ...more] = row[column] ?? []
      const start: Line = name.length === 0 ? first : [...name, { text: ": ", roles: ["strong"] }, ...first]
      return [start, ...more].flatMap((line) => wrap(line, width, "words"))
    })
  ])
}
