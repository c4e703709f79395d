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
 * What happens to a tool call. `ask` means that the user decides.
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "allow" | "ask" | "deny"

/**
 * Rules in the form of the configuration: one verdict for everything, or for each permission one verdict or a verdict for each pattern.
 *
 * @since 0.1.0
 * @category models
 */
export type Rules = Verdict | { readonly [permission: string]: Verdict | { readonly [pattern: string]: Verdict } }

/**
 * A permission that the user has granted for subjects that match a pattern.
 *
 * @since 0.1.0
 * @category models
 */
export interface Grant {
  readonly permission: string
  readonly pattern: string
}

/**
 * A verdict with its reason. `patterns` has what "always" would allow: one pattern for each part of the action that needs permission.
 *
 * @since 0.1.0
 * @category models
 */
export interface Decision {
  readonly verdict: Verdict
  readonly because: string
  readonly patterns: ReadonlyArray<Grant>
  /** Set if the user is asked about nothing but an ordinary edit in the project, which the mode `accept-edits` allows. */
  readonly isAcceptableEdit?: true
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The current rules; `undefined` leaves every decision to the defaults. */
  readonly get: Effect.Effect<Rules | undefined>
  /** Adds an "allow" rule until the program ends, as if the configuration had it. */
  readonly allow: (grant: Grant) => Effect.Effect<void>
  /** Removes a rule until the program ends, as if the configuration did not have it. */
  readonly remove: (grant: Grant) => Effect.Effect<void>
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
 * Removes a rule, whatever form the rules have. A rule for everything that a permission covers has the pattern `*`.
 *
 * @since 0.1.0
 * @category combining
 */
export const without = (rules: Rules | undefined, { pattern, permission }: Grant): Rules | undefined => {
  if (rules === undefined) return undefined
  if (typeof rules === "string") return permission === "*" && pattern === "*" ? undefined : rules
  const { [permission]: rule, ...others } = rules
  if (rule === undefined || (typeof rule === "string" && pattern !== "*")) return rules
  if (typeof rule === "string") return others
  const { [pattern]: _, ...patterns } = rule
  return { ...rules, [permission]: patterns }
}

/**
 * The rules for tool calls. Without a layer there are no rules.
 *
 * @since 0.1.0
 * @category services
 */
export class PermissionRules extends Context.Reference<PermissionRules>()("@altimate-code/agent/PermissionRules", {
  defaultValue: (): Service => ({ get: Effect.succeed(undefined), allow: () => Effect.void, remove: () => Effect.void })
}) {}

/**
 * Starts with these rules. What `allow` adds and `remove` removes lasts as long as the service.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (rules: Rules | undefined): Effect.Effect<Service> =>
  Effect.map(Ref.make(rules), (current) => ({
    get: Ref.get(current),
    allow: (grant: Grant) => Ref.update(current, (rules) => withAllowed(rules, grant)),
    remove: (grant: Grant) => Ref.update(current, (rules) => without(rules, grant))
  }))

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (rules: Rules | undefined): Layer.Layer<PermissionRules> =>
  Layer.effect(PermissionRules, make(rules))
