// The rows of the table. A row has an ID, a figure (`value`), what that must be (`atMost` or `atLeast`) and should be (`goal`), and a
// sentence that explains it.
import { figures, ratio } from "./pairs.mjs"
import { peerTitles } from "./peers.mjs"

const MiB = 1024 * 1024

const inMiB = ({ count, max, median, min }) => ({ median: median / MiB, min: min / MiB, max: max / MiB, count })

/** The figure in another unit. */
export const scaled = ({ count, max, median, min }, factor) => ({
  median: median * factor,
  min: min * factor,
  max: max * factor,
  count
})

/** A value that is not measured but counted. */
export const exactly = (value) => ({ median: value, min: value, max: value, count: 1 })

const cpu = "CPU"
export const wall = "time"
const memory = "peak memory"

/** CPU and time of one against another, which the table calls `against`. */
export const compared = (runs, ours, others, { against, ...row }) =>
  [[cpu, "cpu", "cpu"], [wall, "wall", "time"]].map(([title, figure, suffix]) => ({
    ...row,
    id: `${row.id}-${suffix}`,
    figure: `${title} against ${against}`,
    unit: "×",
    value: ratio(runs[ours], runs[others], figure)
  }))

/** The peak resident memory of the process. */
export const memoryRow = (runs, row) => ({
  ...row,
  id: `${row.id}-memory`,
  figure: memory,
  unit: "MiB",
  value: inMiB(figures(runs, "memory"))
})

/** How many times longer another assistant takes. */
export const againstPeer = (context, runs, peer, atLeast, row) => {
  const missing = context.installed?.[peer]?.missing
  const peerRow = {
    ...row,
    id: `${row.id}-${peer}`,
    what: `${row.what} by ${peerTitles[peer]}`,
    figure: wall,
    unit: "× ours",
    explanation: `What ${peerTitles[peer]} takes for the same answer of the same gateway.`
  }
  if (missing !== undefined) return [{ ...peerRow, atLeast, missing }]
  if (context.peers[peer] === undefined) return []
  return [
    { ...peerRow, atLeast, value: ratio(runs[peer], runs.ours, "wall") },
    { ...peerRow, id: `${peerRow.id}-cpu`, figure: cpu, unit: "× ours", value: ratio(runs[peer], runs.ours, "cpu") }
  ]
}
