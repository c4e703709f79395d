/** A language model that plays a script. */
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** One answer: its parts, or a failure after them, or no end at all. */
export interface Step {
  readonly parts: ReadonlyArray<Response.StreamPartEncoded>
  readonly fails?: AiError.AiError
  readonly hangs?: true
}

let ids = 0

export const text = (...deltas: ReadonlyArray<string>): Array<Response.StreamPartEncoded> => {
  const id = `text-${ids++}`
  return [
    { type: "text-start", id },
    ...deltas.map((delta) => ({ type: "text-delta", id, delta }) as const),
    { type: "text-end", id }
  ]
}

export const call = (id: string, name: string, params: unknown): Response.StreamPartEncoded => ({
  type: "tool-call",
  id,
  name,
  params
})

/** A call of a tool that the model was not given: its parameters alone. */
export const unknownCall = (
  id: string,
  name: string,
  ...pieces: ReadonlyArray<string>
): Array<Response.StreamPartEncoded> => [
  { type: "tool-params-start", id, name },
  ...pieces.map((delta) => ({ type: "tool-params-delta", id, delta }) as const),
  { type: "tool-params-end", id }
]

export const finish = (
  reason: Response.FinishReason,
  usage: Partial<Response.FinishPartEncoded["usage"]> = {}
): Response.StreamPartEncoded => ({
  type: "finish",
  reason,
  usage: { inputTokens: 100, outputTokens: 10, totalTokens: 110, ...usage }
})

/** The answers in their order; `seen` gets the prompt of each request. */
export const scripted = (steps: ReadonlyArray<Step>, seen: Array<LanguageModel.ProviderOptions> = []) => {
  let next = 0
  return Layer.effect(
    LanguageModel.LanguageModel,
    LanguageModel.make({
      generateText: (options) =>
        Effect.suspend(() => {
          seen.push(options)
          const { fails, parts } = steps[next++]!
          return fails !== undefined ?
            Effect.fail(fails) :
            Effect.succeed(
              parts.flatMap((part): Array<Response.PartEncoded> =>
                part.type === "text-delta" ? [{ type: "text", text: part.delta }] : part.type === "finish" ? [part] : []
              )
            )
        }),
      streamText: (options) =>
        Stream.suspend(() => {
          seen.push(options)
          const { fails, hangs, parts } = steps[next++]!
          const played = Stream.fromIterable(parts).pipe(Stream.rechunk(1))
          if (fails !== undefined) return Stream.concat(played, Stream.fail(fails))
          return hangs ? Stream.concat(played, Stream.never) : played
        })
    })
  )
}
