/**
 * The facts about a model in the catalog.
 *
 * @since 0.1.0
 */
import type { Thinking } from "./Thinking.ts"

/**
 * The on-demand list price in US dollars per million tokens: through the `us.` profile if the model has one, else in us-east-1. Prices in other regions
 * and through `global.` differ by a few percent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  /** Tokens written to the prompt cache for five minutes. */
  readonly cacheWrite?: number
  /** Tokens written to it for an hour. */
  readonly cacheWrite1h?: number
  /** The longest prompt, in tokens, that is billed at this price. If absent, there is no limit. */
  readonly upTo?: number
}

/**
 * Where in a request the model supports cache points.
 *
 * @since 0.1.0
 * @category models
 */
export interface CachePlaces {
  readonly system: boolean
  readonly messages: boolean
  readonly tools: boolean
}

/**
 * A known model. Limits are in tokens; a field that no source states is absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Model {
  /** AWS's own ID, without a cross-region prefix. */
  readonly id: string
  readonly name: string
  /** For example `Claude`, `Nova` or `Llama`. */
  readonly family: string
  readonly contextWindow?: number
  readonly maxOutput?: number
  /** What a message may contain besides text. */
  readonly input: { readonly image: boolean; readonly document?: boolean }
  readonly tools: boolean
  readonly streaming: boolean
  /** Whether the model can reason before it answers, always or on request. */
  readonly reasoning: boolean
  /** How its reasoning is controlled; absent if it cannot be. */
  readonly thinking?: Thinking
  readonly cache: CachePlaces
  readonly price?: Price
}
