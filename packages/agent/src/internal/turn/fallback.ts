/** Lets another model answer when the selected one is overloaded. */
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { Approver } from "../../permission/Approver.ts"
import type { SessionError } from "../../session/SessionError.ts"
import type { Fallback } from "../../turn/ModelProvider.ts"
import { describe, notify, type Options } from "../compaction/autoCompaction.ts"
import { shortenReason } from "../session/refusedContent.ts"

type Failure = AiError.AiError | SessionError

const askUser = ({ name, replaces }: Fallback, why: string) =>
  Effect.flatMap(Approver, ({ ask }) =>
    ask({
      id: randomUUID(),
      tool: "fallback",
      action: { title: `${name} answers instead of ${replaces}`, parts: [] },
      patterns: [],
      because: `${replaces} is overloaded: ${why}`
    }))

/**
 * Returns a function that sends a request again with the fallback if the model is overloaded. From then on, the turn stays with the fallback. A
 * notice says so.
 */
export const makeFallback = (context: Pick<Options, "emit" | "provider" | "session">) => {
  const { fallback, isOverloaded } = context.provider
  let isActive = false
  return <A, R>(request: Effect.Effect<A, Failure, LanguageModel.LanguageModel | R>) => {
    if (fallback === undefined) return request
    const withFallback = Effect.provideService(request, LanguageModel.LanguageModel, fallback.languageModel)
    const switchOver = (error: AiError.AiError) =>
      Effect.gen(function*() {
        const why = shortenReason(describe(error))
        const answer = fallback.isAsked ? yield* askUser(fallback, why) : { _tag: "Once" }
        if (answer._tag === "No") return yield* Effect.fail(error)
        isActive = true
        yield* context.emit({ type: "fallback", model: fallback.id })
        yield* notify(context, `${fallback.replaces} is overloaded (${why}). ${fallback.name} answers instead.`)
        return yield* withFallback
      })
    return Effect.suspend(() =>
      isActive ? withFallback : Effect.catchIf(
        request,
        (error): error is AiError.AiError => error._tag !== "SessionError" && isOverloaded(error),
        switchOver
      )
    )
  }
}
