/**
 * Which tool call may run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { commandPrefix } from "./internal/commandPrefix.ts"
import * as Pattern from "./internal/pattern.ts"
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
}>() {}

interface Judgement {
  readonly verdict: Verdict
  readonly because: string
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const

const stricter = <A extends Judgement>(a: A, b: A): A => strictness[b.verdict] > strictness[a.verdict] ? b : a

/** The most specific first: the longer pattern, and of two that are as long the stricter one. */
const bySpecificity = (a: readonly [string, Verdict], b: readonly [string, Verdict]): number =>
  b[0].length - a[0].length || strictness[b[1]] - strictness[a[1]]

const ruled = (name: string, pattern: string, verdict: Verdict, { subject }: Judged): Judgement => ({
  verdict,
  because: `permission${name === "*" ? "" : `.${name}`} ${
    JSON.stringify(pattern)
  }: ${verdict}, because of \`${subject}\``
})

/** What is opaque is allowed only by what allows everything, or exactly this. */
const isFor = (pattern: string, verdict: Verdict, { opaque, subject }: Judged): boolean =>
  Pattern.fits(pattern, subject) &&
  (opaque === undefined || verdict !== "allow" || pattern === "*" || Pattern.isExact(pattern))

const byRules = (rules: Rules, part: Judged): Judgement | undefined => {
  if (typeof rules === "string") return ruled("*", "*", rules, part)
  const names = Object.keys(rules)
    .filter((name) => Pattern.fits(name, part.permission))
    .toSorted((a, b) => Number(b === part.permission) - Number(a === part.permission) || b.length - a.length)
  for (const name of names) {
    const rule = rules[name]!
    const patterns = Object.entries(typeof rule === "string" ? { "*": rule } : rule)
    const found = patterns.toSorted(bySpecificity).find(([pattern, verdict]) => isFor(pattern, verdict, part))
    if (found !== undefined) return ruled(name, found[0], found[1], part)
  }
  return undefined
}

const reading = new Set(["read", "glob", "grep", "list"])

/** Files that hold secrets by custom. */
const isEnvironment = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf("/") + 1)
  return name !== ".env.example" && (name.endsWith(".env") || name.startsWith(".env."))
}

const byDefault = ({ permission, subject }: Judged): Judgement => {
  const verdict = reading.has(permission) && !(permission === "read" && isEnvironment(subject)) ? "allow" : "ask"
  return { verdict, because: `${permission}, by default: ${verdict}, because of \`${subject}\`` }
}

/** `/bin/rm` is what the rules call `rm`. */
const byOtherName = (rules: Rules | undefined, part: Judged): Judgement | undefined => {
  const command = /^[^\s"'$`]*\/([^\s/]+(?: [^]*)?)$/.exec(part.subject)
  return part.permission === "bash" && command !== null && rules !== undefined
    ? byRules(rules, { ...part, subject: command[1]! })
    : undefined
}

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
 * wildcards, `*` last, then the defaults: what only reads is allowed, except files such as `.env`, and all else is asked for.
 * Among a name's patterns the longest one that fits decides.
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
    const judgement = stricter(own, byOtherName(rules, part) ?? own)
    const grant = granted.find(({ pattern, permission }) =>
      permission === part.permission && isFor(pattern, "allow", part)
    )
    return judgement.verdict === "ask" && grant !== undefined
      ? { verdict: "allow", because: `allowed for this session: ${grant.permission} ${JSON.stringify(grant.pattern)}` }
      : judgement
  }
  const [first, ...rest] = action.judged.map((part) => ({ ...judge(part), part }))
  if (first === undefined) return { verdict: "ask", because: "nothing says what it does", patterns: [] }
  const { because, verdict } = rest.reduce(stricter, first)
  const asked = [first, ...rest].filter((judged) => judged.verdict === "ask")
  const patterns = new Map(asked.map(({ part }) => {
    const pattern = { permission: part.permission, pattern: always(part) }
    return [`${pattern.permission} ${pattern.pattern}`, pattern] as const
  }))
  return { verdict, because, patterns: [...patterns.values()] }
}

/**
 * The rules as they are; see `decide`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PermissionPolicy> = Layer.succeed(PermissionPolicy, {
  decide: (rules, action, granted) => Effect.sync(() => decide(rules, action, granted))
})

/**
 * A policy that asks nobody: what another one would ask for is allowed. What is denied stays so.
 *
 * @since 0.1.0
 * @category layers
 */
export const yolo: Layer.Layer<PermissionPolicy, never, PermissionPolicy> = Layer.effect(
  PermissionPolicy,
  Effect.map(PermissionPolicy, (policy) => ({
    decide: (rules, action, granted) =>
      Effect.map(
        policy.decide(rules, action, granted),
        (decision) => decision.verdict === "ask" ? { ...decision, verdict: "allow", because: "--yolo" } : decision
      )
  }))
)
