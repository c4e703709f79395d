/**
 * Which tool call may run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Action } from "./ToolCall.ts"

/**
 * @since 0.1.0
 * @category models
 */
export type Verdict = "allow" | "ask" | "deny"

/**
 * Rules as the configuration writes them: one verdict for everything, or for each name a verdict or patterns with theirs.
 *
 * @since 0.1.0
 * @category models
 */
export type Rules = Verdict | { readonly [permission: string]: Verdict | { readonly [pattern: string]: Verdict } }

/**
 * A verdict with its reason, and what "always" would allow: a pattern for each judged part that has to be asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Decision {
  readonly verdict: Verdict
  readonly because: string
  readonly patterns: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
}

/**
 * @since 0.1.0
 * @category services
 */
export class PermissionPolicy extends Context.Tag("@altimate-code/agent/PermissionPolicy")<PermissionPolicy, {
  /** `granted` is what a person has allowed for this session; it never overrules a "deny". */
  readonly decide: (
    action: Action,
    granted: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
  ) => Effect.Effect<Decision>
}>() {}
