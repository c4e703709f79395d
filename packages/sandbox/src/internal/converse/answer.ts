/** Completes a turn: fills in everything that a script may omit. */
import { createHash } from "node:crypto"
import type { Block, Delays, Turn, Usage } from "../../Script.ts"
import type { AnswerBlock } from "./answerBlock.ts"
import type { ConverseRequest } from "./request.ts"
import { splitIntoPieces } from "./splitIntoPieces.ts"
import { estimateUsage } from "./usage.ts"

export interface Answer {
  readonly blocks: ReadonlyArray<AnswerBlock>
  readonly stopReason: string
  readonly usage: Usage & { readonly totalTokens: number }
  readonly latencyMs: number
  /** What a guardrail found, if the request asks for it. */
  readonly guardrail: object | undefined
}

const toPieces = (chunks: string | ReadonlyArray<string>): ReadonlyArray<string> =>
  typeof chunks === "string" ? splitIntoPieces(chunks) : chunks

/** `tooluse_` and 22 characters, as in Bedrock. */
const makeId = (seed: string, index: number): string =>
  `tooluse_${createHash("sha256").update(`${seed} ${index}`).digest("base64url").slice(0, 22)}`

const toAnswerBlock = (seed: string) => (block: Block, index: number): AnswerBlock => {
  switch (block.type) {
    case "text":
      return { type: "text", pieces: toPieces(block.text) }
    case "reasoning":
      return { type: "reasoning", pieces: toPieces(block.text), signature: block.signature }
    case "toolUse":
      return {
        type: "toolUse",
        toolUseId: block.toolUseId ?? makeId(seed, index),
        name: block.name,
        // In recorded streams, a tool's input begins with an empty piece.
        pieces: isFragments(block.input) ? block.input : ["", ...splitIntoPieces(JSON.stringify(block.input))],
        isServerTool: block.serverTool === true
      }
    default:
      return block
  }
}

const isFragments = (input: object): input is ReadonlyArray<string> => Array.isArray(input)

const computeLatency = ({ betweenEvents = 0, firstEvent = 0, headers = 0 }: Delays): number =>
  Math.round(headers + firstEvent + betweenEvents)

/** The trace of a guardrail that found nothing. */
const noFindings = (id: string) => ({
  actionReason: "No action.",
  inputAssessment: { [id]: { invocationMetrics: { guardrailProcessingLatency: 1 } } }
})

/** The IDs of tool calls are derived from `seed`. */
export const complete = (turn: Turn, request: ConverseRequest, seed: string): Answer => {
  const blocks = turn.blocks.map(toAnswerBlock(seed))
  const usage = turn.usage ?? estimateUsage(request, blocks)
  return {
    blocks,
    stopReason: turn.stopReason ?? (turn.guardrail === undefined ? undefined : "guardrail_intervened") ??
      (blocks.some((block) => block.type === "toolUse" && !block.isServerTool) ? "tool_use" : "end_turn"),
    usage: {
      ...usage,
      totalTokens: usage.inputTokens + usage.outputTokens + (usage.cacheReadInputTokens ?? 0) +
        (usage.cacheWriteInputTokens ?? 0)
    },
    latencyMs: computeLatency(turn.delays ?? {}),
    guardrail: ["enabled", "enabled_full"].includes(request.guardrailConfig?.trace ?? "disabled")
      ? turn.guardrail ?? noFindings(request.guardrailConfig?.guardrailIdentifier ?? "")
      : undefined
  }
}
