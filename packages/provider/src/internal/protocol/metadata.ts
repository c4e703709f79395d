import * as Encoding from "effect/Encoding"
import * as Predicate from "effect/Predicate"

/**
 * The key of this provider's metadata in response parts, and of its options in prompt parts. Not `bedrock`, so that
 * another Bedrock package can be installed beside it.
 */
export const key = "altimate-code-bedrock"

/** What has to go back unmodified with a piece of reasoning. */
export interface ReasoningData {
  /** Proves that the text is the model's own. */
  readonly signature?: string
  /** Reasoning that only the model can read, base64. */
  readonly redactedContent?: string
}

/** Metadata under this provider's key. */
export const own = (data: object): { readonly [key]: Record<string, unknown> } => ({ [key]: { ...data } })

/** {@link ReasoningData} as it goes into a response part. */
export const reasoningMetadata = (signature: string | undefined, redacted: Uint8Array | undefined) =>
  own({
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redactedContent: Encoding.encodeBase64(redacted) })
  })

/** Reads {@link ReasoningData} back out of a prompt part's options. */
export const reasoningData = (options: Readonly<Record<string, unknown>>): ReasoningData => {
  const data = options[key]
  if (!Predicate.isRecord(data)) return {}
  return {
    ...(Predicate.isString(data["signature"]) && { signature: data["signature"] }),
    ...(Predicate.isString(data["redactedContent"]) && { redactedContent: data["redactedContent"] })
  }
}
