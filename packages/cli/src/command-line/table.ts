/** Formats tables. */
import { printable } from "@altimate-code/log/Printable"

interface Options {
  /** The numbers (from 0) of the columns that are aligned on the right. */
  readonly right?: ReadonlySet<number>
}

/** Formats one line per row with aligned columns; empty if there are no rows. Control characters are made visible. */
export const render = (cells: ReadonlyArray<ReadonlyArray<string>>, { right = new Set() }: Options = {}): string => {
  const rows = cells.map((row) => row.map(printable))
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cell.length))
  const align = (cell: string, i: number) => right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)
  return rows.map((row) => `${row.map(align).join("  ").trimEnd()}\n`).join("")
}
