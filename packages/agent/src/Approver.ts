/**
 * Who is asked when the rules say "ask".
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Action } from "./ToolCall.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Question {
  /** The call's ID. */
  readonly id: string
  /** The tool's name. */
  readonly tool: string
  readonly action: Action
  /** What "always" would allow: a pattern for each part that has to be asked for. */
  readonly patterns: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
  /** Why it is asked for. */
  readonly because: string
}

/**
 * `session` allows the question's patterns until the session ends, resumed or not. `no` may have a word to the model.
 *
 * @since 0.1.0
 * @category models
 */
export type Answer =
  | { readonly _tag: "Once" }
  | { readonly _tag: "Session" }
  | { readonly _tag: "No"; readonly word?: string }

/**
 * Answers one question at a time.
 *
 * @since 0.1.0
 * @category services
 */
export class Approver extends Context.Tag("@altimate-code/agent/Approver")<Approver, {
  readonly ask: (question: Question) => Effect.Effect<Answer>
}>() {}

/**
 * Nobody is there: every question is answered with no. `word` tells the model, and whoever reads, what could be done.
 *
 * @since 0.1.0
 * @category layers
 */
export const nobody = (word: string): Layer.Layer<Approver> =>
  Layer.succeed(Approver, { ask: () => Effect.succeed({ _tag: "No", word }) })
