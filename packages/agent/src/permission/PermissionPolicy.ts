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
import type { Action, Judged } from "../tools/ToolCall.ts"
import { type Decision, type Grant, PermissionRules, type Verdict } from "./PermissionRules.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** `grants` are what the user has allowed for the session. */
  readonly decide: (action: Action, grants: ReadonlyArray<Grant>) => Effect.Effect<Decision>
  /**
   * The verdict for all parts of this kind, whatever their subjects: a search finds too many files to decide on each. None, or a policy
   * without this method, means that each part is decided separately.
   */
  readonly decideAll?: (
    part: Omit<Judged, "subject">,
    grants: ReadonlyArray<Grant>
  ) => Effect.Effect<Option.Option<Verdict>>
}

/**
 * Judges what a tool call is about to do.
 *
 * @since 0.1.0
 * @category services
 */
export class PermissionPolicy extends Context.Tag("@altimate-code/agent/PermissionPolicy")<
  PermissionPolicy,
  Service
>() {}

/**
 * Decides by the `PermissionRules` of the caller and by the session's grants; a grant never overrules a "deny".
 *
 * The strictest verdict of the action's parts counts. For each part the rules for its own name come first, then those for names with
 * wildcards (`*` last), then the defaults: reading is allowed, except files that may hold secrets; everything else needs the user's
 * permission. Among the patterns for a name the longest match decides. Files that other programs execute are allowed only by a pattern
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
 * A policy that never asks: it allows what another policy would ask about, with this reason. What that policy denies stays denied.
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
