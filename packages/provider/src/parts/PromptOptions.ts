/**
 * The options of messages and parts of a prompt, under the key `altimate-code-bedrock`. Importing `BedrockLanguageModel` adds them to the types of
 * `@effect/ai`:
 *
 * ```ts
 * Prompt.make([
 *   { role: "system", content: "Be brief.", options: { "altimate-code-bedrock": { temperature: 0, serviceTier: "flex" } } },
 *   { role: "user", content: "Prove it.", options: { "altimate-code-bedrock": { effort: "high" } } }
 * ])
 * ```
 *
 * @since 0.1.0
 */
import type { CachePoint } from "../internal/protocol/prompt/cachePoints.ts"
import type { PromptOptions } from "../internal/protocol/prompt/messageOptions.ts"
import type { ReasoningMetadata } from "./ResponseMetadata.ts"

/**
 * The options of requests with this prompt, in system messages, and of the next answer, in the last user message, which takes precedence.
 * Those of earlier user messages have no effect. All take precedence over the configuration and over the options of the layer:
 *
 * - `effort`, or `thinking` in the form of Claude's API: how much the model thinks (no effect if the model's own fields control that)
 * - `maxTokens`, `temperature`, `topP`, `stopSequences`
 * - `guardrail`: a guardrail's ID and version, or `false` for none
 * - `cache`: how long the prompt is cached, or `false` for no cache points
 * - `cachePoint`: see `CacheOptions`; it has an effect in earlier messages, too
 * - `serviceTier`, `latency`, `requestMetadata`: as in Converse
 * - `headers`: additional HTTP headers, but not `Authorization`
 *
 * Invalid options are a `MalformedInput`.
 *
 * @since 0.1.0
 * @category models
 */
export type RequestPromptOptions = PromptOptions

/**
 * The options of every message, and of every part except reasoning.
 *
 * @since 0.1.0
 * @category models
 */
export type CacheOptions = {
  /**
   * A cached prefix of the prompt ends after this message or part, as with `cachePoint` in Converse, for example `{ type: "default", ttl: "1h" }`. A prompt
   * with such options gets no other cache points. Of more than four, which Bedrock refuses, the last four are sent. A model without support gets none. The
   * prefix ends earlier, before documents that are not PDFs, and later, after all tool results of the message, because Bedrock refuses a point there.
   */
  readonly cachePoint?: typeof CachePoint.Type
}

/**
 * The options of a file.
 *
 * @since 0.1.0
 * @category models
 */
export type FileOptions = CacheOptions & {
  /** Whether the answer cites this document. Bedrock requires the same choice for all documents of a request. */
  readonly citations?: boolean
}

declare module "@effect/ai/Prompt" {
  export interface SystemMessageOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: RequestPromptOptions
  }
  export interface UserMessageOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: RequestPromptOptions
  }
  export interface AssistantMessageOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: CacheOptions
  }
  export interface ToolMessageOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: CacheOptions
  }
  export interface TextPartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: CacheOptions
  }
  export interface ToolCallPartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: CacheOptions
  }
  export interface ToolResultPartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: CacheOptions
  }
  export interface ReasoningPartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: ReasoningMetadata
  }
  export interface FilePartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: FileOptions
  }
}
