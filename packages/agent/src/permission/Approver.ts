/**
 * Asks the user for permission.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Action } from "../tools/ToolCall.ts"
import type { Grant } from "./PermissionRules.ts"

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
  /** What "always" would allow: one pattern for each part that needs permission. */
  readonly patterns: ReadonlyArray<Grant>
  /** Why the call needs permission. */
  readonly because: string
  /** Set if the user can answer `AllEdits`. */
  readonly isAcceptableEdit?: true
}

/**
 * The user's answer. `Session` allows the question's patterns for the whole session, even after it is resumed. `AllEdits` allows the call and
 * switches to the mode `accept-edits`. The `message` of `No` is for the model. `isUnasked`: there was no user to ask, and `message` says so.
 *
 * @since 0.1.0
 * @category models
 */
export type Answer =
  | { readonly _tag: "Once" }
  | { readonly _tag: "Session" }
  | { readonly _tag: "AllEdits" }
  | { readonly _tag: "No"; readonly message?: string }
  | { readonly _tag: "No"; readonly message: string; readonly isUnasked: true }

/**
 * Asks the user for permission. It gets one question at a time.
 *
 * @since 0.1.0
 * @category services
 */
export class Approver extends Context.Tag("@altimate-code/agent/Approver")<Approver, {
  readonly ask: (question: Question) => Effect.Effect<Answer>
}>() {}

/**
 * Declines every question, for programs that run without a user. `message` tells the model why and what would help.
 *
 * @since 0.1.0
 * @category layers
 */
export const declineAll = (message: string): Layer.Layer<Approver> =>
  Layer.succeed(Approver, { ask: () => Effect.succeed({ _tag: "No", message, isUnasked: true }) })
