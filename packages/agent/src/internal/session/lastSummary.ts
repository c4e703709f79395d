import type { Line } from "../../Session.ts"

/** Where the last summary stands, and from which line on the conversation is told word for word. */
export const lastSummary = (lines: ReadonlyArray<Line>) => {
  const at = lines.findLastIndex(({ type }) => type === "summary")
  const summary = lines[at]
  return summary?.type === "summary" ? { at, text: summary.text, keep: summary.keep } : undefined
}
