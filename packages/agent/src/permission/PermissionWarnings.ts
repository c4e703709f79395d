/**
 * Warnings about permission rules that have no effect or may surprise.
 *
 * @since 0.1.0
 */
import * as Suggest from "@altimate-code/system/Suggest"
import * as Pattern from "../internal/permission/pattern.ts"
import { covers, overlap } from "../internal/permission/patternSets.ts"
import { canonicalName, synonymsOf } from "../internal/permission/permissionNames.ts"
import type { Rules, Verdict } from "./PermissionRules.ts"

/** The permissions of the built-in tools. */
const permissions = ["read", "glob", "grep", "edit", "bash", "skill", "tasks", "external_directory"]

/**
 * Returns sentences for the user about names that match no tool, and about rules that would be stricter in tools where the last matching
 * rule decides instead of the most specific one. `servers` are the names of the MCP servers.
 *
 * @since 0.1.0
 * @category rendering
 */
export const find = (rules: Rules, servers: ReadonlyArray<string>): ReadonlyArray<string> =>
  typeof rules === "string"
    ? []
    : [...findUnknownNames(Object.keys(rules), servers), ...findOrderWarnings(flatten(rules))]

const findUnknownNames = (names: ReadonlyArray<string>, servers: ReadonlyArray<string>): ReadonlyArray<string> => {
  const prefixes = servers.map((server) => `${server}_`.replace(/[^a-zA-Z0-9_-]/g, "_"))
  const isUnknown = (name: string) =>
    !permissions.some((known) => synonymsOf(known).some((spelling) => Pattern.matches(name, spelling))) &&
    !prefixes.some((prefix) => overlap(name, `${prefix}*`))
  const unknown = names.filter(isUnknown).map((name) => {
    // In other tools, `task` is a rule for subagents.
    const [near] = name === "task"
      ? []
      : Suggest.closest(name, permissions.flatMap(synonymsOf), { compareAs: (name) => name.toLowerCase() })
    return near === undefined ? `permission.${name}` : `permission.${name} (did you mean ${near}?)`
  })
  return unknown.length === 0 ? [] : [`${unknown.join(", ")}: no tool has that name, so the rule has no effect.`]
}

interface Rule {
  readonly name: string
  readonly pattern: string
  readonly verdict: Verdict
}

/** Longer patterns are not compared, which limits the time; real patterns are shorter. */
const maxPatternLength = 300

const flatten = (rules: Exclude<Rules, string>): ReadonlyArray<Rule> =>
  Object.entries(rules).flatMap(([name, rule]) =>
    Object.entries(typeof rule === "string" ? { "*": rule } : rule).map(([pattern, verdict]) => ({
      name: canonicalName(name),
      pattern,
      verdict
    }))
  )

const strictness = { allow: 0, ask: 1, deny: 2 } as const

const hasWildcard = (name: string): boolean => /[*?]/.test(name)

/** Whether `a` takes precedence where both match: a tool's own name before one with wildcards, then the longer pattern. */
const hasPrecedence = (a: Rule, b: Rule): boolean =>
  a.name === b.name
    ? a.pattern.length > b.pattern.length
    : hasWildcard(b.name) && (!hasWildcard(a.name) || a.name.length >= b.name.length)

/** Finds a later, stricter rule that would win over `rule` if the last match decided. */
const findStricterLater = (rule: Rule, later: ReadonlyArray<Rule>): Rule | undefined => {
  for (const other of later.toReversed()) {
    if (!overlap(rule.name, other.name) || !overlap(rule.pattern, other.pattern)) continue
    if (strictness[other.verdict] > strictness[rule.verdict] && hasPrecedence(rule, other)) return other
    if (covers(other.name, rule.name) && covers(other.pattern, rule.pattern)) return undefined
  }
  return undefined
}

const format = ({ name, pattern, verdict }: Rule): string => `permission.${name} ${JSON.stringify(pattern)}: ${verdict}`

const findOrderWarnings = (all: ReadonlyArray<Rule>): ReadonlyArray<string> => {
  const rules = all.filter(({ name, pattern }) => Math.max(name.length, pattern.length) <= maxPatternLength)
  const pairs = rules.flatMap((rule, index) => {
    const other = rule.verdict === "deny" ? undefined : findStricterLater(rule, rules.slice(index + 1))
    return other === undefined ? [] : [[rule, other] as const]
  })
  const [first] = pairs
  if (first === undefined) return []
  const [rule, other] = first
  const more = pairs.length === 1
    ? ""
    : ` The same applies to ${pairs.slice(1).map(([rule]) => format(rule)).join(", ")}.`
  return [
    `${format(rule)} wins over the later ${
      format(other)
    }, because it is more specific. In tools where the last match wins, the later one would `
    + `win. If you mean ${rule.verdict}, put the general rule first; if you mean ${other.verdict}, remove the specific one.${more}`
  ]
}
