/**
 * What is worth knowing of permission rules before they are used.
 *
 * @since 0.1.0
 */
import { distance } from "fastest-levenshtein"
import * as Pattern from "./internal/permission/pattern.ts"
import { covers, overlap } from "./internal/permission/patternSets.ts"
import { meaning, spellings } from "./internal/permission/permissionNames.ts"
import type { Rules, Verdict } from "./PermissionPolicy.ts"

/** Names that the built-in tools are judged by. */
const judged = ["read", "glob", "grep", "edit", "bash", "external_directory"]

/**
 * Sentences for the user: which names in the rules judge nothing, and where a tool in which the last matching rule decides would be
 * stricter than this program, in which the most specific one does. `servers` are the names of the MCP servers.
 *
 * @since 0.1.0
 * @category rendering
 */
export const warnings = (rules: Rules, servers: ReadonlyArray<string>): ReadonlyArray<string> =>
  typeof rules === "string" ? [] : [...idleNames(Object.keys(rules), servers), ...readOtherwise(flatten(rules))]

const idleNames = (names: ReadonlyArray<string>, servers: ReadonlyArray<string>): ReadonlyArray<string> => {
  const prefixes = servers.map((server) => `${server}_`.replace(/[^a-zA-Z0-9_-]/g, "_"))
  const isIdle = (name: string) =>
    !judged.some((known) => spellings(known).some((spelling) => Pattern.fits(name, spelling))) &&
    !prefixes.some((prefix) => overlap(name, `${prefix}*`))
  const idle = names.filter(isIdle).map((name) => {
    const near = judged.flatMap(spellings).find((known) =>
      distance(name.toLowerCase(), known) <= Math.min(3, Math.floor(known.length / 3))
    )
    return near === undefined ? `permission.${name}` : `permission.${name} (did you mean ${near}?)`
  })
  return idle.length === 0 ? [] : [`${idle.join(", ")}: no tool here has that name, so nothing is judged by it.`]
}

interface Rule {
  readonly name: string
  readonly pattern: string
  readonly verdict: Verdict
}

/** Nobody writes a longer one, and a file may hold anything. */
const maxPatternLength = 300

const flatten = (rules: Exclude<Rules, string>): ReadonlyArray<Rule> =>
  Object.entries(rules).flatMap(([name, rule]) =>
    Object.entries(typeof rule === "string" ? { "*": rule } : rule).map(([pattern, verdict]) => ({
      name: meaning(name),
      pattern,
      verdict
    }))
  )

const strictness = { allow: 0, ask: 1, deny: 2 } as const

const hasWildcard = (name: string): boolean => /[*?]/.test(name)

/** Does `a` decide here where both match? A tool's own name goes before one with wildcards, then the longer pattern decides. */
const decidesOver = (a: Rule, b: Rule): boolean =>
  a.name === b.name
    ? a.pattern.length > b.pattern.length
    : hasWildcard(b.name) && (!hasWildcard(a.name) || a.name.length >= b.name.length)

/** The later rule that another tool would apply to something that `rule` decides here, if it is stricter. */
const stricterLater = (rule: Rule, later: ReadonlyArray<Rule>): Rule | undefined => {
  for (const other of later.toReversed()) {
    if (!overlap(rule.name, other.name) || !overlap(rule.pattern, other.pattern)) continue
    if (strictness[other.verdict] > strictness[rule.verdict] && decidesOver(rule, other)) return other
    if (covers(other.name, rule.name) && covers(other.pattern, rule.pattern)) return undefined
  }
  return undefined
}

const shown = ({ name, pattern, verdict }: Rule): string => `permission.${name} ${JSON.stringify(pattern)}: ${verdict}`

const readOtherwise = (all: ReadonlyArray<Rule>): ReadonlyArray<string> => {
  const rules = all.filter(({ name, pattern }) => Math.max(name.length, pattern.length) <= maxPatternLength)
  const pairs = rules.flatMap((rule, index) => {
    const other = rule.verdict === "deny" ? undefined : stricterLater(rule, rules.slice(index + 1))
    return other === undefined ? [] : [[rule, other] as const]
  })
  const [first] = pairs
  if (first === undefined) return []
  const [rule, other] = first
  const more = pairs.length === 1
    ? ""
    : ` The same holds for ${pairs.slice(1).map(([rule]) => shown(rule)).join(", ")}.`
  return [
    `${shown(rule)} wins over the later ${
      shown(other)
    }, because it is more specific. In tools where the last match wins, it is the `
    + `other way round. If you mean ${rule.verdict}, put the general rule first; if you mean ${other.verdict}, remove the specific one.${more}`
  ]
}
