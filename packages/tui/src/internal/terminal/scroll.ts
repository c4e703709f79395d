/** A move through lines of which `rows` are seen at once. */
export type Move = "up" | "down" | "page-up" | "page-down" | "start" | "end"

const within = (offset: number, total: number, rows: number): number => Math.max(0, Math.min(offset, total - rows))

/** The first line that is seen after the move; a page keeps one line of the page before. */
export const move = (offset: number, by: Move, total: number, rows: number): number => {
  const page = Math.max(1, rows - 1)
  const from = within(offset, total, rows)
  const to = { up: from - 1, down: from + 1, "page-up": from - page, "page-down": from + page, start: 0, end: total }
  return within(to[by], total, rows)
}

/** What is seen of the lines, and how many are not. */
export const visible = <A>(
  lines: ReadonlyArray<A>,
  offset: number,
  rows: number
): {
  readonly lines: ReadonlyArray<A>
  readonly offset: number
  readonly above: number
  readonly below: number
} => {
  const start = within(offset, lines.length, rows)
  const seen = lines.slice(start, start + Math.max(0, rows))
  return { lines: seen, offset: start, above: start, below: lines.length - start - seen.length }
}
