import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { splitCommandLine } from "../../src/internal/shell/splitCommandLine.ts"
import { type Mode, modes } from "../../src/permission/PermissionMode.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import type { Rules } from "../../src/permission/PermissionRules.ts"
import type { Action, ActionPart } from "../../src/tools/ToolCall.ts"

const part = (permission: string, subject: string): ActionPart => ({ permission, subject })
const action = (...parts: ReadonlyArray<ActionPart>): Action => ({ parts, title: "" })
const bash = (command: string) => action(...splitCommandLine(command, new Set()))

/** The verdict in each mode, in the order of `modes`. */
const verdicts = (given: Action, options: { readonly rules?: Rules; readonly isYolo?: boolean } = {}) =>
  Effect.forEach(
    modes,
    (mode) =>
      Effect.flatMap(PermissionPolicy.PermissionPolicy, (policy) => policy.decide(given, [])).pipe(
        Effect.map(({ verdict }) => verdict),
        Effect.provide(
          PermissionPolicy.withModes(mode).pipe(
            Layer.provide(
              options.isYolo ? PermissionPolicy.neverAsk("--yolo") : Layer.context<PermissionPolicy.PermissionPolicy>()
            ),
            Layer.provide(PermissionPolicy.layer)
          )
        ),
        Effect.provide(PermissionRules.layer(options.rules))
      )
  )

type Verdicts = readonly [ask: string, acceptEdits: string, plan: string]

const rows: ReadonlyArray<readonly [what: string, action: Action, expected: Verdicts, rules?: Rules]> = [
  ["reading", action(part("read", "a.ts")), ["allow", "allow", "allow"]],
  ["listing", action(part("glob", ".")), ["allow", "allow", "allow"]],
  ["searching", action(part("grep", ".")), ["allow", "allow", "allow"]],
  ["reading a secret", action(part("read", ".env")), ["ask", "ask", "ask"]],
  ["reading what a rule denies", action(part("read", "a.ts")), ["deny", "deny", "deny"], { read: "deny" }],
  [
    "reading outside the project",
    action(part("external_directory", "/x/a"), part("read", "/x/a")),
    ["ask", "ask", "ask"]
  ],
  [
    "reading outside the project where a rule allows it",
    action(part("external_directory", "/x/a"), part("read", "/x/a")),
    ["allow", "allow", "allow"],
    { external_directory: { "/x/*": "allow" } }
  ],
  ["an edit", action(part("edit", "src/a.ts")), ["ask", "allow", "deny"]],
  ["an edit under a general rule", action(part("edit", "src/a.ts")), ["ask", "allow", "deny"], { edit: "ask" }],
  ["an edit that a rule allows", action(part("edit", "src/a.ts")), ["allow", "allow", "deny"], { edit: "allow" }],
  ["an edit that a rule denies", action(part("edit", "src/a.ts")), ["deny", "deny", "deny"], {
    edit: { "*.ts": "deny" }
  }],
  ["everything denied", action(part("edit", "src/a.ts")), ["deny", "deny", "deny"], "deny"],
  [
    "an edit about which a rule asks by name",
    action(part("edit", "db/1.sql")),
    ["ask", "ask", "deny"],
    { edit: { "*": "allow", "*.sql": "ask" } }
  ],
  ["an edit of what CI executes", action(part("edit", ".github/workflows/ci.yml")), ["ask", "ask", "deny"]],
  [
    "an edit of what CI executes, though all is allowed",
    action(part("edit", ".envrc")),
    ["ask", "ask", "deny"],
    "allow"
  ],
  ["an edit of a link to what Git executes", action({ ...part("edit", "x"), executedAs: [".git"] }), [
    "ask",
    "ask",
    "deny"
  ]],
  ["an edit of a secret", action(part("edit", ".env")), ["ask", "ask", "deny"]],
  ["an edit of an unknown file", action({ ...part("edit", "$x"), opaque: true }), ["ask", "ask", "deny"]],
  [
    "an edit outside the project",
    action(part("external_directory", "/x/a"), part("edit", "/x/a")),
    ["ask", "ask", "deny"]
  ],
  [
    "an edit outside the project, in a directory that a rule allows",
    action(part("external_directory", "/x/a"), part("edit", "/x/a")),
    ["ask", "ask", "deny"],
    { external_directory: { "/x/*": "allow" } }
  ],
  ["a command", bash("npm test"), ["ask", "ask", "deny"]],
  ["a command that a rule allows", bash("npm test"), ["allow", "allow", "deny"], { bash: "allow" }],
  ["a command that only reads", bash("git status"), ["allow", "allow", "deny"], { bash: { "git status*": "allow" } }],
  ["a command in the background", bash("sleep 9 &"), ["allow", "allow", "deny"], "allow"],
  ["a command with a redirection", bash("echo x > a.txt"), ["ask", "ask", "deny"], { bash: { "echo *": "allow" } }],
  ["an MCP tool", action(part("tickets_search", "*")), ["ask", "ask", "deny"]],
  ["an MCP tool that a rule allows", action(part("tickets_search", "*")), ["allow", "allow", "deny"], "allow"],
  [
    "an MCP tool with the name of a permission",
    action(part("external_directory", "*")),
    ["allow", "allow", "deny"],
    "allow"
  ],
  ["an unknown action", action(), ["ask", "ask", "deny"]]
]

describe("the modes ask, accept-edits and plan", () => {
  for (const [what, given, expected, rules] of rows) {
    it.effect(`${what}: ${expected.join(", ")}`, () =>
      Effect.map(verdicts(given, rules === undefined ? {} : { rules }), (found) => {
        assert.deepStrictEqual(found, [...expected])
      }))

    it.effect(`${what}, with --yolo: nothing is asked, plan is stricter, and deny rules apply`, () =>
      Effect.map(verdicts(given, { isYolo: true, ...(rules === undefined ? {} : { rules }) }), (found) => {
        assert.deepStrictEqual(found, expected.map((verdict) => verdict === "ask" ? "allow" : verdict))
      }))
  }

  it.effect("can be changed at any time", () =>
    Effect.gen(function*() {
      const { decide, mode } = yield* PermissionPolicy.PermissionPolicy
      const edit = Effect.map(decide(action(part("edit", "a")), []), ({ verdict }) => verdict)
      const found: Array<string> = [yield* edit]
      for (const next of ["plan", "accept-edits", "ask"] as const) {
        yield* SubscriptionRef.set(mode!, next)
        found.push(yield* edit)
      }
      assert.deepStrictEqual(found, ["ask", "deny", "allow", "ask"])
    }).pipe(Effect.provide(PermissionPolicy.withModes("ask")), Effect.provide(PermissionPolicy.layer)))

  it.effect("plan holds whatever another policy allows", () =>
    Effect.gen(function*() {
      const careless = Layer.succeed(PermissionPolicy.PermissionPolicy, {
        decide: () => Effect.succeed({ verdict: "allow", because: "anything goes", patterns: [] })
      })
      const decided = (mode: Mode) =>
        Effect.flatMap(PermissionPolicy.PermissionPolicy, ({ decide }) => decide(action(part("edit", "a")), [])).pipe(
          Effect.provide(Layer.provide(PermissionPolicy.withModes(mode), careless))
        )
      assert.strictEqual((yield* decided("ask")).verdict, "allow")
      const { because, verdict } = yield* decided("plan")
      assert.strictEqual(verdict, "deny")
      assert.include(because, "plan mode")
    }))

  it.effect("grants of the session do not apply in plan mode", () =>
    Effect.gen(function*() {
      const { decide } = yield* PermissionPolicy.PermissionPolicy
      const { verdict } = yield* decide(action(part("edit", "a")), [{ permission: "edit", pattern: "a" }])
      assert.strictEqual(verdict, "deny")
    }).pipe(Effect.provide(PermissionPolicy.withModes("plan")), Effect.provide(PermissionPolicy.layer)))

  it.effect("a search reads the same files in plan mode", () =>
    Effect.gen(function*() {
      const { decideAll } = yield* PermissionPolicy.PermissionPolicy
      const ordinary = { permission: "read", secret: false }
      assert.deepStrictEqual(yield* decideAll!(ordinary, []), Option.some("allow"))
    }).pipe(Effect.provide(PermissionPolicy.withModes("plan")), Effect.provide(PermissionPolicy.layer)))
})
