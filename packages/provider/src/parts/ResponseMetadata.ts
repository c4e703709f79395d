/**
 * The metadata of response parts, under the key `altimate-code-bedrock`. Importing `BedrockLanguageModel` adds them to the types of `@effect/ai`.
 *
 * @since 0.1.0
 */
import type { GuardrailReport } from "../GuardrailReport.ts"

/**
 * The data of reasoning that later requests must send unchanged, to the same model only. It is in the metadata of `reasoning` and
 * `reasoning-end` parts, and in the options of the prompt part. For Claude the parts also have the metadata of `@effect/ai-anthropic`, whose
 * key is `anthropic`, so the same history can be sent to Anthropic, which accepts signatures of Bedrock. Source: Anthropic, "Extended thinking".
 *
 * @since 0.1.0
 * @category models
 */
export type ReasoningMetadata = {
  /** Proves that the model generated the text. */
  readonly signature?: string
  /** Encrypted reasoning, in base64. */
  readonly redactedContent?: string
  /** The model ID that was sent; no other model accepts the data. Absent in sessions of older versions. */
  readonly model?: string
}

/**
 * A range in one of the sources that the request provides: the position of the source among the others, and the start and end in it (characters,
 * pages, or pieces of the source, as the kind says). All are counted from zero, except pages. Source: Bedrock API Reference, `CitationLocation`.
 *
 * @since 0.1.0
 * @category models
 */
export type CitedRange = {
  readonly documentIndex?: number
  readonly searchResultIndex?: number
  readonly start?: number
  readonly end?: number
}

/**
 * What a `source` part cites. Exactly one kind of location is set.
 *
 * @since 0.1.0
 * @category models
 */
export type CitationMetadata = {
  /** The cited text. */
  readonly citedText?: string
  /** The source of a search result, as the request states it. */
  readonly source?: string
  readonly location?: {
    readonly documentChar?: CitedRange
    readonly documentPage?: CitedRange
    readonly documentChunk?: CitedRange
    readonly searchResultLocation?: CitedRange
    readonly web?: { readonly url?: string; readonly domain?: string }
  }
}

/**
 * A tool that the service ran while it generated the answer.
 *
 * @since 0.1.0
 * @category models
 */
export type ServerToolUse = {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** The content of its result: texts, and JSON values. Absent if the answer has no result. */
  readonly result?: ReadonlyArray<unknown>
  /** Whether the tool failed. */
  readonly isFailure?: boolean
}

/**
 * How an answer ended. Token counts are Bedrock's.
 *
 * @since 0.1.0
 * @category models
 */
export type FinishMetadata = {
  /** As reported, for example `end_turn`. */
  readonly stopReason?: string
  readonly cacheWriteInputTokens?: number
  /** The part of `cacheWriteInputTokens` that is cached for an hour. */
  readonly cacheWrite1hInputTokens?: number
  /** How long the model took, in milliseconds. */
  readonly latencyMs?: number
  /** What a guardrail found. */
  readonly guardrail?: GuardrailReport
  /** The tools that the service ran itself, in order. */
  readonly serverTools?: ReadonlyArray<ServerToolUse>
}

declare module "@effect/ai/Response" {
  export interface ReasoningPartMetadata extends ProviderMetadata {
    readonly "altimate-code-bedrock"?: ReasoningMetadata
  }
  export interface ReasoningEndPartMetadata extends ProviderMetadata {
    readonly "altimate-code-bedrock"?: ReasoningMetadata
  }
  export interface DocumentSourcePartMetadata extends ProviderMetadata {
    readonly "altimate-code-bedrock"?: CitationMetadata
  }
  export interface UrlSourcePartMetadata extends ProviderMetadata {
    readonly "altimate-code-bedrock"?: CitationMetadata
  }
  export interface FinishPartMetadata extends ProviderMetadata {
    readonly "altimate-code-bedrock"?: FinishMetadata
  }
}
