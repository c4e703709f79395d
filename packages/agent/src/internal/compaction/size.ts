/** Measures the conversation and its limits. */
import * as History from "../../session/History.ts"
import type { Entry, Line } from "../../session/Session.ts"
import { findLastSummary } from "../session/lastSummary.ts"
import { removeRefused } from "../session/refusedContent.ts"
import { countBytes, estimateTokens } from "./lineSize.ts"

export type Unit = Extract<Entry, { readonly type: "limit" }>["unit"]

/** Measures a line: an estimate in tokens, or the bytes of its JSON. */
export const measureLine = (line: Line, unit: Unit): number =>
  unit === "tokens" ? estimateTokens(line) : countBytes(line)

/** The total size of the lines. */
export const totalSize = (lines: ReadonlyArray<Line>, unit: Unit): number =>
  lines.reduce((all, line) => all + measureLine(line, unit), 0)

/** The lines of the next request: the last summary and the lines that it does not cover. */
export const selectSentLines = (given: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const lines = removeRefused(given)
  const summary = findLastSummary(lines)
  if (summary === undefined) return lines
  return [lines[summary.at]!, ...lines.slice(summary.keep).filter(({ type }) => type !== "summary")]
}

export interface Limit {
  readonly unit: Unit
  readonly size: number
  /** The size of the next request. */
  readonly used: number
}

interface ModelSettings {
  /** In tokens, as configured. */
  readonly window: number | undefined
  readonly model: string | undefined
}

/** The lowest limit in each unit, from the configuration and from this model's refusals. */
export const findLimits = (lines: ReadonlyArray<Line>, { model, window }: ModelSettings): ReadonlyArray<Limit> => {
  const learned = lines.flatMap((line) =>
    line.type === "limit" && (line.model === undefined || model === undefined || line.model === model) ? [line] : []
  )
  return (["tokens", "bytes"] as const).flatMap((unit) => {
    const last = learned.findLast((limit) => limit.unit === unit)
    const sizes = [
      ...(last === undefined ? [] : [last.size]),
      ...(unit === "tokens" && window !== undefined ? [window] : [])
    ]
    if (sizes.length === 0) return []
    return [{ unit, size: Math.min(...sizes), used: measureUsage(lines, unit, last?.assumed) }]
  })
}

/** The provider's token count if available. An assumed limit is compared with an estimate, because it was measured as one. */
export const measureUsage = (lines: ReadonlyArray<Line>, unit: Unit, assumed: true | undefined): number => {
  const counted = unit === "tokens" ? History.estimateContext(lines) : 0
  return unit === "tokens" && assumed === undefined && counted > 0
    ? counted
    : Math.max(counted, totalSize(selectSentLines(lines), unit))
}

/** Finds the limit that is closest to being reached. */
export const findTightestLimit = (limits: ReadonlyArray<Limit>): Limit | undefined =>
  limits.toSorted((a, b) => b.used / b.size - a.used / a.size)[0]

/** `950`, `30k`, `1.2M`. */
export const abbreviateCount = (count: number): string => {
  if (count < 1000) return String(Math.round(count))
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`
}
