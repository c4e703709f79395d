/** The table of `/cost`. */
import type { Line } from "@altimate-code/agent/session/Session"
import * as Spending from "@altimate-code/agent/session/Spending"
import { measureWidth } from "../../terminal/themedText.ts"

const heads = ["model", "requests", "input", "cache read", "cache write", "output", "cost"]

/** An ARN would not leave room for the numbers; its end is what differs. */
const shorten = (model: string): string => model.startsWith("arn:") ? `…${model.slice(model.lastIndexOf("/"))}` : model

const toRow = (name: string, spending: Spending.Spending): ReadonlyArray<string> => {
  const { requests, usage } = spending
  const counts = [requests, usage.input, usage.cacheRead, usage.cacheWrite, usage.output]
  return [name, ...counts.map((count) => count.toLocaleString("en-US")), Spending.describe(spending)]
}

/** The same numbers for a terminal that is too narrow for the table: a block for each row. */
const toBlocks = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  rows.flatMap(([model = "", ...cells]) => [
    model,
    ...cells.map((cell, index) => `  ${heads[index + 1]!.padEnd(12)}${cell}`)
  ])

interface CostReport {
  readonly lines: ReadonlyArray<string>
  /** For a terminal that is too narrow for `lines`. */
  readonly narrow: ReadonlyArray<string>
}

/** A row for each model that has answered in the session, and the total if there are several. */
export const reportCost = (lines: ReadonlyArray<Line>, maxCost: number | undefined): CostReport => {
  const total = Spending.sum(lines)
  const limit = maxCost === undefined ? [] : [`Limit of this session: ${Spending.formatDollars(maxCost)}`]
  if (total.requests === 0) {
    const lines = ["No request has been sent in this session yet.", ...limit]
    return { lines, narrow: lines }
  }
  const models = [...Spending.sumByModel(lines)]
  const rows = [
    heads,
    ...models.map(([model, spending]) => toRow(shorten(model ?? "unknown model"), spending)),
    ...(models.length > 1 ? [toRow("total", total)] : [])
  ]
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => measureWidth(row[column] ?? ""))))
  const align = (cell: string, column: number): string => {
    const space = " ".repeat(Math.max(0, widths[column]! - measureWidth(cell)))
    return column === 0 ? cell + space : space + cell
  }
  const end = [...Spending.explain(total), ...limit]
  return {
    lines: [...rows.map((row) => row.map(align).join("  ")), ...end],
    narrow: [...toBlocks(rows.slice(1)), ...end]
  }
}
