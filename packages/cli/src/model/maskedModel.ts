/** Masks registered secrets in the model's answers, because a gateway may echo a request's headers. */
import type { Masker, Secrets } from "@altimate-code/log/Secrets"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import type * as Response from "@effect/ai/Response"
import * as Stream from "effect/Stream"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools are known only at run time
type Part = Response.StreamPart<any>

/** Shorter matches with the beginning of a secret are not held back: they are common, and each would delay the text. */
const minHeldLength = 4

/** Masks the pieces of a text as one text, because a secret may be split between them. */
const maskPieces = (makeMasker: (minHeldLength: number) => Masker) => {
  const texts = new Map<string, { readonly masker: Masker; readonly last: Part & { readonly delta: string } }>()
  const finish = (id: string): ReadonlyArray<Part> => {
    const text = texts.get(id)
    texts.delete(id)
    const delta = text?.masker.end() ?? ""
    return text === undefined || delta === "" ? [] : [{ ...text.last, delta } as Part]
  }
  const finishAll = () => [...texts.keys()].flatMap(finish)
  const next = (part: Part): ReadonlyArray<Part> => {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta": {
        const masker = texts.get(part.id)?.masker ?? makeMasker(minHeldLength)
        texts.set(part.id, { masker, last: part })
        const delta = masker.next(part.delta)
        // A part without text may still have metadata, such as the signature of reasoning.
        const isEmpty = delta === "" && part.delta !== "" && Object.keys(part.metadata).length === 0
        return isEmpty ? [] : [{ ...part, delta }]
      }
      case "text-end":
      case "reasoning-end":
        return [...finish(part.id), part]
      case "finish":
        return [...finishAll(), part]
      default:
        return [part]
    }
  }
  return { next, finishAll }
}

/** The same model with all registered secrets masked in what it streams. */
export const mask = (
  model: LanguageModel.Service,
  { makeMasker }: typeof Secrets.Service
): LanguageModel.Service => {
  const streamText = (options: Parameters<typeof model.streamText>[0]) =>
    Stream.suspend(() => {
      const { finishAll, next } = maskPieces(makeMasker)
      return model.streamText(options).pipe(
        Stream.mapConcat(next),
        // If an answer is cut off, the text that was held back is still shown.
        Stream.catchAllCause((cause) =>
          Stream.concat(Stream.suspend(() => Stream.fromIterable(finishAll())), Stream.failCause(cause))
        )
      )
    })
  return { ...model, streamText: streamText as typeof model.streamText }
}
