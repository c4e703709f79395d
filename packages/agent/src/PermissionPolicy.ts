/**
 * Which tool call may run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Pattern from "./internal/permission/pattern.ts"
import { meaning, spellings } from "./internal/permission/permissionNames.ts"
import { commandPrefix } from "./internal/shell/commandPrefix.ts"
import * as SensitiveFiles from "./SensitiveFiles.ts"
import type { Action, Judged } from "./ToolCall.ts"

/**
 * `ask`: a person decides.
 *
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
 * Judges what a tool call is about to do.
 *
 * @since 0.1.0
 * @category services
 */
export class PermissionPolicy extends Context.Tag("@altimate-code/agent/PermissionPolicy")<PermissionPolicy, {
  /** `rules` are the configuration's; `granted` is what a person has allowed for this session: it never overrules a "deny". */
  readonly decide: (
    rules: Rules | undefined,
    action: Action,
    granted: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
  ) => Effect.Effect<Decision>
  /**
   * The verdict of every part like this one, whatever its subject is: a search has too many files to decide on each. None, and a
   * policy without this: each has to be decided.
   */
  readonly decideAll?: (
    rules: Rules | undefined,
    part: Omit<Judged, "subject">,
    granted: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
  ) => Effect.Effect<Option.Option<Verdict>>
}>() {}

interface Judgement {
  readonly verdict: Verdict
  readonly because: string
  /** Of the rule that decided. */
  readonly pattern?: string
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const

const stricter = <A extends Judgement>(a: A, b: A): A => strictness[b.verdict] > strictness[a.verdict] ? b : a

/** The most specific first: the longer pattern, and of two that are as long the stricter one. */
const bySpecificity = (a: readonly [string, Verdict, string], b: readonly [string, Verdict, string]): number =>
  b[0].length - a[0].length || strictness[b[1]] - strictness[a[1]]

const ruled = (name: string, pattern: string, verdict: Verdict, { subject }: Judged): Judgement => ({
  pattern,
  verdict,
  because: `permission${name === "*" ? "" : `.${name}`} ${
    JSON.stringify(pattern)
  }: ${verdict}, because of \`${subject}\``
})

/** What is opaque is allowed only by what allows everything, or exactly this. */
const isFor = (pattern: string, verdict: Verdict, { opaque, subject }: Judged): boolean =>
  Pattern.fits(pattern, subject) &&
  (opaque === undefined || verdict !== "allow" || pattern === "*" || Pattern.isExact(pattern))

/** By name the rules that judge this, the tool's own first, `*` last. Names that mean the same have their rules together. */
const rulesFor = (rules: Exclude<Rules, string>, permission: string) => {
  const names = Object.keys(rules)
  const own = names.filter((name) => meaning(name) === permission)
  const others = names
    .filter((name) => !own.includes(name) && spellings(permission).some((spelling) => Pattern.fits(name, spelling)))
    .toSorted((a, b) => b.length - a.length)
  return [own, ...others.map((name) => [name])].map((names) =>
    names.flatMap((name) => {
      const rule = rules[name]!
      return Object.entries(typeof rule === "string" ? { "*": rule } : rule).map((entry) => [...entry, name] as const)
    })
  )
}

const byRules = (rules: Rules, part: Judged): Judgement | undefined => {
  if (typeof rules === "string") return byRules({ "*": rules }, part)
  for (const patterns of rulesFor(rules, part.permission)) {
    const matching = patterns.toSorted(bySpecificity).filter(([pattern, verdict]) => isFor(pattern, verdict, part))
    const [found] = matching
    if (found === undefined) continue
    if (found[1] !== "allow" || mayAllow(found[0], part)) return ruled(found[2], found[0], found[1], part)
    // No rule for files in general allows to change what other programs execute.
    const naming = matching.find(([pattern]) => mayAllow(pattern, part))
    return naming === undefined ? byDefault(part) : ruled(naming[2], naming[0], naming[1], part)
  }
  return undefined
}

const reading = new Set(["read", "glob", "grep", "list"])

/** Tools judge the file itself; of others' calls there is only what the subject says. */
const isSecret = ({ permission, secret, subject }: Judged): boolean =>
  permission === "read" && (secret ?? SensitiveFiles.mayHoldSecrets(subject))

const executedAs = ({ executedAs, permission, subject }: Judged): ReadonlyArray<string> =>
  permission === "edit" ? executedAs ?? SensitiveFiles.executedAs(subject) : []

/** A pattern may allow what other programs execute only when it names it: `*` and `*.yml` do not name `.github/workflows/ci.yml`. */
const mayAllow = (pattern: string, part: Judged): boolean => {
  const names = executedAs(part)
  return names.length === 0 || pattern === Pattern.exactly(part.subject) ||
    Pattern.segments(pattern).some((segment) => names.includes(segment))
}

const byDefault = (part: Judged): Judgement => {
  const { permission, subject } = part
  if (isSecret(part)) return { verdict: "ask", because: `\`${subject}\` may hold secrets` }
  if (executedAs(part).length > 0) return { verdict: "ask", because: `other programs may execute \`${subject}\`` }
  return reading.has(permission)
    ? { verdict: "allow", because: `${permission}, by default: allow, because of \`${subject}\`` }
    : { verdict: "ask", because: `no rule covers ${permission} \`${subject}\`` }
}

/** A pattern that names nothing. */
const isCatchAll = (pattern: string): boolean => /^[*?\s]*$/.test(pattern)

/** The strictest rule that names something else that the part may be or run. */
const byAliases = (rules: Rules, part: Judged): Judgement | undefined =>
  (part.aliases ?? [])
    .flatMap((subject) => byRules(rules, { ...part, subject }) ?? [])
    .filter(({ pattern, verdict }) => verdict !== "allow" && pattern !== undefined && !isCatchAll(pattern))
    .toSorted((a, b) => strictness[b.verdict] - strictness[a.verdict])[0]

/** A command that can't be taken apart may be one that a rule denies or asks for: that it is allowed as any other does not settle it. */
const byWhatItMayBe = (rules: Rules, part: Judged, own: Judgement): Judgement | undefined => {
  if (part.opaque !== true || part.permission !== "bash" || own.verdict !== "allow" || typeof rules === "string") {
    return undefined
  }
  if (own.pattern !== undefined && Pattern.isExact(own.pattern)) return undefined
  const strict = rulesFor(rules, part.permission).flat()
    .find(([pattern, verdict]) => verdict !== "allow" && !isCatchAll(pattern))
  return strict === undefined ? undefined : {
    verdict: "ask",
    because: `\`${part.subject}\` can't be taken apart, so it may run what ${JSON.stringify(strict[0])}: ${
      strict[1]
    } is about`
  }
}

/** The strictest first, and of those the one that says most about the file. */
const byWeight = (
  a: Judgement & { readonly part: Judged },
  b: Judgement & { readonly part: Judged }
): number =>
  strictness[b.verdict] - strictness[a.verdict] ||
  Number(isSecret(b.part) || executedAs(b.part).length > 0) - Number(isSecret(a.part) || executedAs(a.part).length > 0)

/** What "always" means for a part. */
const always = ({ opaque, permission, subject }: Judged): string => {
  switch (permission) {
    case "bash": {
      const prefix = opaque === true ? undefined : commandPrefix(subject)
      return prefix === undefined ? Pattern.exactly(subject) : `${prefix} *`
    }
    case "external_directory": {
      const directory = subject.slice(0, subject.lastIndexOf("/"))
      return directory === "" ? Pattern.exactly(subject) : `${Pattern.exactly(directory)}/*`
    }
    case "edit":
    case "read":
    case "glob":
    case "grep":
      return Pattern.exactly(subject)
    // A tool of a server, whatever its parameters.
    default:
      return "*"
  }
}

/**
 * The strictest verdict of the action's parts. For each part the rules of its own name come first, then those of names with
 * wildcards, `*` last, then the defaults: what only reads is allowed, except files that may hold secrets, and all else is asked for.
 * Among a name's patterns the longest one that fits decides. What other programs execute is allowed only by a pattern that names it.
 * A command that can't be taken apart is asked for where any rule is stricter with some command than the one that allows it.
 *
 * @since 0.1.0
 * @category deciding
 */
export const decide = (
  rules: Rules | undefined,
  action: Action,
  granted: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
): Decision => {
  const judge = (part: Judged): Judgement => {
    const own = (rules === undefined ? undefined : byRules(rules, part)) ?? byDefault(part)
    const others = rules === undefined ? [] : [byAliases(rules, part), byWhatItMayBe(rules, part, own)]
    const judgement = others.filter(Predicate.isNotUndefined).reduce(stricter, own)
    const grant = granted.find(({ pattern, permission }) =>
      permission === part.permission && isFor(pattern, "allow", part) && mayAllow(pattern, part)
    )
    return judgement.verdict === "ask" && grant !== undefined
      ? { verdict: "allow", because: `allowed for this session: ${grant.permission} ${JSON.stringify(grant.pattern)}` }
      : judgement
  }
  const [first, ...rest] = action.judged.map((part) => ({ ...judge(part), part }))
  if (first === undefined) return { verdict: "ask", because: "nothing says what it does", patterns: [] }
  const { because, verdict } = [first, ...rest].toSorted(byWeight)[0]!
  const asked = [first, ...rest].filter((judged) => judged.verdict === "ask")
  const patterns = new Map(asked.map(({ part }) => {
    const pattern = { permission: part.permission, pattern: always(part) }
    return [`${pattern.permission} ${pattern.pattern}`, pattern] as const
  }))
  return { verdict, because, patterns: [...patterns.values()] }
}

/**
 * What `decide` says of every ordinary file that is read, if the rules do not tell one from another.
 *
 * @since 0.1.0
 * @category deciding
 */
export const decideAll = (
  rules: Rules | undefined,
  part: Omit<Judged, "subject">,
  granted: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
): Option.Option<Verdict> => {
  const isOrdinary = part.permission === "read" && part.secret === false
  const patterns = rules === undefined || typeof rules === "string" ? [] : rulesFor(rules, part.permission).flat()
  const isAny = patterns.every(([pattern]) => pattern === "*") &&
    granted.every(({ permission }) => permission !== "read")
  return isOrdinary && isAny
    ? Option.some(decide(rules, { judged: [{ ...part, subject: "any" }], title: "" }, granted).verdict)
    : Option.none()
}

/**
 * The rules as they are; see `decide`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PermissionPolicy> = Layer.succeed(PermissionPolicy, {
  decide: (rules, action, granted) => Effect.sync(() => decide(rules, action, granted)),
  decideAll: (rules, part, granted) => Effect.sync(() => decideAll(rules, part, granted))
})

const askingNobody =
  (decideAll: NonNullable<PermissionPolicy["Type"]["decideAll"]>): typeof decideAll => (rules, part, granted) =>
    Effect.map(decideAll(rules, part, granted), Option.map((verdict) => verdict === "ask" ? "allow" : verdict))

/**
 * A policy that asks nobody: what another one would ask for is allowed, `because` of what the user has set. What is denied stays so.
 *
 * @since 0.1.0
 * @category layers
 */
export const askNobody = (because: string): Layer.Layer<PermissionPolicy, never, PermissionPolicy> =>
  Layer.effect(
    PermissionPolicy,
    Effect.map(PermissionPolicy, (policy) => ({
      decide: (rules, action, granted) =>
        Effect.map(
          policy.decide(rules, action, granted),
          (decision) => decision.verdict === "ask" ? { ...decision, verdict: "allow", because } : decision
        ),
      ...(policy.decideAll === undefined ? {} : { decideAll: askingNobody(policy.decideAll) })
    }))
  )

/**
 * As `askNobody`, because of `--yolo`.
 *
 * @since 0.1.0
 * @category layers
 */
export const yolo: Layer.Layer<PermissionPolicy, never, PermissionPolicy> = askNobody("--yolo")
