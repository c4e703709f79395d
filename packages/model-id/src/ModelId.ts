/**
 * Decides which ID is sent for a configured model.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { matches } from "./internal/glob.ts"
import * as prefixes from "./internal/prefixes.ts"
import type { PrefixRule } from "./PrefixRules.ts"

/**
 * A value from the user, and where it was configured, for messages: for example `altimate-code.json:5:9` or `--cross-region`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ConfiguredValue {
  readonly value: string
  readonly from: string
}

/**
 * The user's choices for a model besides its name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Choices {
  /** The ID that the name is an alias for. The name itself has no effect. */
  readonly id?: ConfiguredValue
  /** `auto`: use the rules; `off`: no prefix; anything else: this prefix, without its dot. */
  readonly crossRegion?: ConfiguredValue
}

/**
 * Why an ID is sent in this form:
 *
 * - `Rule`: this rule added its prefix.
 * - `Forced`: the user chose this prefix, regardless of the rules.
 * - `Off`: the user chose no prefix, regardless of the rules.
 * - `AlreadyPrefixed`: the ID already begins with a prefix of the guide, of AWS, of an active rule, or of the user's choice. `requested` is a different
 *   prefix that the user chose; an ID with a prefix takes precedence over it.
 * - `Arn`: an ARN identifies its target completely.
 * - `Alias`: the name does not have the form of a provider's ID (`provider.model`), so it is the gateway's own name.
 * - `NotListed`: a provider's ID, but no rule lists this model for this region.
 *
 * @since 0.1.0
 * @category models
 */
export type Reason =
  | { readonly _tag: "Rule"; readonly rule: PrefixRule }
  | { readonly _tag: "Forced"; readonly prefix: string; readonly from: string }
  | { readonly _tag: "Off"; readonly from: string }
  | { readonly _tag: "AlreadyPrefixed"; readonly prefix: string; readonly requested?: ConfiguredValue }
  | { readonly _tag: "Arn" }
  | { readonly _tag: "Alias" }
  | { readonly _tag: "NotListed" }

/**
 * A decision with its reasons: the configured name, the ID that is sent, the region, and why.
 *
 * @since 0.1.0
 * @category models
 */
export interface Resolved {
  readonly configured: string
  /** The ID that `configured` is an alias for, if it is the user's own alias. */
  readonly aliasFor?: ConfiguredValue
  readonly wire: string
  readonly region: string
  readonly reason: Reason
}

const findReason = (
  id: string,
  region: string,
  rules: ReadonlyArray<PrefixRule>,
  crossRegion: ConfiguredValue
): Reason => {
  if (id.startsWith("arn:")) return { _tag: "Arn" }
  const { from, value } = crossRegion
  const forced = value === "auto" || value === "off" ? Option.none() : Option.some(`${value}.`)
  const prefix = prefixes.find(id, [...Option.toArray(forced), ...rules.map((rule) => rule.prefix)])
  if (Option.isSome(prefix)) {
    const isDifferent = Option.isSome(forced) && forced.value !== prefix.value
    return { _tag: "AlreadyPrefixed", prefix: prefix.value, ...(isDifferent ? { requested: crossRegion } : {}) }
  }
  if (!/^[a-z][a-z0-9]*\.[a-z0-9]/.test(id)) return { _tag: "Alias" }
  if (value === "off") return { _tag: "Off", from }
  if (Option.isSome(forced)) return { _tag: "Forced", prefix: forced.value, from }
  const rule = rules.find((rule) =>
    matches(rule.regions, region) &&
    !rule.except?.some((pattern) => matches(pattern, region)) &&
    rule.models.some((pattern) => matches(pattern, id))
  )
  return rule === undefined ? { _tag: "NotListed" } : { _tag: "Rule", rule }
}

const prefixOf = (reason: Reason): string => {
  switch (reason._tag) {
    case "Rule":
      return reason.rule.prefix
    case "Forced":
      return reason.prefix
    default:
      return ""
  }
}

/**
 * Decides which ID is sent for a model ID (without `amazon-bedrock/`) in a region. It never adds a second prefix: resolving the sent ID again with the
 * same rules does not change it. ARNs and the gateway's own names always stay unchanged. The user's alias is replaced by its ID once; the ID is not
 * treated as an alias again.
 *
 * @since 0.1.0
 * @category resolution
 */
export const resolve = (
  configured: string,
  region: string,
  rules: ReadonlyArray<PrefixRule>,
  choices: Choices = {}
): Resolved => {
  const aliasFor = choices.id === undefined || choices.id.value === configured ? undefined : choices.id
  const id = aliasFor?.value ?? configured
  const reason = findReason(id, region, rules, choices.crossRegion ?? { value: "auto", from: "default" })
  return {
    configured,
    ...(aliasFor === undefined ? {} : { aliasFor }),
    wire: prefixOf(reason) + id,
    region,
    reason
  }
}

/**
 * Describes the decision in one sentence for messages and log lines, for example `us. added: Claude in us-* (region us-east-1)`
 * or `sent as it is: no rule lists this model for eu-west-1`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const explain = (resolved: Resolved): string => {
  const { aliasFor, configured } = resolved
  const alias = aliasFor === undefined ? "" : `; "${configured}" stands for ${aliasFor.value} (${aliasFor.from})`
  return `${describeReason(resolved)}${alias}`
}

/**
 * Describes only the reason, without the alias.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeReason = ({ reason, region }: Resolved): string => {
  switch (reason._tag) {
    case "Rule": {
      const { families, from, prefix, regions } = reason.rule
      const own = from === undefined ? "" : `, your own rule (${from})`
      return `${
        prefix === "" ? "sent as it is" : `${prefix} added`
      }: ${families} in ${regions} (region ${region})${own}`
    }
    case "Forced":
      return `${reason.prefix} added: crossRegion is "${reason.prefix.slice(0, -1)}" (${reason.from})`
    case "Off":
      return `sent as it is: crossRegion is "off" (${reason.from})`
    case "AlreadyPrefixed": {
      const { prefix, requested } = reason
      const over = requested === undefined
        ? ""
        : `; an ID with a prefix takes precedence over crossRegion "${requested.value}" (${requested.from})`
      return `sent as it is: it already begins with ${prefix}${over}`
    }
    case "Arn":
      return "sent as it is: it is an ARN"
    case "Alias":
      return "sent as it is: it is a gateway's own name, not a provider's model ID"
    case "NotListed":
      return `sent as it is: no rule lists this model for ${region}`
  }
}
