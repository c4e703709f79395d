/** Formats tables. */
import { printable } from "@altimate-code/log/Printable"

/** Formats one line per row with aligned columns; empty if there are no rows. Control characters are made visible. */
export const render = (cells: ReadonlyArray<ReadonlyArray<string>>): string => {
  const rows = cells.map((row) => row.map(printable))
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cell.length))
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd()}\n`).join("")
}
