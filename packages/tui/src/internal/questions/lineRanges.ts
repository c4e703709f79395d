/** Ranges of lines in ascending order that neither overlap nor touch; each excludes its end. */
export type LineRanges = ReadonlyArray<readonly [start: number, end: number]>

/** Adds the lines from `start` up to, but not including, `end`. */
export const addRange = (ranges: LineRanges, start: number, end: number): LineRanges => {
  if (start >= end || includesRange(ranges, start, end)) return ranges
  const touching = ranges.filter(([from, to]) => from <= end && to >= start)
  const merged = [
    Math.min(start, ...touching.map(([from]) => from)),
    Math.max(end, ...touching.map(([, to]) => to))
  ] as const
  return [...ranges.filter((range) => !touching.includes(range)), merged].toSorted(([a], [b]) => a - b)
}

export const includesRange = (ranges: LineRanges, start: number, end: number): boolean =>
  start >= end || ranges.some(([from, to]) => from <= start && to >= end)

/** The first of `total` lines that is in none of the ranges; undefined if all are. */
export const firstMissing = (ranges: LineRanges, total: number): number | undefined => {
  const [first] = ranges
  const missing = first === undefined || first[0] > 0 ? 0 : first[1]
  return missing < total ? missing : undefined
}
