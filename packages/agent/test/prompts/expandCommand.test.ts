import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import * as CommandTemplate from "../../src/prompts/CommandTemplate.ts"
import * as ExpandCommand from "../../src/prompts/ExpandCommand.ts"
import { makeSessions } from "../sessions.ts"
import { makeProject } from "../workspace.ts"

describe("The prompt of a custom command", () => {
  it.scopedLive("keeps apart what its command lines have printed", () =>
    Effect.gen(function*() {
      const { root, workspace } = yield* makeProject
      const { sessions } = yield* makeSessions
      const session = yield* sessions.create(root)
      const command = {
        name: "issue",
        description: "",
        argumentHint: "",
        path: "issue.md",
        text: "",
        source: { directory: root },
        segments: CommandTemplate.parse("See @notes.md and @!`echo '@~/passport.jpg'` for $1."),
        ignored: []
      }
      const expanded = yield* Effect.provide(
        ExpandCommand.expand(command, CommandTemplate.fromWords(["@a.png"]), session),
        Layer.mergeAll(
          workspace,
          Layer.provideMerge(PermissionPolicy.layer, PermissionRules.layer("allow")),
          Approver.declineAll("Nobody.")
        )
      )
      assert.strictEqual(expanded.prompt, "See @notes.md and @@~/passport.jpg for @a.png.")
      assert.strictEqual(expanded.written, "See @notes.md and @\n for @a.png.")
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("is confirmed before a command line runs, but not if one is denied anyway", () =>
    Effect.gen(function*() {
      const { root, workspace } = yield* makeProject
      const { sessions } = yield* makeSessions
      const session = yield* sessions.create(root)
      const command = {
        name: "run",
        description: "",
        argumentHint: "",
        path: "run.md",
        text: "",
        source: { directory: root },
        segments: CommandTemplate.parse("One !`echo one` and two !`echo two`."),
        ignored: []
      }
      const expand = (policy: Layer.Layer<PermissionPolicy.PermissionPolicy>) => {
        let confirmed = 0
        const confirm = Effect.suspend(() => Effect.fail(`confirmed ${++confirmed}`))
        return ExpandCommand.expand(command, CommandTemplate.fromWords([]), session, confirm).pipe(
          Effect.flip,
          Effect.map((error) => [typeof error === "string" ? error : error.message, confirmed] as const),
          Effect.provide(Layer.mergeAll(workspace, policy, Approver.declineAll("Nobody.")))
        )
      }
      const policy = Layer.provideMerge(PermissionPolicy.layer, PermissionRules.layer("allow"))
      assert.deepStrictEqual(yield* expand(policy), ["confirmed 1", 1])
      const planning = Layer.provide(PermissionPolicy.withModes("plan"), policy)
      const [message, confirmed] = yield* expand(planning)
      assert.include(message, "\"echo one\" may not run. This is not allowed: plan mode is on")
      assert.strictEqual(confirmed, 0)
    }).pipe(Effect.provide(NodeContext.layer)))
})
