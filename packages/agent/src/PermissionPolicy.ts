/**
 * Which tool call may run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fits } from "./internal/pattern.ts"
import type { Action, Judged } from "./ToolCall.ts"

/**
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
 * @since 0.1.0
 * @category services
 */
export class PermissionPolicy extends Context.Tag("@altimate-code/agent/PermissionPolicy")<PermissionPolicy, {
  /** `granted` is what a person has allowed for this session; it never overrules a "deny". */
  readonly decide: (
    action: Action,
    granted: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
  ) => Effect.Effect<Decision>
}>() {}

type Grant = { readonly permission: string; readonly pattern: string }

const strictness = { allow: 0, ask: 1, deny: 2 } as const

const stricter = (a: Verdict, b: Verdict): Verdict => strictness[a] >= strictness[b] ? a : b

/** Without a rule: looking is allowed, but not into files that hold secrets by custom; everything else is asked for. */
const defaults: Exclude<Rules, Verdict> = {
  read: { "*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow" },
  glob: "allow",
  grep: "allow"
}

interface Ruling {
  readonly verdict: Verdict
  readonly because: string
}

/** The rules for a name: its own, else those of `*`, else the defaults. */
const rulesFor = (rules: Rules | undefined, permission: string) => {
  if (typeof rules === "string") return { rule: rules, name: "permission" }
  for (const name of [permission, "*"]) {
    const rule = rules !== undefined && Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule !== undefined) return { rule, name: `permission.${name}` }
  }
  return { rule: defaults[permission] ?? ("ask" as const), name: "the default" }
}

const rule = (rules: Rules | undefined, { opaque, permission, subject }: Judged): Ruling => {
  const { name, rule } = rulesFor(rules, permission)
  if (typeof rule === "string") {
    return { verdict: rule, because: name === "the default" ? `${name} for ${permission}` : name }
  }
  const fitting = Object.entries(rule).filter(([pattern]) => opaque ? pattern === "*" : fits(pattern, subject))
  const longest = Math.max(0, ...fitting.map(([pattern]) => pattern.length))
  const best = fitting.filter(([pattern]) => pattern.length === longest)
  if (best.length === 0) return { verdict: "ask", because: `no pattern of ${name} fits` }
  const verdict = best.map(([, verdict]) => verdict).reduce(stricter)
  return { verdict, because: `${name} "${best[0]![0]}"` }
}

/** How many words make a command what it is: `git status`, `npm run build`, but `ls`. */
const words: Readonly<Record<string, number>> = {
  git: 2,
  npm: 2,
  "npm run": 3,
  pnpm: 2,
  "pnpm run": 3,
  yarn: 2,
  "yarn run": 3,
  bun: 2,
  "bun run": 3,
  npx: 2,
  docker: 2,
  "docker compose": 3,
  kubectl: 2,
  aws: 3,
  cargo: 2,
  go: 2,
  make: 2,
  pip: 2,
  uv: 2,
  poetry: 2,
  terraform: 2,
  gh: 3,
  systemctl: 2,
  brew: 2,
  dotnet: 2,
  deno: 2
}

/** What runs anything: only exactly the same may be allowed for good. */
const anything =
  /^(sudo|doas|env|xargs|eval|exec|bash|sh|zsh|dash|ksh|find|ssh|node|deno|bun|python[\d.]*|perl|ruby|php|rm|dd|chmod|chown)$/

/** What "always" would allow. */
const patternFor = ({ opaque, permission, subject }: Judged): Grant => {
  if (permission === "external_directory") {
    return { permission, pattern: `${subject.slice(0, subject.lastIndexOf("/") + 1)}*` }
  }
  if (permission !== "bash" || opaque) return { permission, pattern: subject }
  const [first = "", second = ""] = subject.split(" ")
  if (anything.test(first.split("/").at(-1)!)) return { permission, pattern: subject }
  const count = words[`${first} ${second}`] ?? words[first] ?? 1
  return { permission, pattern: `${subject.split(" ").slice(0, count).join(" ")} *` }
}

/**
 * The verdict of rules on an action: the strictest of all that it consists of. Among the patterns of a name the longest that fits
 * counts, and between two of the same length the stricter. `granted` turns "ask" into "allow", never "deny".
 *
 * @since 0.1.0
 * @category rules
 */
export const decide = (rules: Rules | undefined, { judged }: Action, granted: ReadonlyArray<Grant>): Decision => {
  const rulings = judged.map((part) => {
    const ruling = rule(rules, part)
    const isGranted = granted.some(({ pattern, permission }) =>
      permission === part.permission && (part.opaque ? pattern === part.subject : fits(pattern, part.subject))
    )
    return {
      part,
      ruling: ruling.verdict === "ask" && isGranted
        ? { verdict: "allow" as const, because: "allowed for this session" }
        : ruling
    }
  })
  const verdict = rulings.map(({ ruling }) => ruling.verdict).reduce(stricter, "allow")
  const { part, ruling } = rulings.find(({ ruling }) => ruling.verdict === verdict) ?? {
    part: undefined,
    ruling: { because: "nothing has to be allowed" }
  }
  const subject = part !== undefined && rulings.length > 1 ? `, because of ${part.subject}` : ""
  const asked = rulings.filter(({ ruling }) => ruling.verdict === "ask").map(({ part }) => patternFor(part))
  return {
    verdict,
    because: `${ruling.because}: ${verdict}${subject}`,
    patterns: asked.filter((grant, index) =>
      asked.findIndex(({ pattern, permission }) => pattern === grant.pattern && permission === grant.permission) ===
        index
    )
  }
}

/**
 * The rules of the configuration; without any, the defaults.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (rules: Rules | undefined): Layer.Layer<PermissionPolicy> =>
  Layer.succeed(PermissionPolicy, { decide: (action, granted) => Effect.succeed(decide(rules, action, granted)) })

/**
 * The same, but nobody is asked: what is not denied is allowed.
 *
 * @since 0.1.0
 * @category layers
 */
export const yolo = (rules: Rules | undefined): Layer.Layer<PermissionPolicy> =>
  Layer.succeed(PermissionPolicy, {
    decide: (action, granted) =>
      Effect.sync(() => {
        const decision = decide(rules, action, granted)
        return decision.verdict === "ask" ? { verdict: "allow", because: "--yolo", patterns: [] } : decision
      })
  })
