/**
 * Takes a prompt that the model has not answered out of the conversation, so that it is not sent together with the next one.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { now } from "../internal/session/now.ts"
import * as History from "./History.ts"
import type { Session } from "./Session.ts"

/**
 * Withdraws the prompt of the turn that has just failed or was interrupted, unless a part of its answer arrived. `before`: how many lines
 * the session had when the turn began. Returns whether the prompt is not, or no longer, in the conversation. Messages that the program added,
 * for example about plan mode, stay in it.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withdraw = Effect.fn("UnansweredPrompt.withdraw")(function*(session: Session, before: number) {
  const lines = yield* session.entries
  const since = lines.slice(before)
  if (since.some((line) => line.type === "assistant" && History.hasContent(line.message))) return false
  const at = since.findIndex((line) => line.type === "user" && line.hidden === undefined)
  if (at !== -1) yield* session.append({ type: "withdrawn", line: before + at, time: yield* now })
  return true
})
