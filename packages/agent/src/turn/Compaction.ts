/**
 * Replaces the older part of a conversation with a summary when the context window is nearly full.
 *
 * @since 0.1.0
 */
import { logReported } from "@altimate-code/system/logging/DecisionLevel"
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import {
  abbreviateCount,
  findLimits,
  findTightestLimit,
  measureLine,
  selectSentLines,
  totalSize,
  type Unit
} from "../internal/compaction/size.ts"
import { summarize, type SummaryRequest } from "../internal/compaction/summarize.ts"
import { findLastSummary } from "../internal/session/lastSummary.ts"
import { now } from "../internal/session/now.ts"
import { removeRefused } from "../internal/session/refusedContent.ts"
import * as History from "../session/History.ts"
import type { Line, Session } from "../session/Session.ts"
import type { SessionError } from "../session/SessionError.ts"
import { type ModelProvider, type SmallModel, unknown } from "./ModelProvider.ts"

/**
 * Whether to compact: if more than 85 % of the context window is in use. Both sizes are in tokens.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isNeeded = (context: number, window: number): boolean => context > window * 0.85

/** Share of a request's size that compaction keeps verbatim. */
const verbatimShare = 0.2

/** The context window of the most common models, used if the model's window is unknown. In tokens. */
const defaultWindow = 200_000

/**
 * Finds the first line to keep verbatim. Cuts only before a prompt or an answer, so that calls stay with their results, and always keeps
 * the current prompt.
 */
const findFirstKept = (lines: ReadonlyArray<Line>, room: number, unit: Unit): number => {
  const last = lines.findLastIndex((line) =>
    line.type === "user" || (line.type === "assistant" && line.message.content.length > 0)
  )
  let keep = lines[last]?.type === "user" ? last : lines.length
  let left = room
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]!
    left -= measureLine(line, unit)
    if (left < 0) break
    if (line.type === "user" || line.type === "assistant") keep = Math.min(keep, index)
  }
  return keep
}

/**
 * The inputs of a compaction.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The model's context window in tokens, if known. */
  readonly window?: number | undefined
  readonly provider?: ModelProvider
  /** Whether a request with the whole conversation was too long. */
  readonly isRefused?: boolean
}

/**
 * The result of a compaction: whether anything was compacted, and a sentence for the user.
 *
 * @since 0.1.0
 * @category models
 */
export interface Compacted {
  readonly isCompacted: boolean
  readonly notice: string
}

/**
 * Asks the model to summarize everything but the end of the conversation, and saves the summary in the session. Later requests contain
 * the summary instead of those messages; nothing is removed from the file. A single prompt that uses little of the window is not
 * compacted.
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
    const lines = removeRefused(given)
    const last = findLastSummary(lines)
    const firstLine = last?.keep ?? 0
    const limit = findTightestLimit(findLimits(given, { window, model: provider.model }))
    const unit = limit?.unit ?? "tokens"
    const sent = totalSize(selectSentLines(given), unit)
    const size = limit?.size ?? defaultWindow
    const used = limit?.used ?? (History.estimateContext(given) || sent)
    const prompts = lines.slice(firstLine).filter((line) => line.type === "user" && line.hidden === undefined).length
    const unchanged = { isCompacted: false, notice: describeNothingToCompact(given, window) }
    if (prompts <= 1 && !isRefused && used <= verbatimShare * size) return unchanged
    // The provider also counts the system prompt and tools, and the estimate may be too low.
    const scale = Math.max(1, used / Math.max(1, sent))
    const maxSize = size / scale
    const keep = Math.max(firstLine, findFirstKept(lines, verbatimShare * Math.min(maxSize, sent), unit))
    const older = lines.slice(firstLine, keep)
    if (!older.some(({ type }) => type === "user" || type === "assistant")) return unchanged
    const request = { session, lines: older, previous: last?.text, maxSize, unit, isRefused, provider }
    const { spent, text } = yield* provider.small === undefined
      ? summarize(request)
      : summarizeWith(provider.small, request)
    yield* session.append({ type: "summary", text, keep, ...spent, time: yield* now })
    return {
      isCompacted: true,
      notice: "The older part of the conversation was compacted into a summary to free up context."
    }
  })

/** Uses the small model. If it fails, the model itself writes the summary. */
const summarizeWith = ({ contextWindow = Infinity, languageModel, name }: SmallModel, request: SummaryRequest) => {
  const { maxSize, unit } = request
  return summarize({ ...request, maxSize: unit === "tokens" ? Math.min(maxSize, contextWindow * 0.9) : maxSize }).pipe(
    Effect.provideService(LanguageModel.LanguageModel, languageModel),
    Effect.catchIf(AiError.isAiError, (error) =>
      Effect.zipRight(
        logReported(LogLevel.Warning, "the small model could not summarize").pipe(
          Effect.annotateLogs({ model: name, error: error.message })
        ),
        summarize(request)
      ))
  )
}

const describeNothingToCompact = (lines: ReadonlyArray<Line>, window: number | undefined): string => {
  const used = abbreviateCount(History.estimateContext(lines) || totalSize(selectSentLines(lines), "tokens"))
  return `Nothing to compact yet: ${used}${window === undefined ? "" : ` of ${abbreviateCount(window)}`} tokens used.`
}
