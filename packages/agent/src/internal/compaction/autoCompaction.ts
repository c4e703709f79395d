/** Compacts during a turn: when the context is nearly full, and after a request was too long. */
import { logReported } from "@altimate-code/system/logging/DecisionLevel"
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as History from "../../session/History.ts"
import type { Line, Session } from "../../session/Session.ts"
import type { SessionError } from "../../session/SessionError.ts"
import { ofLine, type Spent } from "../../session/Spending.ts"
import * as Compaction from "../../turn/Compaction.ts"
import type { ModelProvider, Refusal } from "../../turn/ModelProvider.ts"
import type { TurnEvent } from "../../turn/TurnEvent.ts"
import { findLastSummary } from "../session/lastSummary.ts"
import { now } from "../session/now.ts"
import { shortenReason } from "../session/refusedContent.ts"
import { abbreviateCount, findLimits, findTightestLimit, type Limit, measureUsage } from "./size.ts"

export interface Options {
  readonly session: Session
  readonly provider: ModelProvider
  /** In tokens, as configured. */
  readonly window: number | undefined
  readonly emit: (event: TurnEvent) => Effect.Effect<void>
}

/** Reports a request. `context` is what the next one starts with, in tokens; without it, it is estimated. */
export const emitSpent = (
  { emit, session }: Pick<Options, "emit" | "session">,
  { cost, usage }: Spent,
  context?: number
) =>
  Effect.flatMap(session.entries, (lines) =>
    emit({
      type: "usage",
      step: usage,
      ...(cost === undefined ? {} : { cost }),
      context: context ?? History.estimateContext(lines)
    }))

/** Compacts the conversation and reports the requests for the summary, even if it fails. */
const compact = (options: Options, { isRefused }: { readonly isRefused: boolean }) =>
  Effect.gen(function*() {
    const { provider, session, window } = options
    const before = (yield* session.entries).length
    const reportRequests = Effect.flatMap(session.entries, (lines) =>
      Effect.forEach(
        lines.slice(before).flatMap((line) => ofLine(line) ?? []),
        (spent) => emitSpent(options, spent),
        { discard: true }
      ))
    yield* options.emit({ type: "compacting" })
    return yield* Compaction.compact(session, { window, provider, isRefused }).pipe(
      Effect.tapBoth({ onFailure: () => reportRequests, onSuccess: () => reportRequests })
    )
  })

/** Emits a notice and saves it in the session. */
export const notify = ({ emit, session }: Pick<Options, "emit" | "session">, text: string, about?: "compaction") =>
  Effect.gen(function*() {
    yield* session.append({ type: "notice", text, ...(about === undefined ? {} : { about }), time: yield* now })
    yield* emit({ type: "notice", text })
  })

/** A compaction that leaves more than this share of the limit in use did not help. */
const maxShareAfterCompaction = 0.7

const isNearlyFull = (limit: Limit): boolean => Compaction.isNeeded(limit.used, limit.size)

/** Compacts if the context is nearly full. If that did not help, reports it once and does not try again until there is a new summary. */
export const compactIfFull = (
  options: Options
): Effect.Effect<void, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const { provider, session, window } = options
    const lines = yield* session.entries
    const known = { window, model: provider.model }
    const limit = findTightestLimit(findLimits(lines, known))
    if (limit === undefined || !isNearlyFull(limit)) return
    const last = findLastSummary(lines)?.at ?? -1
    if (lines.slice(last + 1).some((line) => line.type === "notice" && line.about === "compaction")) return
    const giveUp = notify(
      options,
      `Compaction did not free enough context: ${abbreviateCount(limit.used)} of ${
        abbreviateCount(limit.size)
      } ${limit.unit} are in use. `
        + "It will not be tried again; start a new session for a fresh context.",
      "compaction"
    )
    if (last !== -1) {
      const answer = lines.findIndex(({ type }, index) => index > last && type === "assistant")
      // The next answer shows whether the compaction helped.
      if (answer === -1) return
      const usedThen = findLimits(lines.slice(0, answer + 1), known).find(({ unit }) => unit === limit.unit)
      if (usedThen !== undefined && usedThen.used > usedThen.size * maxShareAfterCompaction) return yield* giveUp
    }
    const compacted = yield* compact(options, { isRefused: false }).pipe(
      Effect.catchIf(
        (error): error is AiError.AiError =>
          error._tag === "MalformedOutput" || (error._tag !== "SessionError" && provider.refusal(error) !== undefined),
        (error) =>
          Effect.as(
            notify(options, `The conversation could not be compacted: ${shortenReason(describe(error))}`, "compaction"),
            undefined
          )
      )
    )
    if (compacted === undefined) return
    if (!compacted.isCompacted) return yield* giveUp
    yield* options.emit({ type: "notice", text: compacted.notice })
  })

export const describe = (error: AiError.AiError): string =>
  ("description" in error ? error.description : undefined) ?? error.message

type TooLong = Extract<Refusal, { readonly _tag: "TooLong" }>

/** Measures the last request that was answered; 0 if none was. */
const measureLastAccepted = (lines: ReadonlyArray<Line>, unit: TooLong["unit"]): number => {
  const answered = lines.findLastIndex(({ type }) => type === "assistant")
  return answered === -1 ? 0 : measureUsage(lines.slice(0, answered), unit, true)
}

/** Saves the limit that the refusal reveals and compacts the conversation. Returns whether the next request is shorter. */
export const shortenRequest = (
  options: Options,
  { limit, size, unit }: TooLong
): Effect.Effect<boolean, SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const { provider, session } = options
    const maxSize = limit ?? measureLastAccepted(yield* session.entries, unit)
    if (maxSize > 0) {
      yield* session.append({
        type: "limit",
        unit,
        size: maxSize,
        ...(limit === undefined ? { assumed: true } : {}),
        ...(provider.model === undefined ? {} : { model: provider.model }),
        time: yield* now
      })
    }
    const compacted = yield* compact(options, { isRefused: true }).pipe(
      Effect.catchAll((error) =>
        error._tag === "SessionError"
          ? Effect.fail(error)
          : Effect.as(
            logReported(LogLevel.Warning, "compaction failed").pipe(Effect.annotateLogs({ error: describe(error) })),
            undefined
          )
      )
    )
    if (compacted === undefined || !compacted.isCompacted) return false
    const numbers = limit === undefined
      ? ""
      : ` (${size === undefined ? "" : `${size.toLocaleString("en-US")} ${unit}, `}at most ${
        limit.toLocaleString("en-US")
      })`
    yield* notify(
      options,
      `The request was too long for the model${numbers}. The conversation was compacted and the request was retried.`
    )
    return true
  })
