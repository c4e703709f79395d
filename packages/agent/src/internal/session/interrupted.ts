/** Results for calls that were interrupted by the user or by the end of the process. */
import type { ProcessId } from "@altimate-code/system/ProcessId"
import type * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import type { Entry, Line, Session } from "../../session/Session.ts"
import type { AnyToolkit } from "../../tools/AnyToolkit.ts"
import type { ToolOutput } from "../../tools/ToolCall.ts"
import type { TurnEvent } from "../../turn/TurnEvent.ts"
import { titleOf } from "../tools/findTool.ts"
import { now } from "./now.ts"

export const textOf = ({ content }: ToolOutput): string =>
  content.map((part) => part.type === "text" ? part.text : `[${part.fileName ?? part.mediaType}]`).join("\n")

/**
 * Finds the calls of the last answer that have no result, and whether each was started. Earlier calls have results, unless their lines
 * can't be read.
 */
const findOpenCalls = (lines: ReadonlyArray<Line>) => {
  const calls = new Map<string, { readonly call: Prompt.ToolCallPart; started: boolean; process?: Started }>()
  for (const line of lines) {
    if (line.type === "assistant") {
      calls.clear()
      for (const part of line.message.content) {
        if (part.type === "tool-call" && !part.providerExecuted) calls.set(part.id, { call: part, started: false })
      }
    }
    const call = line.type === "tool-start" ? calls.get(line.id) : undefined
    if (call !== undefined) call.started = true
    const run = line.type === "tool-process" ? calls.get(line.id) : undefined
    if (run !== undefined && line.type === "tool-process") {
      run.process = { id: line.process, since: Date.parse(line.time) }
    }
    if (line.type === "tool-result") calls.delete(line.id)
  }
  return [...calls.values()]
}

export interface Started {
  readonly id: ProcessId
  /** In milliseconds since 1970. */
  readonly since: number
}

const describeInterruption = (started: boolean, running: ProcessId | undefined): string => {
  if (!started) return "This call was not run, because the turn was interrupted."
  const interrupted = "This call was interrupted while it was running. It may have had effects. It was not retried."
  return running === undefined
    ? interrupted
    : `${interrupted} Its command may still be running as process ${running.pid}: check that before you run it again.`
}

type Result = Extract<Entry, { readonly type: "tool-result" }>

interface Interrupted {
  readonly result: Result
  readonly started: boolean
  /** The process of the call, if it may still be running. */
  readonly running: ProcessId | undefined
}

interface Options {
  /** The tools that the calls are of, for their titles. */
  readonly toolkit?: AnyToolkit | undefined
  readonly mayRun?: (process: Started) => Effect.Effect<boolean>
}

/** Saves a result for every open call and returns these results. */
export const closeOpenCalls = (session: Session, { mayRun = () => Effect.succeed(false), toolkit }: Options = {}) =>
  Effect.gen(function*() {
    const results: Array<Interrupted> = []
    for (const { call, process, started } of findOpenCalls(yield* session.entries)) {
      const running = process !== undefined && (yield* mayRun(process)) ? process.id : undefined
      const result: Result = {
        type: "tool-result",
        id: call.id,
        name: call.name,
        title: titleOf(toolkit, call),
        outcome: "interrupted",
        output: {
          content: [{ type: "text", text: describeInterruption(started, running) }],
          summary: started ? "interrupted" : "not run"
        },
        time: yield* now
      }
      yield* session.append(result)
      results.push({ result, started, running })
    }
    return results
  })

/** Makes the event that reports a result. */
export const toToolDone = (
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
