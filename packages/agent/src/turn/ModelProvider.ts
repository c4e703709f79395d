/**
 * What a turn needs from the provider of its model in addition to `@effect/ai`.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import type { Usage } from "../session/Usage.ts"
import type { Wait } from "./Wait.ts"

/**
 * The part of a request that the provider refused:
 *
 * - `TooLong`: the whole request. `size` is its size and `limit` the maximum, if the provider reports them.
 * - `Part`: parts of messages by their `Digest` (system) of a file's bytes or of a text as well-formed Unicode. Empty if the provider
 *   reports only the kind.
 * - `Tool`: the tool with this name
 * - `Unnamed`: a part that the provider does not identify
 *
 * @since 0.1.0
 * @category models
 */
export type Refusal =
  | {
    readonly _tag: "TooLong"
    readonly unit: "tokens" | "bytes"
    readonly size?: number | undefined
    readonly limit?: number | undefined
  }
  | {
    readonly _tag: "Part"
    readonly kind: "image" | "document" | "text" | "reasoning"
    readonly digests: ReadonlyArray<string>
  }
  | { readonly _tag: "Tool"; readonly name: string }
  | { readonly _tag: "Unnamed" }

/**
 * The end of an answer, as far as its cost depends on it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Billed {
  /** The ID of the model that answered, if the provider reports it. */
  readonly model: string | undefined
  readonly usage: Usage
  /** The metadata of the answer's `finish` part. */
  readonly metadata: Response.FinishPart["metadata"]
}

/**
 * A model for small tasks: summaries and titles.
 *
 * @since 0.1.0
 * @category models
 */
export interface SmallModel {
  readonly name: string
  /** In tokens, if known. */
  readonly contextWindow?: number
  readonly languageModel: LanguageModel.Service
}

/**
 * A model that answers instead of an overloaded one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fallback {
  /** The configured name. */
  readonly id: string
  /** For the user. */
  readonly name: string
  /** The name of the overloaded model. */
  readonly replaces: string
  readonly languageModel: LanguageModel.Service
  /** Whether the user must allow it each time. */
  readonly isAsked: boolean
}

/**
 * What the provider, for example a guardrail, did to an answer.
 *
 * @since 0.1.0
 * @category models
 */
export interface Intervention {
  /** In sentences, for the user. */
  readonly text: string
  /** Whether what was sent was blocked. It would be blocked again, with every later request that has it. */
  readonly isPromptBlocked: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ModelProvider {
  /** The model's ID in requests. Learned limits apply only to this model. */
  readonly model: string | undefined
  /** Returns what the provider refused; `undefined` for an error that no change to the conversation can avoid. */
  readonly refusal: (error: AiError.AiError) => Refusal | undefined
  /** Whether the request may be retried after the answer was cut off with this error. */
  readonly canRetryAnswer: (error: AiError.AiError) => boolean
  /** Whether the model is overloaded, after all retries, so that another one may answer. */
  readonly isOverloaded: (error: AiError.AiError) => boolean
  /** If absent, the model itself does small tasks. */
  readonly small?: SmallModel
  /** If absent, an overloaded model ends the turn. */
  readonly fallback?: Fallback
  /** Whether the answer ended because the context window was full. */
  readonly isFull: (metadata: Response.FinishPart["metadata"]) => boolean
  /** Returns why and how the provider stopped or changed an answer, for the user; `undefined` if it did not. */
  readonly describeIntervention: (metadata: Response.FinishPart["metadata"]) => Intervention | undefined
  /** Runs `effect` and reports each wait before a retry in it. */
  readonly reportWaits: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    report: (wait: Wait) => Effect.Effect<void>
  ) => Effect.Effect<A, E, R>
  /** Returns the cost of an answer in US dollars; `undefined` if the price is unknown. */
  readonly computeCost: (answer: Billed) => number | undefined
  /** The cost in US dollars at which a session sends no more requests; `undefined`: no limit. */
  readonly maxCost: number | undefined
  /** Returns the sentences for the user that are new since the last call. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
}

/**
 * For a provider about which nothing is known.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unknown: ModelProvider = {
  model: undefined,
  refusal: () => undefined,
  canRetryAnswer: () => false,
  isOverloaded: () => false,
  isFull: () => false,
  describeIntervention: () => undefined,
  reportWaits: (effect) => effect,
  computeCost: () => undefined,
  maxCost: undefined,
  notices: Effect.succeed([])
}
