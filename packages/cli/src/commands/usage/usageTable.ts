/** Formats what sessions have used and cost. */
import * as Spending from "@altimate-code/agent/session/Spending"
import * as Table from "../../command-line/table.ts"

export type Grouping = "day" | "model" | "month" | "project" | "session"

export interface Row {
  /** The day, the model, … */
  readonly key: string
  readonly spending: Spending.Spending
  /** What else identifies a session. */
  readonly session?: { readonly title: string; readonly directory: string }
}

/** The numbers are those of {@link toCounts} and the cost. */
const heads = ["REQUESTS", "INPUT", "CACHE READ", "CACHE WRITE", "OUTPUT", "COST"]
const numberColumns = new Set(heads.map((_, index) => index + 1))

const toCounts = ({ requests, usage }: Spending.Spending) => [
  requests,
  usage.input,
  usage.cacheRead,
  usage.cacheWrite,
  usage.output
]

const toCells = (spending: Spending.Spending): ReadonlyArray<string> => [
  ...toCounts(spending).map((count) => count.toLocaleString("en-US")),
  Spending.describe(spending)
]

/** A row for each key, and their total. */
export const toTable = (by: Grouping, rows: ReadonlyArray<Row>, total: Spending.Spending): string =>
  Table.render([
    [by.toUpperCase(), ...heads, ...(by === "session" ? ["TITLE"] : [])],
    ...rows.map(({ key, session, spending }) => [
      key,
      ...toCells(spending),
      ...(session === undefined ? [] : [session.title])
    ]),
    ["TOTAL", ...toCells(total)]
  ], { right: numberColumns })

/** `cost` is in US dollars; `null`: unknown. `costIsMinimum`: the cost of some requests is unknown. */
const toNumbers = (spending: Spending.Spending) => ({
  requests: spending.requests,
  inputTokens: spending.usage.input,
  cacheReadInputTokens: spending.usage.cacheRead,
  cacheWriteInputTokens: spending.usage.cacheWrite,
  outputTokens: spending.usage.output,
  cost: Spending.isKnown(spending) ? spending.cost : null,
  costIsMinimum: !Spending.isComplete(spending),
  requestsWithoutPrice: spending.unpriced,
  requestsWithoutUsage: spending.unreported
})

export const toJson = (by: Grouping, since: Date | undefined, rows: ReadonlyArray<Row>, total: Spending.Spending) => ({
  since: since?.toISOString() ?? null,
  by,
  rows: rows.map(({ key, session, spending }) => ({ [by]: key, ...session, ...toNumbers(spending) })),
  total: toNumbers(total)
})

/** Source: RFC 4180. */
const quote = (field: string): string => /[",\r\n]/.test(field) ? `"${field.replaceAll("\"", "\"\"")}"` : field

/** One line for each row, without the total, which a spreadsheet computes. An unknown cost is empty. */
export const toCsv = (by: Grouping, rows: ReadonlyArray<Row>): string => {
  const head = [by, "requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"]
  const lines = rows.map(({ key, spending }) => [
    key,
    ...toCounts(spending).map(String),
    Spending.isKnown(spending) ? String(spending.cost) : "",
    String(!Spending.isComplete(spending))
  ])
  return [[...head, "cost_usd", "cost_is_minimum"], ...lines].map((fields) => `${fields.map(quote).join(",")}\n`).join(
    ""
  )
}
