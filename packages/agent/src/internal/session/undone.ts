/** Takes undone turns out of a session's lines. */
import type { Line } from "../../session/Session.ts"

const unknown: Line = { type: "unknown" }

/** What remains of a line of a turn whose prompt is line number `from`: what does not depend on the conversation. */
const remainder = (line: Line, from: number): Line => {
  switch (line.type) {
    case "assistant":
      return toUsage(line)
    case "summary":
      // A summary of older turns only is still right.
      return line.keep > from ? toUsage(line) : line
    case "left-out":
      return "from" in line.what && line.what.from >= from ? unknown : line
    case "task":
      // The model no longer knows about it.
      return line.state === "reported" ? unknown : line
    case "session":
    case "title":
    case "mode":
    case "grant":
    case "revoke":
    case "usage":
    case "limit":
    case "undone":
      return line
    default:
      return unknown
  }
}

/** What a request has used stays in the sums. */
const toUsage = ({ cost, model, time, usage }: Extract<Line, { readonly type: "assistant" | "summary" }>): Line => ({
  type: "usage",
  usage,
  ...(cost === undefined ? {} : { cost }),
  ...(model === undefined ? {} : { model }),
  time
})

/** The IDs of the background tasks that undone turns have started: the model does not know them. */
export const findUndoneTasks = (lines: ReadonlyArray<Line>): ReadonlySet<string> =>
  new Set(
    lines.flatMap((line, at) => line.type === "undone" ? lines.slice(line.from, at) : []).flatMap((line) =>
      line.type === "task" && line.state === "started" ? [line.id] : []
    )
  )

/** The lines without undone turns. Their number stays the same. */
export const removeUndone = (lines: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  let all = lines
  lines.forEach((line, at) => {
    if (line.type !== "undone") return
    all = all.map((other, index) => index >= line.from && index < at ? remainder(other, line.from) : other)
  })
  return all
}
