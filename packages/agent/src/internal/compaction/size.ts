/** How much of the conversation a request holds, and how much it may. */
import * as History from "../../History.ts"
import type { Entry, Line } from "../../Session.ts"
import { lastSummary } from "../session/lastSummary.ts"
import { applyLeftOut } from "../session/leftOut.ts"
import * as Tokens from "./tokens.ts"

export type Unit = Extract<Entry, { readonly type: "limit" }>["unit"]

/** Of one line, by what stands in it: tokens are estimated, an attachment's too; bytes are those of its JSON. */
export const sizeOf = (line: Line, unit: Unit): number => unit === "tokens" ? Tokens.estimate(line) : Tokens.bytes(line)

/** Of several lines. */
export const sum = (lines: ReadonlyArray<Line>, unit: Unit): number =>
  lines.reduce((all, line) => all + sizeOf(line, unit), 0)

/** The lines that the next request holds: the last summary, and what it keeps. */
export const sentLines = (given: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const lines = applyLeftOut(given)
  const summary = lastSummary(lines)
  if (summary === undefined) return lines
  return [lines[summary.at]!, ...lines.slice(summary.keep).filter(({ type }) => type !== "summary")]
}

export interface Limit {
  readonly unit: Unit
  readonly size: number
  /** Of what the next request holds. */
  readonly used: number
}

interface Known {
  /** In tokens, as configured. */
  readonly window: number | undefined
  readonly model: string | undefined
}

/** The least of what refusals have shown of this model, and of the configured window. */
export const limitsOf = (lines: ReadonlyArray<Line>, { model, window }: Known): ReadonlyArray<Limit> => {
  const learnt = lines.flatMap((line) =>
    line.type === "limit" && (line.model === undefined || model === undefined || line.model === model) ? [line] : []
  )
  return (["tokens", "bytes"] as const).flatMap((unit) => {
    const own = learnt.findLast((limit) => limit.unit === unit)
    const sizes = [
      ...(own === undefined ? [] : [own.size]),
      ...(unit === "tokens" && window !== undefined ? [window] : [])
    ]
    if (sizes.length === 0) return []
    return [{ unit, size: Math.min(...sizes), used: usedOf(lines, unit, own?.assumed) }]
  })
}

/** By the provider's own count where there is one; what is only assumed was measured by the same estimate. */
export const usedOf = (lines: ReadonlyArray<Line>, unit: Unit, assumed: true | undefined): number => {
  const counted = unit === "tokens" ? History.context(lines) : 0
  return unit === "tokens" && assumed === undefined && counted > 0
    ? counted
    : Math.max(counted, sum(sentLines(lines), unit))
}

/** That with the least room left. */
export const fullest = (limits: ReadonlyArray<Limit>): Limit | undefined =>
  limits.toSorted((a, b) => b.used / b.size - a.used / a.size)[0]

/** `950`, `30k`, `1.2M`. */
export const shortNumber = (count: number): string => {
  if (count < 1000) return String(Math.round(count))
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`
}
