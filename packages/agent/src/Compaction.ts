/**
 * Makes room in a context that is nearly full: the model sums up what is older.
 *
 * @since 0.1.0
 */
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as History from "./History.ts"
import { lastSummary } from "./internal/lastSummary.ts"
import { now } from "./internal/now.ts"
import * as Tokens from "./internal/tokens.ts"
import { inMiddle } from "./internal/tool.ts"
import type { Line, Session } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"
import type { Usage } from "./TurnEvent.ts"

/**
 * Is so little room left that older turns should be summed up? At 85 % of the window, in tokens.
 *
 * @since 0.1.0
 * @category predicates
 */
export const needed = (context: number, window: number): boolean => context > window * 0.85

/** Of the window, what is told word for word after a summary. */
const tail = 0.2

/**
 * The first line that stays word for word: of what fits into the tail, the first prompt or answer, so that no call is cut off
 * from its result. A prompt that has no answer yet stays, however long it is.
 */
const cut = (lines: ReadonlyArray<Line>, window: number): number => {
  const answered = lines.findLastIndex(({ type }) => type === "assistant")
  const unanswered = lines.findIndex(({ type }, index) => type === "user" && index > answered)
  let keep = unanswered === -1 ? lines.length : unanswered
  let room = window * tail
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]!
    room -= Tokens.estimate(line)
    if (room < 0) break
    if (line.type === "user" || line.type === "assistant") keep = Math.min(keep, index)
  }
  return keep
}

/** What is summed up has to fit into the window as well: of what overflows it, long results are cut in the middle. */
const fitting = (lines: ReadonlyArray<Line>, context: number, window: number): ReadonlyArray<Line> =>
  context <= window * 0.9 ? lines : lines.map((line) =>
    line.type !== "tool-result" ? line : {
      ...line,
      output: {
        ...line.output,
        content: line.output.content.map((part) =>
          part.type === "text" ? { ...part, text: inMiddle(part.text, 2000) } : part
        )
      }
    }
  )

const request =
  `Sum up this conversation so that you could go on with the work from the summary alone. Keep: what the person wants and has \
decided, what was done and found (files, commands, results, with exact names), what is still to do, and what must not be \
forgotten. Leave out what no longer matters. Answer with the summary only.`

/**
 * What a summary did: what it cost, and a sentence for the person.
 *
 * @since 0.1.0
 * @category models
 */
export interface Compacted {
  readonly usage: Usage
  readonly notice: string
}

/**
 * Lets the model sum up everything but the end of the conversation (about a fifth of the window, in tokens), and keeps the
 * summary in the session: from now on it stands for what it sums up. Nothing is removed from the file.
 *
 * @since 0.1.0
 * @category constructors
 */
export const compact = (
  session: Session,
  window: number
): Effect.Effect<Compacted, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const lines = yield* session.entries
    const last = lastSummary(lines)
    const keep = cut(lines, window)
    if (!lines.slice(last?.keep ?? 0, keep).some(({ type }) => type === "user" || type === "assistant")) {
      return { usage: Tokens.none, notice: "There is nothing to sum up yet." }
    }
    // The last summary is part of it, even when what it stands for ends before the line that it stands in.
    const older = [...lines.slice(0, keep), ...(last !== undefined && last.at >= keep ? [lines[last.at]!] : [])]
    const told = History.prompt(fitting(older, History.context(lines), window))
    const { text, usage } = yield* LanguageModel.generateText({ prompt: Prompt.merge(told, request) })
    if (text.trim() === "") {
      return yield* new AiError.MalformedOutput({
        module: "Compaction",
        method: "compact",
        description: "the model's summary is empty"
      })
    }
    const spent = Tokens.of(usage)
    yield* session.append({ type: "summary", text, keep, usage: spent, time: yield* now })
    return { usage: spent, notice: "The older part of the conversation was summed up to make room." }
  })
