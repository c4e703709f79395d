import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { makeCalls } from "../../src/internal/turn/calls.ts"
import { Approver } from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import { ToolCall, ToolFailure, ToolOutput } from "../../src/tools/ToolCall.ts"
import { makeSessions } from "../sessions.ts"

const Probe = Tool.make("probe", {
  parameters: { subjects: Schema.Array(Schema.String) },
  success: ToolOutput,
  failure: ToolFailure,
  failureMode: "return",
  dependencies: [ToolCall]
})

/** Calls `probe`, which answers with the verdicts about reading, and nobody is there to be asked. */
const called = (name: string, params: object, granted: ReadonlyArray<string> = []) =>
  Effect.gen(function*() {
    const { sessions } = yield* makeSessions
    const session = yield* sessions.create("/project")
    for (const pattern of granted) {
      yield* session.append({ type: "grant", permission: "read", pattern, time: "" })
    }
    const toolkit = Toolkit.make(Probe)
    const withHandlers = yield* Effect.provide(
      toolkit,
      toolkit.toLayer({
        probe: ({ subjects }) =>
          Effect.gen(function*() {
            const { verdicts } = yield* ToolCall
            const found = yield* verdicts(subjects.map((subject) => ({ permission: "read", subject })))
            return { content: [{ type: "text" as const, text: found.join() }], summary: "" }
          })
      })
    )
    const calls = yield* makeCalls({
      session,
      toolkit: withHandlers,
      emit: () => Effect.void
    })
    yield* calls.run([{ type: "tool-call", id: "1", name, params, providerExecuted: false } as never])
    return (yield* session.entries).flatMap((line) =>
      line.type === "tool-result" ? line.output.content.map((part) => part.type === "text" ? part.text : "") : []
    )
  }).pipe(Effect.provide(Layer.mergeAll(
    PermissionPolicy.layer,
    PermissionRules.layer({ read: { "*": "allow", "secrets/*": "deny", "*.key": "ask" } }),
    Layer.succeed(Approver, { ask: () => Effect.dieMessage("nobody is asked") })
  )))

layer(NodeContext.layer)("a call", (it) => {
  it.scoped("is a call of an unknown tool if its name is a property of every object", () =>
    Effect.gen(function*() {
      for (const name of ["constructor", "toString", "__proto__"]) {
        assert.deepStrictEqual(yield* called(name, {}), [`There is no tool ${JSON.stringify(name)}.`])
      }
    }))

  it.scoped("gets verdicts from rules and grants without asking the user", () =>
    Effect.gen(function*() {
      const subjects = ["a", "secrets/b", "c.key", "d.key"]
      assert.deepStrictEqual(yield* called("probe", { subjects }, ["c.key", "secrets/b"]), ["allow,deny,allow,ask"])
    }))
})
