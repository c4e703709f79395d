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

/** A row for each model that has answered in the session, and the total if there are several. */
export const reportCost = (lines: ReadonlyArray<Line>, maxCost: number | undefined): ReadonlyArray<string> => {
  const total = Spending.sum(lines)
  const limit = maxCost === undefined ? [] : [`Limit of this session: ${Spending.formatDollars(maxCost)}`]
  if (total.requests === 0) return ["No request has been sent in this session yet.", ...limit]
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
  return [...rows.map((row) => row.map(align).join("  ")), ...Spending.explain(total), ...limit]
}
