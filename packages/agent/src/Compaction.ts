/**
 * Makes room in a context that is nearly full: the model summarizes what is older.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import * as History from "./History.ts"
import { fullest, limitsOf, sentLines, shortNumber, sizeOf, sum, type Unit } from "./internal/compaction/size.ts"
import { summarize } from "./internal/compaction/summarize.ts"
import * as Tokens from "./internal/compaction/tokens.ts"
import { lastSummary } from "./internal/session/lastSummary.ts"
import { applyLeftOut } from "./internal/session/leftOut.ts"
import { now } from "./internal/session/now.ts"
import { type ModelProvider, unknown } from "./ModelProvider.ts"
import type { Line, Session } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"
import type { Usage } from "./TurnEvent.ts"

/**
 * Is so little room left that older turns should be compacted? At 85 % of the window, in tokens.
 *
 * @since 0.1.0
 * @category predicates
 */
export const needed = (context: number, window: number): boolean => context > window * 0.85

/** Share of a request that is kept verbatim after compaction. */
const verbatim = 0.2

/** Where nothing is known of the model's window: that of the models that are used most. */
const usualWindow = 200_000

/**
 * The first line that stays word for word: of what fits into `room`, the first prompt or answer, so that no call is parted from its
 * result. The present prompt stays, however long it is.
 */
const cut = (lines: ReadonlyArray<Line>, room: number, unit: Unit): number => {
  const last = lines.findLastIndex((line) =>
    line.type === "user" || (line.type === "assistant" && line.message.content.length > 0)
  )
  let keep = lines[last]?.type === "user" ? last : lines.length
  let left = room
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]!
    left -= sizeOf(line, unit)
    if (left < 0) break
    if (line.type === "user" || line.type === "assistant") keep = Math.min(keep, index)
  }
  return keep
}

/**
 * What is known when a conversation is compacted.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The model's context window in tokens, where it is known. */
  readonly window?: number | undefined
  readonly provider?: ModelProvider
  /** A request with all of it was too long. */
  readonly isRefused?: boolean
}

/**
 * What a summary did: whether there is one, what it cost, and a sentence for the user.
 *
 * @since 0.1.0
 * @category models
 */
export interface Compacted {
  readonly isCompacted: boolean
  readonly usage: Usage
  readonly notice: string
}

/**
 * Lets the model summarize everything but the end of the conversation, and keeps the summary in the session: from now on it stands for
 * what it summarizes. Nothing is removed from the file. A single prompt that takes little of the window is left as it is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const compact = (
  session: Session,
  { isRefused = false, provider = unknown, window }: Options
): Effect.Effect<Compacted, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const given = yield* session.entries
    const lines = applyLeftOut(given)
    const last = lastSummary(lines)
    const begin = last?.keep ?? 0
    const limit = fullest(limitsOf(given, { window, model: provider.model }))
    const unit = limit?.unit ?? "tokens"
    const sent = sum(sentLines(given), unit)
    const size = limit?.size ?? usualWindow
    const used = limit?.used ?? (History.context(given) || sent)
    const prompts = lines.slice(begin).filter((line) => line.type === "user" && line.hidden === undefined).length
    const nothing = { isCompacted: false, usage: Tokens.none, notice: nothingYet(given, window) }
    if (prompts <= 1 && !isRefused && used <= verbatim * size) return nothing
    // The provider counts what is not in the session as well, and its tokens may be shorter than the estimate's.
    const scale = Math.max(1, used / Math.max(1, sent))
    const most = size / scale
    const keep = Math.max(begin, cut(lines, verbatim * Math.min(most, sent), unit))
    const older = lines.slice(begin, keep)
    if (!older.some(({ type }) => type === "user" || type === "assistant")) return nothing
    const { text, usage } = yield* summarize({ lines: older, before: last?.text, most, unit, isRefused, provider })
    yield* session.append({ type: "summary", text, keep, usage, time: yield* now })
    return {
      isCompacted: true,
      usage,
      notice: "The older part of the conversation was compacted into a summary, to make room."
    }
  })

const nothingYet = (lines: ReadonlyArray<Line>, window: number | undefined): string => {
  const used = shortNumber(History.context(lines) || sum(sentLines(lines), "tokens"))
  return `Nothing to compact yet: ${used}${window === undefined ? "" : ` of ${shortNumber(window)}`} tokens used.`
}
