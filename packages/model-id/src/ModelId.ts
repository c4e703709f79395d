/**
 * Which ID goes on the wire for a configured model, and why.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { matches } from "./internal/glob.ts"
import * as prefixes from "./internal/prefixes.ts"
import type { PrefixRule } from "./PrefixRules.ts"

/**
 * Why an ID is sent as it is sent:
 *
 * - `Rule`: this rule put its prefix in front.
 * - `AlreadyPrefixed`: the ID starts with a prefix that the guide lists, that AWS has besides, or that one of the rules
 *   in force adds.
 * - `Arn`: an ARN names its target in full.
 * - `Alias`: not shaped like a provider's own ID (`provider.model`), so a name that only the gateway knows.
 * - `NotListed`: a provider's own ID, but no rule has this model for this region.
 *
 * @since 0.1.0
 * @category models
 */
export type Reason =
  | { readonly _tag: "Rule"; readonly rule: PrefixRule }
  | { readonly _tag: "AlreadyPrefixed"; readonly prefix: string }
  | { readonly _tag: "Arn" }
  | { readonly _tag: "Alias" }
  | { readonly _tag: "NotListed" }

/**
 * A decision with all that led to it: what was configured, what is sent, for which region, and why.
 *
 * @since 0.1.0
 * @category models
 */
export interface Resolved {
  readonly configured: string
  readonly wire: string
  readonly region: string
  readonly reason: Reason
}

const reasonFor = (id: string, region: string, rules: ReadonlyArray<PrefixRule>): Reason => {
  if (id.startsWith("arn:")) return { _tag: "Arn" }
  const prefix = prefixes.of(id, rules.map((rule) => rule.prefix))
  if (Option.isSome(prefix)) return { _tag: "AlreadyPrefixed", prefix: prefix.value }
  if (!/^[a-z][a-z0-9]*\.[a-z0-9]/.test(id)) return { _tag: "Alias" }
  const rule = rules.find((rule) =>
    matches(rule.regions, region) &&
    !rule.except?.some((pattern) => matches(pattern, region)) &&
    rule.models.some((pattern) => matches(pattern, id))
  )
  return rule === undefined ? { _tag: "NotListed" } : { _tag: "Rule", rule }
}

/**
 * Decides what is sent for a model ID (without `amazon-bedrock/`) in a region. Never adds a second prefix: resolving the
 * wire ID again, by the same rules, gives the wire ID. ARNs and aliases stay as they are whatever the rules say.
 *
 * @since 0.1.0
 * @category resolution
 */
export const resolve = (id: string, region: string, rules: ReadonlyArray<PrefixRule>): Resolved => {
  const reason = reasonFor(id, region, rules)
  return { configured: id, wire: reason._tag === "Rule" ? reason.rule.prefix + id : id, region, reason }
}

/**
 * The decision as one sentence for a person or a log line, for example `us. added: Claude in us-* (region us-east-1)`
 * or `sent as it is: no rule lists this model for eu-west-1`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const explain = ({ reason, region }: Resolved): string => {
  switch (reason._tag) {
    case "Rule": {
      const { families, prefix, regions } = reason.rule
      return `${prefix === "" ? "sent as it is" : `${prefix} added`}: ${families} in ${regions} (region ${region})`
    }
    case "AlreadyPrefixed":
      return `sent as it is: it already starts with ${reason.prefix}`
    case "Arn":
      return "sent as it is: it is an ARN"
    case "Alias":
      return "sent as it is: it is a gateway's own name, not a provider's model ID"
    case "NotListed":
      return `sent as it is: no rule lists this model for ${region}`
  }
}
