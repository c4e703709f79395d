/** An answer that broke off, and the one that continues it. */
import * as Cut from "@altimate-code/system/Cut"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import type { Entry } from "../../Session.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools of MCP servers are known only when the program runs
type Part = Response.StreamPart<any>

/** The calls of an answer that broke off are never run: the model makes them again. */
export const withoutCalls = ({ content }: Prompt.AssistantMessage): Prompt.AssistantMessage =>
  Prompt.assistantMessage({ content: content.filter(({ type }) => type !== "tool-call" && type !== "tool-result") })

export const textOf = ({ content }: Prompt.AssistantMessage): string =>
  content.map((part) => part.type === "text" ? part.text : "").join("")

/** In characters: enough to find the place. */
const lastWords = 200

/** Not as the beginning of an answer: recent models refuse a request that ends with a message of their own. */
export const continueMessage = (said: string, time: string): Entry => {
  const quote = JSON.stringify(said.length > lastWords ? Cut.tail(said, lastWords) : said)
  const text = `The connection broke, and your answer was cut off. Its last words were: ${quote}
Continue it exactly after these words, with the next character (also if that is a space or a line break). Do not repeat anything, and do not \
mention the interruption. No tool call of the answer was run. If there is nothing to add, answer with nothing.`
  return { type: "user", message: Prompt.userMessage({ content: [Prompt.textPart({ text })] }), hidden: true, time }
}

/** In characters. What is shorter, or the same few characters such as a table's line, may follow itself. */
const minRepetition = { length: 8, distinct: 5, whole: 3 }

const isRepetition = (text: string, said: string): boolean =>
  text === said
    ? text.length >= minRepetition.whole
    : text.length >= minRepetition.length && new Set(text).size >= minRepetition.distinct

const withoutRepetition = (said: string, text: string): string => {
  for (let length = Math.min(said.length, text.length); length > 0; length--) {
    const begin = text.slice(0, length)
    if (said.endsWith(begin) && isRepetition(begin, said)) return text.slice(length)
  }
  return text
}

/** The parts of an answer that continues what was `said`, without the last words of that if the model repeats them. */
export const continuation = (said: string): (part: Part) => ReadonlyArray<Part> => {
  let held = ""
  let isDecided = said === ""
  return (part) => {
    if (isDecided || (part.type !== "text-delta" && part.type !== "text-end")) return [part]
    if (part.type === "text-delta") {
      held += part.delta
      // It may still become a repetition that ends where the text ended.
      if (said.includes(held)) return []
      isDecided = true
      return [{ ...part, delta: withoutRepetition(said, held) }]
    }
    isDecided = true
    const delta = withoutRepetition(said, held)
    return delta === "" ? [part] : [{ type: "text-delta", id: part.id, delta, metadata: {} } as Part, part]
  }
}
