/** Asks the model for a summary, of as much at a time as a request holds. */
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as History from "../../History.ts"
import type { ModelProvider } from "../../ModelProvider.ts"
import type { Line } from "../../Session.ts"
import type { Usage } from "../../TurnEvent.ts"
import { nameOf } from "../session/leftOut.ts"
import { inMiddle } from "../tools/defineTool.ts"
import { sum, type Unit } from "./size.ts"
import * as Tokens from "./tokens.ts"

interface Options {
  readonly lines: ReadonlyArray<Line>
  /** What the summary before says; the new one replaces it. */
  readonly before: string | undefined
  /** How much a request may hold. */
  readonly most: number
  readonly unit: Unit
  /** The lines are known to be too much as they are. */
  readonly isRefused: boolean
  readonly provider: ModelProvider
}

const request =
  `Summarize this conversation so that you could continue the work from the summary alone. Keep: what the user wants and has \
decided, what was done and found (files, commands, results, with exact names), what is still to do, and what must not be \
forgotten. Leave out what no longer matters. Answer with the summary only.`

/** How often the pieces are halved when they are still too long. */
const maxHalvings = 4

/** In characters, of what a tool has answered. */
const shortResult = 2000

/**
 * The lines as they are where they fit. Else without attachments and with long results cut, and in several pieces, each summarized
 * together with the summary of those before it.
 */
export const summarize = ({ before, isRefused, lines, most, provider, unit }: Options) =>
  Effect.gen(function*() {
    const messages = lines.filter(({ type }) => type === "user" || type === "assistant" || type === "tool-result")
    let usage = Tokens.none
    const fold = (pieces: ReadonlyArray<ReadonlyArray<Line>>) =>
      Effect.reduce(pieces, before, (text, piece) =>
        Effect.map(ask(piece, text), (answer) => {
          usage = Tokens.sum(usage, answer.usage)
          return answer.text
        }))

    let budget = most
    let isShort = isRefused
    for (let halvings = 0;; halvings++) {
      const pieces = split(messages, { budget, unit, isShort })
      const outcome = yield* Effect.either(fold(pieces))
      if (outcome._tag === "Right") return { text: outcome.right ?? "", usage }
      const refusal = provider.refusal(outcome.left)
      const isTooLong = refusal?._tag === "TooLong"
      if (refusal === undefined || (isShort && !isTooLong) || halvings === maxHalvings) return yield* outcome.left
      if (isTooLong) budget = Math.min(budget, Math.max(...pieces.map((piece) => sum(piece, unit)))) / 2
      isShort = true
    }
  })

const ask = (
  piece: ReadonlyArray<Line>,
  before: string | undefined
): Effect.Effect<{ readonly text: string; readonly usage: Usage }, AiError.AiError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const summary = before === undefined
      ? []
      : [{ type: "summary", text: before, keep: 0, usage: Tokens.none, time: "" } as const]
    const prompt = Prompt.merge(History.prompt([...summary, ...piece]), request)
    const { text, usage } = yield* LanguageModel.generateText({ prompt })
    if (text.trim() !== "") return { text, usage: Tokens.of(usage) }
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
  if (!isShort && sum(lines, unit) <= budget * 0.9) return [lines]
  const short = lines.map((line) => shorten(line, shortResult, Infinity))
  if (sum(short, unit) <= budget) return [short]
  const pieces: Array<Array<Line>> = []
  // The summary so far goes along with each piece.
  const most = budget * 0.6
  for (const group of groups(short)) {
    const fitting = fit(group, most, unit)
    const last = pieces.at(-1)
    if (last !== undefined && sum([...last, ...fitting], unit) <= most) last.push(...fitting)
    else pieces.push([...fitting])
  }
  return pieces
}

/** Calls stay with their results. */
const groups = (lines: ReadonlyArray<Line>): ReadonlyArray<ReadonlyArray<Line>> => {
  const all: Array<Array<Line>> = []
  for (const line of lines) {
    if (line.type === "tool-result" && all.length > 0) all.at(-1)!.push(line)
    else all.push([line])
  }
  return all
}

const fit = (group: ReadonlyArray<Line>, most: number, unit: Unit): ReadonlyArray<Line> => {
  let fitting = group
  for (let length = shortResult; sum(fitting, unit) > most && length > 20; length /= 2) {
    fitting = group.map((line) => shorten(line, length, length))
  }
  return fitting
}

/** Without attachments; the texts of results, and those of messages and calls, no longer than this. */
const shorten = (line: Line, result: number, text: number): Line => {
  switch (line.type) {
    case "user":
      return {
        ...line,
        message: Prompt.userMessage({
          content: line.message.content.map((part) =>
            Prompt.textPart({ text: part.type === "file" ? `(${nameOf(part)})` : inMiddle(part.text, text) })
          )
        })
      }
    case "assistant":
      return {
        ...line,
        message: Prompt.assistantMessage({
          content: line.message.content.flatMap((part): Array<Prompt.AssistantMessagePart> => {
            if (part.type === "text") return [Prompt.textPart({ text: inMiddle(part.text, text) })]
            if (part.type === "tool-call") {
              return [Prompt.toolCallPart({ ...part, params: shortTexts(part.params, result) })]
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
            text: part.type === "file" ? `(${nameOf(part)})` : inMiddle(part.text, result)
          }))
        }
      }
    default:
      return line
  }
}

const shortTexts = (value: unknown, most: number): unknown => {
  if (Predicate.isString(value)) return inMiddle(value, most)
  if (Array.isArray(value)) return value.map((item) => shortTexts(item, most))
  if (!Predicate.isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortTexts(inner, most)]))
}
