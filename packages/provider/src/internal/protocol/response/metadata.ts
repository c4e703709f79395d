import * as Encoding from "effect/Encoding"
import * as Predicate from "effect/Predicate"
import type { ReasoningMetadata } from "../../../parts/ResponseMetadata.ts"
import { key } from "../key.ts"

/** The key of `@effect/ai-anthropic`. */
const anthropicKey = "anthropic"

/** Metadata under this provider's key. */
export const providerMetadata = <Data extends object>(data: Data) => ({ [key]: { ...data } }) as const

interface Model {
  /** The model ID that was sent. */
  readonly modelId: string
  readonly isClaude: boolean
}

/** The {@link ReasoningMetadata} for a response part, and for Claude the same as `@effect/ai-anthropic` has it. */
export const reasoningMetadata = (
  { isClaude, modelId }: Model,
  signature: string | undefined,
  redacted: Uint8Array | undefined
) => {
  const redactedContent = redacted && Encoding.encodeBase64(redacted)
  return {
    ...providerMetadata<ReasoningMetadata>({
      ...(signature !== undefined && { signature }),
      ...(redactedContent !== undefined && { redactedContent }),
      ...((signature !== undefined || redacted !== undefined) && { model: modelId })
    }),
    ...(isClaude && signature !== undefined && { [anthropicKey]: { type: "thinking" as const, signature } }),
    ...(isClaude && signature === undefined && redactedContent !== undefined && {
      [anthropicKey]: { type: "redacted_thinking" as const, redactedData: redactedContent }
    })
  }
}

const readTexts = (data: unknown, names: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Predicate.isRecord(data)
    ? Object.fromEntries(names.flatMap((name) => Predicate.isString(data[name]) ? [[name, data[name]]] : []))
    : {}

/** Reads the {@link ReasoningMetadata} from a prompt part's options. Only Claude takes what `@effect/ai-anthropic` wrote. */
export const readReasoning = (options: Readonly<Record<string, unknown>>, isClaude: boolean): ReasoningMetadata => {
  const own = readTexts(options[key], ["signature", "redactedContent", "model"])
  if (Object.keys(own).length > 0 || !isClaude) return own
  const { redactedData, signature } = readTexts(options[anthropicKey], ["signature", "redactedData"])
  return {
    ...(signature !== undefined && { signature }),
    ...(redactedData !== undefined && { redactedContent: redactedData })
  }
}
