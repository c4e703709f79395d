/** Recovers from a refused request by leaving out part of it, and retries after an answer was cut off. */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import type { CutAnswer, Entry } from "../../session/Session.ts"
import type { SessionError } from "../../session/SessionError.ts"
import type { Refusal } from "../../turn/ModelProvider.ts"
import { describe, type Options as CompactionOptions, shortenRequest } from "../compaction/autoCompaction.ts"
import { now } from "../session/now.ts"
import { shortenReason } from "../session/refusedContent.ts"
import { findRecoverySteps, type Tools } from "./recoverySteps.ts"

interface Options extends CompactionOptions {
  /** The index of the line with the turn's prompt. */
  readonly promptLine: number
  readonly cutAnswers: CutAnswer
}

/** How many answers that were cut off are retried per turn. */
const maxCuts = 2

/**
 * Additional lines for the next request. They are saved in the session, and the notices among them reported, only once that request is
 * accepted, so that content that did not cause the refusal stays in the conversation.
 */
export type Trial = ReadonlyArray<Entry>

export const makeRecovery = (options: Options) => {
  const taken = new Set<string>()
  const take = (kind: string): boolean => !taken.has(kind) && taken.add(kind).has(kind)
  let cuts = 0
  /** The lines of the last step that left out a range of lines. A wider range replaces them. */
  let range: Trial = []

  return {
    /** Returns the lines to try next; `undefined` ends the turn with the error. `trial` has the lines that the refused request tried. */
    recoverFrom: (
      { error, refusal }: { readonly error: AiError.AiError; readonly refusal: Refusal },
      tools: Tools,
      trial: Trial
    ): Effect.Effect<Trial | undefined, SessionError, LanguageModel.LanguageModel> =>
      Effect.gen(function*() {
        if (refusal._tag === "TooLong") {
          return take("length") && (yield* shortenRequest(options, refusal)) ? trial : undefined
        }
        const lines = [...yield* options.session.entries, ...trial]
        const step = findRecoverySteps(refusal, lines, options.promptLine, tools).find(({ kind, what }) =>
          what.length > 0 && take(kind)
        )
        if (step === undefined) return undefined
        const why = shortenReason(describe(error))
        const text = `The service refused ${step.name} (${why}). ${step.remedy}`
        const time = yield* now
        const added = [
          ...step.what.map((what) => ({ type: "left-out", what, why, time }) as const),
          { type: "notice", text, time } as const
        ]
        if (!step.what.some((what) => "from" in what)) return [...trial, ...added]
        const kept = trial.filter((entry) => !range.includes(entry))
        range = added
        return [...kept, ...added]
      }),
    /** Decides whether an answer that was cut off after this text is replaced or continued; `undefined` ends the turn with the error. */
    retryCut: (error: AiError.AiError, text: string): CutAnswer | undefined => {
      if (cuts >= maxCuts || !options.provider.canRetryAnswer(error)) return undefined
      cuts++
      return text.trim() === "" ? "replaced" : options.cutAnswers
    },
    /** Compacts after the context window filled up during an answer. Returns whether the next request is shorter. */
    shorten: Effect.suspend(() =>
      take("length") ? shortenRequest(options, { _tag: "TooLong", unit: "tokens" }) : Effect.succeed(false)
    )
  }
}
