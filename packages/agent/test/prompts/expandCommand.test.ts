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
})
