/** Tells the model which background tasks have ended since its last request. */
import * as Option from "effect/Option"
import { titleOf } from "../../session/BackgroundTaskText.ts"
import type { Line } from "../../session/Session.ts"
import { findLastSummary } from "../session/lastSummary.ts"
import { findUndoneTasks } from "../session/undone.ts"

export interface TaskReport {
  readonly id: string
  /** On one line. */
  readonly title: string
  /** None if it is running, which the model does not know any more because older messages were compacted. */
  readonly end: Option.Option<{ readonly ending: string; readonly ok: boolean }>
}

/** What the model does not know yet. */
export const findTaskReports = (lines: ReadonlyArray<Line>): ReadonlyArray<TaskReport> => {
  const summary = findLastSummary(lines)
  const undone = findUndoneTasks(lines)
  const reports = new Map<string, TaskReport>()
  lines.forEach((line, index) => {
    if (line.type !== "task" || undone.has(line.id)) return
    const { id } = line
    switch (line.state) {
      case "started":
        if (summary !== undefined && index < summary.keep) {
          reports.set(id, { id, title: titleOf(line), end: Option.none() })
        }
        break
      case "ended":
        reports.set(id, { id, title: titleOf(line), end: Option.some({ ending: line.ending, ok: line.ok }) })
        break
      case "reported":
        if (
          Option.exists(Option.fromNullable(reports.get(id)), ({ end }) => Option.isSome(end)) ||
          index > (summary?.at ?? -1)
        ) {
          reports.delete(id)
        }
    }
  })
  return [...reports.values()]
}

export const toMessage = (reports: ReadonlyArray<TaskReport>): string =>
  reports.map(({ end, id, title }) =>
    Option.match(end, {
      onNone: () => `Background task ${id} is still running: ${title}`,
      onSome: ({ ending }) => `Background task ${id} has ended (${ending}): ${title}`
    })
  ).join("\n")
