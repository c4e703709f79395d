/** Asks the model for a summary, in pieces if the conversation does not fit into one request. */
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as History from "../../session/History.ts"
import type { Line, Session } from "../../session/Session.ts"
import type { SessionError } from "../../session/SessionError.ts"
import type { Spent } from "../../session/Spending.ts"
import * as Usage from "../../session/Usage.ts"
import type { ModelProvider } from "../../turn/ModelProvider.ts"
import { nameOf } from "../session/refusedContent.ts"
import { checkCostLimit, measure, saveSpent } from "../session/spent.ts"
import { cutMiddle } from "../tools/defineTool.ts"
import { totalSize, type Unit } from "./size.ts"

export interface SummaryRequest {
  readonly session: Session
  readonly lines: ReadonlyArray<Line>
  /** The previous summary, which the new one replaces. */
  readonly previous: string | undefined
  /** The maximum size of a request. */
  readonly maxSize: number
  readonly unit: Unit
  /** Whether a request with all lines was too long. */
  readonly isRefused: boolean
  readonly provider: ModelProvider
}

const summaryPrompt =
  `Summarize this conversation so that you could continue the work from the summary alone. Keep: what the user wants and has \
decided, what was done and found (files, commands, results, with exact names), what is still to do, and any constraints. \
Leave out what no longer matters. Answer with the summary only.`

/** How often pieces that are still too long are halved. */
const maxHalvings = 4

/** Maximum length of a shortened tool result in characters. */
const maxResultLength = 2000

/**
 * Returns the summary, and what the last request for it has cost. The other requests are saved in the session.
 *
 * Sends the lines unchanged if they fit. Otherwise it removes attachments and cuts long results, and if that is not enough, it sends
 * several pieces in sequence, each with the summary of the previous ones.
 */
export const summarize = ({ isRefused, lines, maxSize, previous, provider, session, unit }: SummaryRequest) =>
  Effect.gen(function*() {
    const messages = lines.filter(({ type }) => type === "user" || type === "assistant" || type === "tool-result")
    const fold = (pieces: ReadonlyArray<ReadonlyArray<Line>>) =>
      Effect.reduce(pieces, { text: previous } as Summary, (last, piece) =>
        Effect.gen(function*() {
          if (last.spent !== undefined) yield* saveSpent(session, last.spent)
          return yield* requestSummary(piece, last.text, session, provider)
        }))

    let budget = maxSize
    let isShort = isRefused
    for (let halvings = 0;; halvings++) {
      const pieces = split(messages, { budget, unit, isShort })
      const outcome = yield* Effect.either(fold(pieces))
      if (outcome._tag === "Right") {
        const { spent = { usage: Usage.none }, text = "" } = outcome.right
        return { text, spent }
      }
      if (outcome.left._tag === "SessionError") return yield* outcome.left
      const refusal = provider.refusal(outcome.left)
      const isTooLong = refusal?._tag === "TooLong"
      if (refusal === undefined || (isShort && !isTooLong) || halvings === maxHalvings) return yield* outcome.left
      if (isTooLong) budget = Math.min(budget, Math.max(...pieces.map((piece) => totalSize(piece, unit)))) / 2
      isShort = true
    }
  })

interface Summary {
  readonly text?: string | undefined
  /** What the request for it has cost; absent: there was no request yet. */
  readonly spent?: Spent
}

const requestSummary = (
  piece: ReadonlyArray<Line>,
  previous: string | undefined,
  session: Session,
  provider: ModelProvider
): Effect.Effect<Summary, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    yield* checkCostLimit(session, provider)
    const summary = previous === undefined
      ? []
      : [{ type: "summary", text: previous, keep: 0, usage: Usage.none, time: "" } as const]
    const prompt = Prompt.merge(History.toPrompt([...summary, ...piece]), summaryPrompt)
    const { content, text } = yield* LanguageModel.generateText({ prompt }).pipe(
      Effect.onInterrupt(() => Effect.ignore(saveSpent(session, measure([], provider))))
    )
    const spent = measure(content, provider)
    if (text.trim() !== "") return { text, spent }
    yield* saveSpent(session, spent)
    return yield* new AiError.MalformedOutput({
      module: "Compaction",
      method: "compact",
      description: "the model's summary is empty"
    })
  })

interface Room {
  readonly budget: number
  readonly unit: Unit
  readonly isShort: boolean
}

const split = (lines: ReadonlyArray<Line>, { budget, isShort, unit }: Room): ReadonlyArray<ReadonlyArray<Line>> => {
  if (!isShort && totalSize(lines, unit) <= budget * 0.9) return [lines]
  const short = lines.map((line) => shorten(line, maxResultLength, Infinity))
  if (totalSize(short, unit) <= budget) return [short]
  const pieces: Array<Array<Line>> = []
  // The summary so far needs room as well.
  const maxPieceSize = budget * 0.6
  for (const group of groupCalls(short)) {
    const fitting = shortenToFit(group, maxPieceSize, unit)
    const last = pieces.at(-1)
    if (last !== undefined && totalSize([...last, ...fitting], unit) <= maxPieceSize) last.push(...fitting)
    else pieces.push([...fitting])
  }
  return pieces
}

/** Groups calls with their results. */
const groupCalls = (lines: ReadonlyArray<Line>): ReadonlyArray<ReadonlyArray<Line>> => {
  const all: Array<Array<Line>> = []
  for (const line of lines) {
    if (line.type === "tool-result" && all.length > 0) all.at(-1)!.push(line)
    else all.push([line])
  }
  return all
}

const shortenToFit = (group: ReadonlyArray<Line>, maxSize: number, unit: Unit): ReadonlyArray<Line> => {
  let fitting = group
  for (let length = maxResultLength; totalSize(fitting, unit) > maxSize && length > 20; length /= 2) {
    fitting = group.map((line) => shorten(line, length, length))
  }
  return fitting
}

/** Removes attachments and cuts the texts of results and messages to these lengths. */
const shorten = (line: Line, result: number, text: number): Line => {
  switch (line.type) {
    case "user":
      return {
        ...line,
        message: Prompt.userMessage({
          content: line.message.content.map((part) =>
            Prompt.textPart({ text: part.type === "file" ? `(${nameOf(part)})` : cutMiddle(part.text, text) })
          )
        })
      }
    case "assistant":
      return {
        ...line,
        message: Prompt.assistantMessage({
          content: line.message.content.flatMap((part): Array<Prompt.AssistantMessagePart> => {
            if (part.type === "text") return [Prompt.textPart({ text: cutMiddle(part.text, text) })]
            if (part.type === "tool-call") {
              return [Prompt.toolCallPart({ ...part, params: shortenTexts(part.params, result) })]
            }
            return part.type === "reasoning" ? [] : [part]
          })
        })
      }
    case "tool-result":
      return {
        ...line,
        output: {
          ...line.output,
          content: line.output.content.map((part) => ({
            type: "text" as const,
            text: part.type === "file" ? `(${nameOf(part)})` : cutMiddle(part.text, result)
          }))
        }
      }
    default:
      return line
  }
}

const shortenTexts = (value: unknown, maxLength: number): unknown => {
  if (Predicate.isString(value)) return cutMiddle(value, maxLength)
  if (Array.isArray(value)) return value.map((item) => shortenTexts(item, maxLength))
  if (!Predicate.isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortenTexts(inner, maxLength)]))
}
