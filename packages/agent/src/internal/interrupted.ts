/** Calls that were interrupted, by a person or by the end of the process. */
import type * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import type { Entry, Line, Session } from "../Session.ts"
import type { ToolOutput } from "../ToolCall.ts"
import * as ToolTitle from "../ToolTitle.ts"
import type { TurnEvent } from "../TurnEvent.ts"
import { now } from "./now.ts"

export const textOf = ({ content }: ToolOutput): string =>
  content.map((part) => part.type === "text" ? part.text : `[${part.fileName ?? part.mediaType}]`).join("\n")

/** The calls that have no result yet, and whether each was started. */
const open = (lines: ReadonlyArray<Line>) => {
  const calls = new Map<string, { readonly call: Prompt.ToolCallPart; started: boolean }>()
  for (const line of lines) {
    if (line.type === "assistant") {
      for (const part of line.message.content) {
        if (part.type === "tool-call" && !part.providerExecuted) calls.set(part.id, { call: part, started: false })
      }
    }
    const call = line.type === "tool-start" ? calls.get(line.id) : undefined
    if (call !== undefined) call.started = true
    if (line.type === "tool-result") calls.delete(line.id)
  }
  return [...calls.values()]
}

const words = (started: boolean): string =>
  started
    ? "This call was interrupted while it ran. It may have had effects. It was not run again."
    : "This call was never run: the turn was interrupted before."

type Result = Extract<Entry, { readonly type: "tool-result" }>

/** Gives every open call the result that it was interrupted; answers these results, and whether the calls were started. */
export const interruptedResults = (session: Session) =>
  Effect.gen(function*() {
    const results: Array<{ readonly result: Result; readonly started: boolean }> = []
    for (const { call, started } of open(yield* session.entries)) {
      const result: Result = {
        type: "tool-result",
        id: call.id,
        name: call.name,
        title: ToolTitle.of(call.name, call.params),
        outcome: "interrupted",
        output: { content: [{ type: "text", text: words(started) }], summary: started ? "interrupted" : "not run" },
        time: yield* now
      }
      yield* session.append(result)
      results.push({ result, started })
    }
    return results
  })

/** How a reader of the turn learns of a result. */
export const done = (
  { id, name, outcome, output, title }: Result
): Extract<TurnEvent, { readonly type: "tool-done" }> => ({
  type: "tool-done",
  id,
  name,
  title,
  outcome,
  summary: output.summary,
  output: textOf(output),
  ...(output.diff === undefined ? {} : { diff: output.diff })
})
