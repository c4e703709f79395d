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
  /** The model that made it, as its ID went on the wire: no other accepts it. Absent in what older versions stored. */
  readonly model?: string
}

/** Metadata under this provider's key. */
export const own = (data: object): { readonly [key]: Record<string, unknown> } => ({ [key]: { ...data } })

/** {@link ReasoningData} as it goes into a response part. */
export const reasoningMetadata = (model: string, signature: string | undefined, redacted: Uint8Array | undefined) =>
  own({
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redactedContent: Encoding.encodeBase64(redacted) }),
    ...((signature !== undefined || redacted !== undefined) && { model })
  })

/** Reads {@link ReasoningData} back out of a prompt part's options. */
export const reasoningData = (options: Readonly<Record<string, unknown>>): ReasoningData => {
  const data = options[key]
  if (!Predicate.isRecord(data)) return {}
  const text = (name: string) => Predicate.isString(data[name]) ? { [name]: data[name] } : {}
  return { ...text("signature"), ...text("redactedContent"), ...text("model") }
}
