import type { Line } from "../../session/Session.ts"

/** The last summary, its line, and the first line that is kept verbatim. */
export const lastSummary = (lines: ReadonlyArray<Line>) => {
  const at = lines.findLastIndex(({ type }) => type === "summary")
  const summary = lines[at]
  return summary?.type === "summary" ? { at, text: summary.text, keep: summary.keep } : undefined
}
