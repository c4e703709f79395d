/** Applies the rules, the session's grants and the defaults to an action. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as ExecutedFiles from "../../permission/ExecutedFiles.ts"
import type { Decision, Grant, Rules, Verdict } from "../../permission/PermissionRules.ts"
import * as SecretFiles from "../../permission/SecretFiles.ts"
import type { Action, ActionPart } from "../../tools/ToolCall.ts"
import { findCommandPrefix } from "../shell/commandPrefix.ts"
import * as Pattern from "./pattern.ts"
import { canonicalName, synonymsOf } from "./permissionNames.ts"

interface Judgement {
  readonly verdict: Verdict
  readonly because: string
  /** The pattern of the rule that decided. */
  readonly pattern?: string
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const

const pickStricter = <A extends Judgement>(a: A, b: A): A => strictness[b.verdict] > strictness[a.verdict] ? b : a

/** Longer patterns come first; among patterns of the same length, the stricter one. */
const bySpecificity = (a: readonly [string, Verdict, string], b: readonly [string, Verdict, string]): number =>
  b[0].length - a[0].length || strictness[b[1]] - strictness[a[1]]

const makeJudgement = (name: string, pattern: string, verdict: Verdict, { subject }: ActionPart): Judgement => ({
  pattern,
  verdict,
  because: `the rule permission${name === "*" ? "" : `.${name}`} ${
    JSON.stringify(pattern)
  }: ${verdict} applies to \`${subject}\``
})

/** Only a pattern for everything or for exactly this subject can allow an opaque subject. */
const isApplicable = (pattern: string, verdict: Verdict, { opaque, path, subject }: ActionPart): boolean =>
  Pattern.matches(pattern, path !== undefined && pattern.startsWith("/") ? path : subject) &&
  (opaque === undefined || verdict !== "allow" || pattern === "*" || Pattern.isExact(pattern))

/** Groups the rules for this permission by name: its own name comes first, `*` last. Synonyms share a group. */
const rulesFor = (rules: Exclude<Rules, string>, permission: string) => {
  const names = Object.keys(rules)
  const own = names.filter((name) => canonicalName(name) === permission)
  const others = names
    .filter((name) => !own.includes(name) && synonymsOf(permission).some((spelling) => Pattern.matches(name, spelling)))
    .toSorted((a, b) => b.length - a.length)
  return [own, ...others.map((name) => [name])].map((names) =>
    names.flatMap((name) => {
      const rule = rules[name]!
      return Object.entries(typeof rule === "string" ? { "*": rule } : rule).map((entry) => [...entry, name] as const)
    })
  )
}

const judgeByRules = (rules: Rules, part: ActionPart): Judgement | undefined => {
  if (typeof rules === "string") return judgeByRules({ "*": rules }, part)
  for (const patterns of rulesFor(rules, part.permission)) {
    const matching = patterns.toSorted(bySpecificity).filter(([pattern, verdict]) =>
      isApplicable(pattern, verdict, part)
    )
    const [found] = matching
    if (found === undefined) continue
    if (found[1] !== "allow" || mayAllow(found[0], part)) return makeJudgement(found[2], found[0], found[1], part)
    // A general rule for files does not allow changing what other programs execute.
    const naming = matching.find(([pattern]) => mayAllow(pattern, part))
    return naming === undefined ? judgeByDefault(part) : makeJudgement(naming[2], naming[0], naming[1], part)
  }
  return undefined
}

export const readPermissions: ReadonlySet<string> = new Set(["read", "glob", "grep", "list", "skill"])

/** The built-in tools check the file itself; for other calls only the subject is known. */
const isSecret = ({ permission, secret, subject }: ActionPart): boolean =>
  permission === "read" && (secret ?? SecretFiles.mayContainSecrets(subject))

const executedNames = ({ executedAs, permission, subject }: ActionPart): ReadonlyArray<string> =>
  permission === "edit" ? executedAs ?? ExecutedFiles.namesOf(subject) : []

/** A rule allows changing a file that other programs execute only if it names the file: `*.yml` does not name `.github/workflows/ci.yml`. */
const mayAllow = (pattern: string, part: ActionPart): boolean => {
  const names = executedNames(part)
  return names.length === 0 || pattern === Pattern.escape(part.subject) ||
    pattern === Pattern.escape(part.path ?? "") ||
    Pattern.segments(pattern).some((segment) => names.includes(segment))
}

const judgeByDefault = (part: ActionPart): Judgement => {
  const { permission, subject } = part
  if (isSecret(part)) return { verdict: "ask", because: `\`${subject}\` may contain secrets` }
  if (executedNames(part).length > 0) return { verdict: "ask", because: `other programs may execute \`${subject}\`` }
  if (permission === "tasks") return { verdict: "allow", because: "ending a background task is allowed by default" }
  return readPermissions.has(permission)
    ? { verdict: "allow", because: `reading is allowed by default: ${permission} \`${subject}\`` }
    : { verdict: "ask", because: describeUnruled([subject]) }
}

const maxNamed = 3

/** Names what no rule allows. */
const describeUnruled = (subjects: ReadonlyArray<string>): string => {
  const named = subjects.slice(0, maxNamed).map((subject) => `\`${subject}\``)
  const more = subjects.length - named.length
  return `no rule allows ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}

/** Whether the pattern consists of wildcards only. */
const isCatchAll = (pattern: string): boolean => /^[*?\s]*$/.test(pattern)

/** Finds the strictest rule that names one of the part's aliases. */
const judgeByAliases = (rules: Rules, part: ActionPart): Judgement | undefined =>
  (part.aliases ?? [])
    .flatMap((subject) => judgeByRules(rules, { ...part, subject }) ?? [])
    .filter(({ pattern, verdict }) => verdict !== "allow" && pattern !== undefined && !isCatchAll(pattern))
    .toSorted((a, b) => strictness[b.verdict] - strictness[a.verdict])[0]

/** A command that can't be parsed might run what a stricter rule names, so a general "allow" is not enough. */
const judgeByHiddenCommand = (rules: Rules, part: ActionPart, byName: Judgement): Judgement | undefined => {
  if (part.opaque !== true || part.permission !== "bash" || byName.verdict !== "allow" || typeof rules === "string") {
    return undefined
  }
  if (byName.pattern !== undefined && Pattern.isExact(byName.pattern)) return undefined
  const strict = rulesFor(rules, part.permission).flat()
    .find(([pattern, verdict]) => verdict !== "allow" && !isCatchAll(pattern))
  return strict === undefined ? undefined : {
    verdict: "ask",
    because: `\`${part.subject}\` can't be parsed, so it might run a command that ${JSON.stringify(strict[0])} ${
      strict[1] === "deny" ? "denies" : "asks about"
    }`
  }
}

/** The strictest verdict comes first; among equals, the one whose reason is about the file itself. */
const byWeight = (
  a: Judgement & { readonly part: ActionPart },
  b: Judgement & { readonly part: ActionPart }
): number =>
  strictness[b.verdict] - strictness[a.verdict] ||
  Number(isSecret(b.part) || executedNames(b.part).length > 0) -
    Number(isSecret(a.part) || executedNames(a.part).length > 0)

/**
 * Whether an action about which the user is asked is only an ordinary edit in the project: of a known file that no program executes, that
 * is not likely to contain secrets, and about which no rule asks by name.
 */
const isAcceptableEdit = (judgements: ReadonlyArray<Judgement & { readonly part: ActionPart }>): boolean =>
  judgements.every(({ part, pattern, verdict }) =>
    part.permission === "edit" && part.opaque === undefined && executedNames(part).length === 0 &&
    !SecretFiles.mayContainSecrets(part.subject) &&
    (verdict === "allow" || pattern === undefined || isCatchAll(pattern))
  )

/** Makes the pattern that "always" would allow for a part. It names a file of the project by its absolute path: another project may have one of the same name. */
const makePattern = ({ opaque, path, permission, subject }: ActionPart): string => {
  switch (permission) {
    case "bash": {
      const prefix = opaque === true ? undefined : findCommandPrefix(subject)
      return prefix === undefined ? Pattern.escape(subject) : `${prefix} *`
    }
    case "external_directory": {
      const directory = subject.slice(0, subject.lastIndexOf("/"))
      return directory === "" ? Pattern.escape(subject) : `${Pattern.escape(directory)}/*`
    }
    case "edit":
    case "read":
    case "glob":
    case "grep":
      return Pattern.escape(path ?? subject)
    // An MCP tool with any parameters.
    default:
      return "*"
  }
}

/**
 * Returns the strictest verdict of the action's parts. For each part the rules under its own name come first, then those under names
 * with wildcards (`*` last), then the defaults: reading is allowed, except files that may contain secrets; everything else needs the
 * user's permission. Among the patterns under a name the longest match decides. Files that other programs execute are allowed only by a
 * pattern that names them. A command that can't be parsed needs permission if any rule is stricter than the one that allows it.
 */
export const decide = (
  rules: Rules | undefined,
  action: Action,
  grants: ReadonlyArray<Grant>
): Decision => {
  const splitCommandLine = (part: ActionPart): Judgement => {
    const byName = (rules === undefined ? undefined : judgeByRules(rules, part)) ?? judgeByDefault(part)
    const others = rules === undefined ? [] : [judgeByAliases(rules, part), judgeByHiddenCommand(rules, part, byName)]
    const judgement = others.filter(Predicate.isNotUndefined).reduce(pickStricter, byName)
    const grant = grants.find(({ pattern, permission }) =>
      permission === part.permission && isApplicable(pattern, "allow", part) && mayAllow(pattern, part)
    )
    return judgement.verdict === "ask" && grant !== undefined
      ? { verdict: "allow", because: `allowed for this session: ${grant.permission} ${JSON.stringify(grant.pattern)}` }
      : judgement
  }
  const [first, ...rest] = action.parts.map((part) => ({ ...splitCommandLine(part), part }))
  if (first === undefined) return { verdict: "ask", because: "the tool did not describe the action", patterns: [] }
  const all = [first, ...rest]
  const { because: strictest, verdict } = all.toSorted(byWeight)[0]!
  const asked = all.filter((judgement) => judgement.verdict === "ask")
  const unruled = [...new Set(asked.map(({ part }) => part.subject))].filter((subject) =>
    asked.some(({ because, part }) => part.subject === subject && because === describeUnruled([subject]))
  )
  // All commands of a line, not only the first one.
  const because = unruled.some((subject) => strictest === describeUnruled([subject]))
    ? describeUnruled(unruled)
    : strictest
  const patterns = new Map(asked.map(({ part }) => {
    const pattern = { permission: part.permission, pattern: makePattern(part) }
    return [`${pattern.permission} ${pattern.pattern}`, pattern] as const
  }))
  return {
    verdict,
    because,
    patterns: [...patterns.values()],
    ...(verdict === "ask" && isAcceptableEdit(all) ? { isAcceptableEdit: true } : {})
  }
}

/** Decides on reading any ordinary file; none if the rules or grants distinguish between files. */
export const decideAll = (
  rules: Rules | undefined,
  part: Omit<ActionPart, "subject">,
  grants: ReadonlyArray<Grant>
): Option.Option<Verdict> => {
  const isOrdinary = part.permission === "read" && part.secret === false
  const patterns = rules === undefined || typeof rules === "string" ? [] : rulesFor(rules, part.permission).flat()
  const isAny = patterns.every(([pattern]) => pattern === "*") &&
    grants.every(({ permission }) => permission !== "read")
  return isOrdinary && isAny
    ? Option.some(decide(rules, { parts: [{ ...part, subject: "any" }], title: "" }, grants).verdict)
    : Option.none()
}
