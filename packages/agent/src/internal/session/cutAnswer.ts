/** Continues an answer that was cut off. */
import * as Cut from "@altimate-code/system/Cut"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import type { Entry } from "../../session/Session.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools of MCP servers are known only when the program runs
type Part = Response.StreamPart<any>

/** The calls of an answer that was cut off are never run, because the model repeats them. */
export const withoutCalls = ({ content }: Prompt.AssistantMessage): Prompt.AssistantMessage =>
  Prompt.assistantMessage({ content: content.filter(({ type }) => type !== "tool-call" && type !== "tool-result") })

export const textOf = ({ content }: Prompt.AssistantMessage): string =>
  content.map((part) => part.type === "text" ? part.text : "").join("")

/** Length of the quoted end of the answer, in characters. */
const quoteLength = 200

const causes = {
  connection: "The connection was lost and your answer was cut off.",
  limit: "Your answer reached its maximum length and was cut off."
}

/** Makes a user message that asks for the rest, because recent models refuse a request that ends with an assistant message. */
export const makeContinueMessage = (textSoFar: string, cause: keyof typeof causes, time: string): Entry => {
  const quote = JSON.stringify(textSoFar.length > quoteLength ? Cut.tail(textSoFar, quoteLength) : textSoFar)
  const text = `${causes[cause]} It ended with: ${quote}
Continue exactly after this text, starting with the next character, even if that is a space or a line break. Do not repeat anything and do not \
mention the interruption. No tool call of that answer was run. If there is nothing to add, answer with nothing.`
  return { type: "user", message: Prompt.userMessage({ content: [Prompt.textPart({ text })] }), hidden: true, time }
}

/** In characters. Shorter texts, and texts with few distinct characters such as table borders, may repeat on purpose. */
const minRepetition = { length: 8, distinct: 5, whole: 3 }

const isRepetition = (text: string, textSoFar: string): boolean =>
  text === textSoFar
    ? text.length >= minRepetition.whole
    : text.length >= minRepetition.length && new Set(text).size >= minRepetition.distinct

const withoutRepetition = (textSoFar: string, text: string): string => {
  for (let length = Math.min(textSoFar.length, text.length); length > 0; length--) {
    const begin = text.slice(0, length)
    if (textSoFar.endsWith(begin) && isRepetition(begin, textSoFar)) return text.slice(length)
  }
  return text
}

/** Makes a filter that removes the end of the earlier text from the start of the continuation, in case the model repeats it. */
export const makeRepetitionFilter = (textSoFar: string): (part: Part) => ReadonlyArray<Part> => {
  let held = ""
  let isDecided = textSoFar === ""
  return (part) => {
    if (isDecided || (part.type !== "text-delta" && part.type !== "text-end")) return [part]
    if (part.type === "text-delta") {
      held += part.delta
      // This may still become a repetition of the end of the text.
      if (textSoFar.includes(held)) return []
      isDecided = true
      return [{ ...part, delta: withoutRepetition(textSoFar, held) }]
    }
    isDecided = true
    const delta = withoutRepetition(textSoFar, held)
    return delta === "" ? [part] : [{ type: "text-delta", id: part.id, delta, metadata: {} } as Part, part]
  }
}
