import * as Encoding from "effect/Encoding"
import * as Predicate from "effect/Predicate"

/**
 * The key for this provider's metadata in response parts and its options in prompt parts. It is not `bedrock`, to avoid conflicts with other
 * Bedrock packages.
 */
export const key = "altimate-code-bedrock"

/** The data of a reasoning part that later requests must send unchanged. */
export interface ReasoningData {
  /** Proves that the model generated the text. */
  readonly signature?: string
  /** Encrypted reasoning, in base64. */
  readonly redactedContent?: string
  /** The model ID that was sent; no other model accepts the data. Absent in sessions of older versions. */
  readonly model?: string
}

/** Metadata under this provider's key. */
export const providerMetadata = (data: object): { readonly [key]: Record<string, unknown> } => ({ [key]: { ...data } })

/** The {@link ReasoningData} for a response part. */
export const reasoningMetadata = (model: string, signature: string | undefined, redacted: Uint8Array | undefined) =>
  providerMetadata({
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redactedContent: Encoding.encodeBase64(redacted) }),
    ...((signature !== undefined || redacted !== undefined) && { model })
  })

/** Reads the {@link ReasoningData} from a prompt part's options. */
export const reasoningData = (options: Readonly<Record<string, unknown>>): ReasoningData => {
  const data = options[key]
  if (!Predicate.isRecord(data)) return {}
  const text = (name: string) => Predicate.isString(data[name]) ? { [name]: data[name] } : {}
  return { ...text("signature"), ...text("redactedContent"), ...text("model") }
}
