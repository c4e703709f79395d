/** Measures the conversation and its limits. */
import * as History from "../../session/History.ts"
import type { Entry, Line } from "../../session/Session.ts"
import { lastSummary } from "../session/lastSummary.ts"
import { applyLeftOut } from "../session/refusedContent.ts"
import { countBytes, estimateTokens } from "./lineSize.ts"

export type Unit = Extract<Entry, { readonly type: "limit" }>["unit"]

/** The size of a line: an estimate in tokens, or the bytes of its JSON. */
export const sizeOf = (line: Line, unit: Unit): number => unit === "tokens" ? estimateTokens(line) : countBytes(line)

/** The total size of the lines. */
export const totalSize = (lines: ReadonlyArray<Line>, unit: Unit): number =>
  lines.reduce((all, line) => all + sizeOf(line, unit), 0)

/** The lines of the next request: the last summary and the lines that it does not cover. */
export const sentLines = (given: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const lines = applyLeftOut(given)
  const summary = lastSummary(lines)
  if (summary === undefined) return lines
  return [lines[summary.at]!, ...lines.slice(summary.keep).filter(({ type }) => type !== "summary")]
}

export interface Limit {
  readonly unit: Unit
  readonly size: number
  /** The size of the next request. */
  readonly used: number
}

interface Configured {
  /** In tokens, as configured. */
  readonly window: number | undefined
  readonly model: string | undefined
}

/** The lowest limits that refusals of this model have shown and that are configured. */
export const limitsOf = (lines: ReadonlyArray<Line>, { model, window }: Configured): ReadonlyArray<Limit> => {
  const learned = lines.flatMap((line) =>
    line.type === "limit" && (line.model === undefined || model === undefined || line.model === model) ? [line] : []
  )
  return (["tokens", "bytes"] as const).flatMap((unit) => {
    const own = learned.findLast((limit) => limit.unit === unit)
    const sizes = [
      ...(own === undefined ? [] : [own.size]),
      ...(unit === "tokens" && window !== undefined ? [window] : [])
    ]
    if (sizes.length === 0) return []
    return [{ unit, size: Math.min(...sizes), used: usedOf(lines, unit, own?.assumed) }]
  })
}

/** The provider's count if available; an assumed limit is compared with the estimate by which it was measured. */
export const usedOf = (lines: ReadonlyArray<Line>, unit: Unit, assumed: true | undefined): number => {
  const counted = unit === "tokens" ? History.context(lines) : 0
  return unit === "tokens" && assumed === undefined && counted > 0
    ? counted
    : Math.max(counted, totalSize(sentLines(lines), unit))
}

/** The limit with the least room left. */
export const fullest = (limits: ReadonlyArray<Limit>): Limit | undefined =>
  limits.toSorted((a, b) => b.used / b.size - a.used / a.size)[0]

/** `950`, `30k`, `1.2M`. */
export const shortNumber = (count: number): string => {
  if (count < 1000) return String(Math.round(count))
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`
}
