/** Adds up what sessions have used and cost. */
import * as SessionStore from "@altimate-code/agent/session/SessionStore"
import * as Spending from "@altimate-code/agent/session/Spending"
import { printable } from "@altimate-code/log/Printable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"
import * as Since from "./since.ts"
import * as UsageTable from "./usageTable.ts"

type Session = SessionStore.SessionRequests

const twoDigits = (number: number): string => String(number).padStart(2, "0")

/** `2026-11` in local time. */
const monthOf = (time: Date): string => `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}`

/** What the row of a request is called. */
const keyOf = (
  by: UsageTable.Grouping,
  { directory, id }: Session,
  { model, time }: Session["requests"][number]
): string => {
  switch (by) {
    case "day":
      return `${monthOf(new Date(time))}-${twoDigits(new Date(time).getDate())}`
    case "month":
      return monthOf(new Date(time))
    case "model":
      return model ?? "(unknown)"
    case "project":
      return directory === "" ? "(unknown)" : directory
    case "session":
      return id
  }
}

/** Days and months by date, the others by cost, the highest first. */
const sort = (by: UsageTable.Grouping, rows: ReadonlyArray<UsageTable.Row>): ReadonlyArray<UsageTable.Row> =>
  by === "day" || by === "month"
    ? rows.toSorted((a, b) => a.key.localeCompare(b.key))
    : rows.toSorted((a, b) =>
      b.spending.cost - a.spending.cost || b.spending.usage.output - a.spending.usage.output ||
      a.key.localeCompare(b.key)
    )

export interface UsageOptions {
  readonly since: Option.Option<string>
  readonly by: UsageTable.Grouping
  readonly format: "csv" | "json" | "text"
}

/** Adds up the requests of all sessions and writes them to stdout. */
export const reportUsage = Effect.fn("ReportUsage.reportUsage")(function*({ by, format, since }: UsageOptions) {
  const { write, writeError } = yield* Stdio
  const now = new Date(yield* Clock.currentTimeMillis)
  const from = Option.flatMap(since, (text) => Since.parse(text, now))
  const { requests } = yield* SessionStore.SessionStore
  const found = new Map<string, UsageTable.Row>()
  yield* requests(Option.map(from, (time) => time.getTime())).pipe(
    Stream.runForEach((session) =>
      Effect.gen(function*() {
        for (const request of session.requests) {
          const key = keyOf(by, session, request)
          const { spending } = found.get(key) ?? { spending: Spending.none }
          const { directory, title } = session
          found.set(key, {
            key,
            spending: Spending.add(spending, request),
            ...(by === "session" ? { session: { title, directory } } : {})
          })
        }
        for (const notice of session.notices) yield* writeError(`note: ${printable(notice)}\n`)
      })
    )
  )
  const rows = sort(by, [...found.values()])
  const total = rows.map(({ spending }) => spending).reduce(Spending.combine, Spending.none)
  if (format === "json") {
    return yield* writeJson(UsageTable.toJson(by, Option.getOrUndefined(from), rows, total), 2)
  }
  if (format === "csv") return yield* write(UsageTable.toCsv(by, rows))
  if (rows.length === 0) {
    return yield* write(
      Option.isNone(since) ? "There are no requests yet.\n" : `There are no requests since ${since.value}.\n`
    )
  }
  yield* write(UsageTable.toTable(by, rows, total))
  for (const sentence of Spending.explain(total)) yield* writeError(`note: ${sentence}\n`)
}, Effect.provide(LocalFiles.sessions))
