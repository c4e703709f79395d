/** Records in the session how calls change files. */
import * as Effect from "effect/Effect"
import type { Line, Session } from "../../session/Session.ts"
import { type ChangeLog, ToolFailure } from "../../tools/ToolCall.ts"
import { now } from "../session/now.ts"

const isChange = (line: Line) => line.type === "change"

const copiesOf = (line: Line) =>
  line.type === "change" ? line.copy ?? [] : line.type === "undone" ? line.copies ?? [] : []

export const makeChangeLog = ({ append, copies, entries, hasSecret }: Session): ChangeLog => ({
  append: (change) =>
    Effect.flatMap(now, (time) => append({ type: "change", ...change, time })).pipe(
      Effect.mapError(({ message }) => new ToolFailure({ reason: "Failed", message }))
    ),
  changes: Effect.map(entries, (lines) => {
    const prompt = lines.findLastIndex((line) => line.type === "user" && line.hidden === undefined)
    return { copies: lines.flatMap(copiesOf), ofTurn: lines.slice(prompt + 1).filter(isChange) }
  }),
  copies,
  hasSecret
})
