/**
 * Titles of sessions, written by a model.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import { now } from "../internal/session/now.ts"
import { checkCostLimit, measure, saveSpent } from "../internal/session/spent.ts"
import type { ModelProvider } from "../turn/ModelProvider.ts"
import type { Session } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"

/** The part of the first prompt that the title is made from, in characters. */
const maxPromptLength = 2000

/** In characters. */
const maxTitleLength = 80

const instruction =
  "Write a title for a conversation that starts with the message below. Use at most six words, in the language of the "
  + "message, and no quotation marks or period. Reply with the title only.\n\nMessage:"

/** One line without quotation marks; empty if the answer is no title. */
const clean = (answer: string): string => {
  const [line = ""] = answer.trim().split("\n")
  const title = line.replace(/^[\s"'“”„«»*#]+|[\s"'“”«»*.]+$/g, "").replace(/\s+/g, " ")
  return title.length <= maxTitleLength ? title : ""
}

/**
 * Whether the session still needs a title: it has neither a title nor a prompt.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isNeeded = (session: Session): Effect.Effect<boolean> =>
  Effect.map(session.entries, (lines) => !lines.some(({ type }) => type === "title" || type === "user"))

/**
 * Asks the model for a title of the conversation that begins with this prompt, and saves it. An answer that is too long to be a title is ignored.
 *
 * @since 0.1.0
 * @category constructors
 */
export const write = (
  session: Session,
  prompt: string,
  provider: ModelProvider
): Effect.Effect<void, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    if (prompt.trim() === "") return
    yield* checkCostLimit(session, provider)
    const { content, text } = yield* LanguageModel.generateText({
      prompt: `${instruction}\n\n${prompt.slice(0, maxPromptLength)}`
    }).pipe(Effect.onInterrupt(() => Effect.ignore(saveSpent(session, measure([], provider)))))
    yield* saveSpent(session, measure(content, provider))
    const title = clean(text)
    if (title !== "") yield* session.append({ type: "title", title, time: yield* now })
  })
