/** How a turn ended, and what it cost. */
import type { TokenUsage } from "@aws-sdk/client-bedrock-runtime"
import type * as Response from "@effect/ai/Response"
import { own } from "./metadata.ts"

/** Bedrock's stop reasons; one that is not among them is `unknown`, and stands in the metadata as it came. */
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

/** Did the answer end because there was no more room? */
export const isCut = (stopReason: string | undefined): boolean => reasons[stopReason ?? ""] === "length"

/**
 * Token counts are Bedrock's own: `inputTokens` leaves out what was read from or written to the cache;
 * `cachedInputTokens` is what was read from it, the metadata's `cacheWriteInputTokens` what was written;
 * `totalTokens` counts everything.
 */
export const toFinish = (
  stopReason: string | undefined,
  usage: TokenUsage | undefined,
  latencyMs: number | undefined
): Response.FinishPartEncoded => ({
  type: "finish",
  reason: reasons[stopReason ?? ""] ?? "unknown",
  usage: {
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    totalTokens: usage?.totalTokens,
    ...(usage?.cacheReadInputTokens !== undefined && { cachedInputTokens: usage.cacheReadInputTokens })
  },
  metadata: own({
    ...(stopReason !== undefined && { stopReason }),
    ...(usage?.cacheWriteInputTokens !== undefined && { cacheWriteInputTokens: usage.cacheWriteInputTokens }),
    ...(latencyMs !== undefined && { latencyMs })
  })
})
