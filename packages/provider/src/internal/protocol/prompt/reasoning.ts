/** Converts reasoning parts, which are sent back to the model. */
import type { ContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { readReasoning } from "../response/metadata.ts"

export interface Target {
  /** The model ID to send. */
  readonly modelId: string
  /** False for a model that is known not to be Claude. */
  readonly isClaude: boolean
  /** Whether the message is a part of the turn that the request continues. */
  readonly isOpenTurn: boolean
}

/**
 * Signed or redacted reasoning is accepted only by the model that generated it. Sessions of older versions and of `@effect/ai-anthropic` do not
 * record the model; their reasoning is sent only within a turn, where models need it to continue after a tool call. Reasoning without a
 * signature, or whose text is not well-formed and would not match the signature, is omitted because it would be refused.
 */
export const toReasoning = (
  part: Prompt.ReasoningPart,
  { isClaude, isOpenTurn, modelId }: Target
): Array<ContentBlock> => {
  const { model, redactedContent, signature } = readReasoning(part.options, isClaude)
  if (model === undefined ? !isOpenTurn : model !== modelId) return []
  const bytes = Either.getOrElse(Encoding.decodeBase64(redactedContent ?? ""), () => new Uint8Array())
  return [
    ...(signature === undefined || !part.text.isWellFormed()
      ? []
      : [{ reasoningContent: { reasoningText: { text: part.text, signature } } }]),
    ...(bytes.length === 0 ? [] : [{ reasoningContent: { redactedContent: bytes } }])
  ]
}
