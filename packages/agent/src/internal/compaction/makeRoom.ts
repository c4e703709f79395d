/** Compaction within a turn: when the context is nearly full, and when a request was too long. */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import * as Compaction from "../../Compaction.ts"
import type { ModelProvider, Refusal } from "../../ModelProvider.ts"
import type { Line, Session } from "../../Session.ts"
import type { SessionError } from "../../SessionError.ts"
import type { TurnEvent, Usage } from "../../TurnEvent.ts"
import { lastSummary } from "../session/lastSummary.ts"
import { shortReason } from "../session/leftOut.ts"
import { now } from "../session/now.ts"
import { fullest, type Limit, limitsOf, shortNumber, usedOf } from "./size.ts"

export interface Options {
  readonly session: Session
  readonly provider: ModelProvider
  /** In tokens, as configured. */
  readonly window: number | undefined
  readonly emit: (event: TurnEvent) => Effect.Effect<void>
  /** Counts what a summary has cost. */
  readonly add: (usage: Usage) => Effect.Effect<void>
}

/** A notice, which stays in the session. */
export const notify = ({ emit, session }: Pick<Options, "emit" | "session">, text: string, about?: "compaction") =>
  Effect.gen(function*() {
    yield* session.append({ type: "notice", text, ...(about === undefined ? {} : { about }), time: yield* now })
    yield* emit({ type: "notice", text })
  })

/** Of the limit: what a summary may leave used to have helped. */
const helpful = 0.7

const isShort = (limit: Limit): boolean => Compaction.needed(limit.used, limit.size)

/** Compacts when the context is nearly full. Where that does not help it is reported once, and not tried again until there is a new summary. */
export const makeRoom = (
  options: Options
): Effect.Effect<void, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const { provider, session, window } = options
    const lines = yield* session.entries
    const known = { window, model: provider.model }
    const limit = fullest(limitsOf(lines, known))
    if (limit === undefined || !isShort(limit)) return
    const last = lastSummary(lines)?.at ?? -1
    if (lines.slice(last + 1).some((line) => line.type === "notice" && line.about === "compaction")) return
    const giveUp = notify(
      options,
      `Compacting does not make enough room: ${shortNumber(limit.used)} of ${
        shortNumber(limit.size)
      } ${limit.unit} are used. `
        + "It is not tried again. A new session has room.",
      "compaction"
    )
    if (last !== -1) {
      const answer = lines.findIndex(({ type }, index) => index > last && type === "assistant")
      // Whether it helped is not known before it is answered.
      if (answer === -1) return
      const then = limitsOf(lines.slice(0, answer + 1), known).find(({ unit }) => unit === limit.unit)
      if (then !== undefined && then.used > then.size * helpful) return yield* giveUp
    }
    const compacted = yield* Compaction.compact(session, { window, provider }).pipe(
      Effect.catchIf(
        (error): error is AiError.AiError =>
          error._tag === "MalformedOutput" || (error._tag !== "SessionError" && provider.refusal(error) !== undefined),
        (error) =>
          Effect.as(
            notify(options, `The conversation could not be compacted: ${shortReason(describe(error))}`, "compaction"),
            undefined
          )
      )
    )
    if (compacted === undefined) return
    if (!compacted.isCompacted) return yield* giveUp
    yield* options.add(compacted.usage)
    yield* options.emit({ type: "notice", text: compacted.notice })
  })

export const describe = (error: AiError.AiError): string =>
  ("description" in error ? error.description : undefined) ?? error.message

type TooLong = Extract<Refusal, { readonly _tag: "TooLong" }>

/** How much the last request held that was answered; 0 when none was. */
const fitted = (lines: ReadonlyArray<Line>, unit: TooLong["unit"]): number => {
  const answered = lines.findLastIndex(({ type }) => type === "assistant")
  return answered === -1 ? 0 : usedOf(lines.slice(0, answered), unit, true)
}

/** Remembers how much a request may hold, and compacts what is older; is there a shorter request now? */
export const shortenRequest = (
  options: Options,
  { limit, size, unit }: TooLong
): Effect.Effect<boolean, SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const { provider, session, window } = options
    const most = limit ?? fitted(yield* session.entries, unit)
    if (most > 0) {
      yield* session.append({
        type: "limit",
        unit,
        size: most,
        ...(limit === undefined ? { assumed: true } : {}),
        ...(provider.model === undefined ? {} : { model: provider.model }),
        time: yield* now
      })
    }
    const compacted = yield* Compaction.compact(session, { window, provider, isRefused: true }).pipe(
      Effect.catchAll((error) =>
        error._tag === "SessionError"
          ? Effect.fail(error)
          : Effect.as(
            Effect.logWarning("compaction failed").pipe(Effect.annotateLogs({ error: describe(error) })),
            undefined
          )
      )
    )
    if (compacted === undefined || !compacted.isCompacted) return false
    yield* options.add(compacted.usage)
    const numbers = limit === undefined
      ? ""
      : ` (${size === undefined ? "" : `${size.toLocaleString("en-US")} ${unit}, `}at most ${
        limit.toLocaleString("en-US")
      })`
    yield* notify(
      options,
      `The request was too long for the model${numbers}. The conversation was compacted, and the request sent again.`
    )
    return true
  })
