/** A scroll movement. */
export type Move = "up" | "down" | "page-up" | "page-down" | "start" | "end"

const clampOffset = (offset: number, total: number, rows: number): number => Math.max(0, Math.min(offset, total - rows))

/** The offset of the first visible line after the move. Consecutive pages share one line. */
export const move = (offset: number, by: Move, total: number, rows: number): number => {
  const page = Math.max(1, rows - 1)
  const from = clampOffset(offset, total, rows)
  const to = { up: from - 1, down: from + 1, "page-up": from - page, "page-down": from + page, start: 0, end: total }
  return clampOffset(to[by], total, rows)
}

/** The visible lines, and how many are hidden above and below them. */
export const sliceVisible = <A>(
  lines: ReadonlyArray<A>,
  offset: number,
  rows: number
): {
  readonly lines: ReadonlyArray<A>
  readonly offset: number
  readonly above: number
  readonly below: number
} => {
  const start = clampOffset(offset, lines.length, rows)
  const shown = lines.slice(start, start + Math.max(0, rows))
  return { lines: shown, offset: start, above: start, below: lines.length - start - shown.length }
}
