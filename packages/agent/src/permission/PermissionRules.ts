/**
 * The rules that decide which tool calls need the user's permission.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

/**
 * `ask`: the user decides.
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "allow" | "ask" | "deny"

/**
 * Rules as the configuration has them: one verdict for everything, or for each permission a verdict or patterns with verdicts.
 *
 * @since 0.1.0
 * @category models
 */
export type Rules = Verdict | { readonly [permission: string]: Verdict | { readonly [pattern: string]: Verdict } }

/**
 * A pattern of a permission that the user has allowed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Grant {
  readonly permission: string
  readonly pattern: string
}

/**
 * A verdict with its reason. `patterns` are what "always" would allow: one for each part of the action that needs permission.
 *
 * @since 0.1.0
 * @category models
 */
export interface Decision {
  readonly verdict: Verdict
  readonly because: string
  readonly patterns: ReadonlyArray<Grant>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The rules at this moment; `undefined` leaves every decision to the defaults. */
  readonly get: Effect.Effect<Rules | undefined>
  /** Adds an "allow" rule until the program ends, as if the configuration had it. */
  readonly allow: (grant: Grant) => Effect.Effect<void>
}

/**
 * Adds an "allow" rule, whatever form the rules have.
 *
 * @since 0.1.0
 * @category combining
 */
export const withAllowed = (rules: Rules | undefined, { pattern, permission }: Grant): Rules => {
  const all = typeof rules === "string" ? { "*": rules } : rules
  const rule = all?.[permission]
  return { ...all, [permission]: { ...(typeof rule === "string" ? { "*": rule } : rule), [pattern]: "allow" } }
}

/**
 * The rules for the tool calls of the effects that this is provided to. Without a layer there are no rules.
 *
 * @since 0.1.0
 * @category services
 */
export class PermissionRules extends Context.Reference<PermissionRules>()("@altimate-code/agent/PermissionRules", {
  defaultValue: (): Service => ({ get: Effect.succeed(undefined), allow: () => Effect.void })
}) {}

/**
 * These rules, and those that are allowed while the layer is in use.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (rules: Rules | undefined): Layer.Layer<PermissionRules> =>
  Layer.effect(
    PermissionRules,
    Effect.map(Ref.make(rules), (current) => ({
      get: Ref.get(current),
      allow: (grant: Grant) => Ref.update(current, (rules) => withAllowed(rules, grant))
    }))
  )
