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
 * The options of a file.
 *
 * @since 0.1.0
 * @category models
 */
export type FileOptions = {
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
  export interface ReasoningPartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: ReasoningMetadata
  }
  export interface FilePartOptions extends ProviderOptions {
    readonly "altimate-code-bedrock"?: FileOptions
  }
}
