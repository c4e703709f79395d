/** Converts the end of a response: the stop reason and the usage. */
import type { ConverseTrace, TokenUsage } from "@aws-sdk/client-bedrock-runtime"
import type * as Response from "@effect/ai/Response"
import { isOnlyMasked } from "../../../GuardrailReport.ts"
import type { FinishMetadata, ServerToolUse } from "../../../parts/ResponseMetadata.ts"
import { readGuardrailTrace } from "./guardrailTrace.ts"
import { providerMetadata } from "./metadata.ts"

/** Bedrock's stop reasons. Any other is `unknown`; the metadata contains the original. */
const reasons: Readonly<Record<string, Response.FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content-filter",
  content_filtered: "content-filter",
  refusal: "content-filter",
  malformed_model_output: "error",
  malformed_tool_use: "error"
}

/** Whether the answer was cut off by a token limit. */
export const isCut = (stopReason: string | undefined): boolean => reasons[stopReason ?? ""] === "length"

/** The tokens that were written to the cache for an hour, which costs more than for five minutes. */
const countHourWrites = (cacheDetails: NonNullable<TokenUsage["cacheDetails"]>): number =>
  cacheDetails.reduce((sum, { inputTokens = 0, ttl }) => ttl === "1h" ? sum + inputTokens : sum, 0)

/** Some gateways omit the total, or leave the cache out of it. */
const countAll = (usage: TokenUsage): number | undefined => {
  const { cacheReadInputTokens = 0, cacheWriteInputTokens, inputTokens = 0, outputTokens = 0, totalTokens } = usage
  const sum = inputTokens + outputTokens + cacheReadInputTokens + (cacheWriteInputTokens ?? 0)
  if (cacheWriteInputTokens !== undefined) return sum
  return totalTokens === undefined && sum === 0 ? undefined : Math.max(totalTokens ?? 0, sum)
}

export interface Ending {
  readonly stopReason: string | undefined
  readonly usage: TokenUsage | undefined
  readonly latencyMs: number | undefined
  readonly trace: ConverseTrace | undefined
  readonly serverTools: ReadonlyArray<ServerToolUse>
}

/**
 * Token counts are Bedrock's own: `inputTokens` excludes tokens read from or written to the cache, `cachedInputTokens` counts those read,
 * `cacheWriteInputTokens` in the metadata those written (`cacheWrite1hInputTokens` for an hour), and `totalTokens` is the sum. An answer of which a guardrail only masked parts is a
 * normal one.
 */
export const toFinish = (
  { latencyMs, serverTools, stopReason, trace, usage }: Ending
): Response.FinishPartEncoded => {
  const guardrail = trace?.guardrail === undefined ? undefined : readGuardrailTrace(trace.guardrail)
  const isMasked = stopReason === "guardrail_intervened" && guardrail !== undefined && isOnlyMasked(guardrail)
  return {
    type: "finish",
    reason: isMasked ? "stop" : reasons[stopReason ?? ""] ?? "unknown",
    usage: {
      inputTokens: usage?.inputTokens,
      outputTokens: usage?.outputTokens,
      totalTokens: usage && countAll(usage),
      ...(usage?.cacheReadInputTokens !== undefined && { cachedInputTokens: usage.cacheReadInputTokens })
    },
    metadata: providerMetadata<FinishMetadata>({
      ...(stopReason !== undefined && { stopReason }),
      ...(usage?.cacheWriteInputTokens !== undefined && { cacheWriteInputTokens: usage.cacheWriteInputTokens }),
      ...(usage?.cacheDetails !== undefined && { cacheWrite1hInputTokens: countHourWrites(usage.cacheDetails) }),
      ...(latencyMs !== undefined && { latencyMs }),
      ...(guardrail !== undefined && { guardrail }),
      ...(serverTools.length > 0 && { serverTools })
    })
  }
}
