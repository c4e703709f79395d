import type { Line } from "../../session/Session.ts"

/** Finds the last summary, the index of its line, and the index of the first line that is kept verbatim. */
export const findLastSummary = (lines: ReadonlyArray<Line>) => {
  const at = lines.findLastIndex(({ type }) => type === "summary")
  const summary = lines[at]
  return summary?.type === "summary" ? { at, text: summary.text, keep: summary.keep } : undefined
}
