/**
 * Decides which tool calls may run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { decide, decideAll } from "../internal/permission/decide.ts"
import type { Action, ActionPart } from "../tools/ToolCall.ts"
import { type Decision, type Grant, PermissionRules, type Verdict } from "./PermissionRules.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** `grants` is what the user has allowed for the session. */
  readonly decide: (action: Action, grants: ReadonlyArray<Grant>) => Effect.Effect<Decision>
  /**
   * Decides on all parts of this kind at once, whatever their subjects, because a search finds too many files to decide on one by one. If it
   * is missing or returns none, each part is decided separately.
   */
  readonly decideAll?: (
    part: Omit<ActionPart, "subject">,
    grants: ReadonlyArray<Grant>
  ) => Effect.Effect<Option.Option<Verdict>>
}

/**
 * Decides whether a tool call's action is allowed, denied or needs the user's permission.
 *
 * @since 0.1.0
 * @category services
 */
export class PermissionPolicy extends Context.Tag("@altimate-code/agent/PermissionPolicy")<
  PermissionPolicy,
  Service
>() {}

/**
 * Applies the `PermissionRules` of the caller and the session's grants; a grant never overrules a "deny".
 *
 * The strictest verdict of the action's parts applies. For each part the rules under its own name come first, then those under names with
 * wildcards (`*` last), then the defaults: reading is allowed, except files that may contain secrets; everything else needs the user's
 * permission. Among the patterns under a name the longest match decides. Files that other programs execute are allowed only by a pattern
 * that names them.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PermissionPolicy> = Layer.succeed(PermissionPolicy, {
  decide: (action, grants) =>
    Effect.flatMap(PermissionRules, ({ get }) => Effect.map(get, (rules) => decide(rules, action, grants))),
  decideAll: (part, grants) =>
    Effect.flatMap(PermissionRules, ({ get }) => Effect.map(get, (rules) => decideAll(rules, part, grants)))
})

/**
 * A policy that never asks. Whatever the underlying policy would ask about is allowed, with this reason; what it denies stays denied.
 *
 * @since 0.1.0
 * @category layers
 */
export const neverAsk = (because: string): Layer.Layer<PermissionPolicy, never, PermissionPolicy> =>
  Layer.effect(
    PermissionPolicy,
    Effect.map(PermissionPolicy, (policy): Service => {
      const { decideAll } = policy
      return {
        decide: (action, grants) =>
          Effect.map(
            policy.decide(action, grants),
            (decision) => decision.verdict === "ask" ? { ...decision, verdict: "allow", because } : decision
          ),
        ...(decideAll === undefined ? {} : {
          decideAll: (part, grants) =>
            Effect.map(
              decideAll(part, grants),
              Option.map((verdict): Verdict => verdict === "ask" ? "allow" : verdict)
            )
        })
      }
    })
  )
