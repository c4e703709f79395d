/**
 * What a turn knows of the provider of its model, beyond what `@effect/ai` says. Whoever runs the turn hands it over.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import type { Wait } from "./Wait.ts"

/**
 * What of a request was refused:
 *
 * - `TooLong`: the whole of it. `size` is the request's and `limit` the most that is taken, where the provider reports them.
 * - `Part`: contents of messages, each by its `Digest` (system): of a file's bytes, of a text as well-formed Unicode. None: the provider
 *   names only the kind.
 * - `Tool`: the tool of this name
 * - `Unnamed`: a part that the provider does not name
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
 * @since 0.1.0
 * @category models
 */
export interface ModelProvider {
  /** The model's ID as it is sent: what is learnt of its limits holds for this model alone. */
  readonly model: string | undefined
  /** `undefined` for a failure that no change of the conversation can avoid. */
  readonly refusal: (error: AiError.AiError) => Refusal | undefined
  /** May an answer that broke off with this error be asked again? */
  readonly mayAskAgain: (error: AiError.AiError) => boolean
  /** Did the answer end because the context window was full? */
  readonly isFull: (metadata: Response.FinishPart["metadata"]) => boolean
  /** Reports each wait before a request is sent again that `effect` makes. */
  readonly reportWaits: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    report: (wait: Wait) => Effect.Effect<void>
  ) => Effect.Effect<A, E, R>
  /** What the user should know since the last time this was asked, in sentences. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
}

/**
 * Of a provider of which nothing is known.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unknown: ModelProvider = {
  model: undefined,
  refusal: () => undefined,
  mayAskAgain: () => false,
  isFull: () => false,
  reportWaits: (effect) => effect,
  notices: Effect.succeed([])
}
