/** Which lines of a text have been on the screen: ranges in order, apart from each other, each without its end. */
export type Seen = ReadonlyArray<readonly [start: number, end: number]>

/** The lines from `start` up to, and without, `end` have been on the screen as well. */
export const add = (seen: Seen, start: number, end: number): Seen => {
  if (start >= end || isSeen(seen, start, end)) return seen
  const touching = seen.filter(([from, to]) => from <= end && to >= start)
  const merged = [
    Math.min(start, ...touching.map(([from]) => from)),
    Math.max(end, ...touching.map(([, to]) => to))
  ] as const
  return [...seen.filter((range) => !touching.includes(range)), merged].toSorted(([a], [b]) => a - b)
}

/** Has each of these lines been on the screen? */
export const isSeen = (seen: Seen, start: number, end: number): boolean =>
  start >= end || seen.some(([from, to]) => from <= start && to >= end)

/** The first of `total` lines that has not been on the screen; none: all have. */
export const firstUnseen = (seen: Seen, total: number): number | undefined => {
  const [first] = seen
  const unseen = first === undefined || first[0] > 0 ? 0 : first[1]
  return unseen < total ? unseen : undefined
}
