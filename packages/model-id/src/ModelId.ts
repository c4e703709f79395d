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
 * Something that the user has said, and where, in words for a person, for example `altimate-code.json:5:9` or
 * `--cross-region`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Said {
  readonly value: string
  readonly from: string
}

/**
 * What the user has said of a model, besides its name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Choices {
  /** The ID that the name stands for; itself is the same as nothing. */
  readonly id?: Said
  /** `auto` is the rules, `off` no prefix at all, anything else this prefix, without its dot. */
  readonly crossRegion?: Said
}

/**
 * Why an ID is sent as it is sent:
 *
 * - `Rule`: this rule put its prefix in front.
 * - `Forced`: the user wants this prefix, whatever the rules say.
 * - `Off`: the user wants no prefix, whatever the rules say.
 * - `AlreadyPrefixed`: the ID starts with a prefix that the guide lists, that AWS has besides, that one of the rules in
 *   force adds, or that the user wants. `wanted` is another one that the user wants: an ID that was written in full
 *   goes before it.
 * - `Arn`: an ARN names its target in full.
 * - `Alias`: not shaped like a provider's own ID (`provider.model`), so a name that only the gateway knows.
 * - `NotListed`: a provider's own ID, but no rule has this model for this region.
 *
 * @since 0.1.0
 * @category models
 */
export type Reason =
  | { readonly _tag: "Rule"; readonly rule: PrefixRule }
  | { readonly _tag: "Forced"; readonly prefix: string; readonly from: string }
  | { readonly _tag: "Off"; readonly from: string }
  | { readonly _tag: "AlreadyPrefixed"; readonly prefix: string; readonly wanted?: Said }
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
  /** The ID that `configured` stands for, where it is the user's own name for one. */
  readonly standsFor?: Said
  readonly wire: string
  readonly region: string
  readonly reason: Reason
}

const reasonFor = (id: string, region: string, rules: ReadonlyArray<PrefixRule>, crossRegion: Said): Reason => {
  if (id.startsWith("arn:")) return { _tag: "Arn" }
  const { from, value } = crossRegion
  const forced = value === "auto" || value === "off" ? Option.none() : Option.some(`${value}.`)
  const prefix = prefixes.of(id, [...Option.toArray(forced), ...rules.map((rule) => rule.prefix)])
  if (Option.isSome(prefix)) {
    const another = Option.isSome(forced) && forced.value !== prefix.value
    return { _tag: "AlreadyPrefixed", prefix: prefix.value, ...(another ? { wanted: crossRegion } : {}) }
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

const added = (reason: Reason): string => {
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
 * Decides what is sent for a model ID (without `amazon-bedrock/`) in a region. Never adds a second prefix: resolving the
 * wire ID again, by the same rules, gives the wire ID. ARNs and aliases stay as they are whatever the rules say. A name
 * of the user's own is taken for the ID that it stands for, once: that one is not looked up again.
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
  const standsFor = choices.id === undefined || choices.id.value === configured ? undefined : choices.id
  const id = standsFor?.value ?? configured
  const reason = reasonFor(id, region, rules, choices.crossRegion ?? { value: "auto", from: "default" })
  return {
    configured,
    ...(standsFor === undefined ? {} : { standsFor }),
    wire: added(reason) + id,
    region,
    reason
  }
}

/**
 * The decision as one sentence for a person or a log line, for example `us. added: Claude in us-* (region us-east-1)`
 * or `sent as it is: no rule lists this model for eu-west-1`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const explain = (resolved: Resolved): string => {
  const { configured, standsFor } = resolved
  const alias = standsFor === undefined ? "" : `; "${configured}" stands for ${standsFor.value} (${standsFor.from})`
  return `${because(resolved)}${alias}`
}

/**
 * The same without what the name stands for.
 *
 * @since 0.1.0
 * @category rendering
 */
export const because = ({ reason, region }: Resolved): string => {
  switch (reason._tag) {
    case "Rule": {
      const { families, from, prefix, regions } = reason.rule
      const own = from === undefined ? "" : `, a rule of your own (${from})`
      return `${
        prefix === "" ? "sent as it is" : `${prefix} added`
      }: ${families} in ${regions} (region ${region})${own}`
    }
    case "Forced":
      return `${reason.prefix} added: crossRegion is "${reason.prefix.slice(0, -1)}" (${reason.from})`
    case "Off":
      return `sent as it is: crossRegion is "off" (${reason.from})`
    case "AlreadyPrefixed": {
      const { prefix, wanted } = reason
      const over = wanted === undefined
        ? ""
        : `; an ID written in full goes before crossRegion "${wanted.value}" (${wanted.from})`
      return `sent as it is: it already starts with ${prefix}${over}`
    }
    case "Arn":
      return "sent as it is: it is an ARN"
    case "Alias":
      return "sent as it is: it is a gateway's own name, not a provider's model ID"
    case "NotListed":
      return `sent as it is: no rule lists this model for ${region}`
  }
}
