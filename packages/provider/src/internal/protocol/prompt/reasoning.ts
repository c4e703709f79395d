/** What a model has thought, on its way back to it. */
import type { ContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { reasoningData } from "../response/metadata.ts"

/**
 * Only the model that made it accepts signed or redacted reasoning. Which one that was is not known of sessions that older
 * versions wrote: there it is sent as long as the turn has not ended, where a model needs it to continue after a tool call. Reasoning
 * without a signature, and with a text that is no longer the signed one, is refused: it is left out.
 */
export const toReasoning = (
  part: Prompt.ReasoningPart,
  { isOpenTurn, modelId }: { readonly modelId: string; readonly isOpenTurn: boolean }
): Array<ContentBlock> => {
  const { model, redactedContent, signature } = reasoningData(part.options)
  if (model === undefined ? !isOpenTurn : model !== modelId) return []
  const bytes = Either.getOrElse(Encoding.decodeBase64(redactedContent ?? ""), () => new Uint8Array())
  return [
    ...(signature === undefined || !part.text.isWellFormed()
      ? []
      : [{ reasoningContent: { reasoningText: { text: part.text, signature } } }]),
    ...(bytes.length === 0 ? [] : [{ reasoningContent: { redactedContent: bytes } }])
  ]
}
