import * as Prompt from "@effect/ai/Prompt"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as RuntimeFlagsPatch from "effect/RuntimeFlagsPatch"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import * as Tools from "../../src/tools/Tools.ts"
import * as Turn from "../../src/turn/Turn.ts"
import { call, finish, scripted, text } from "../model.ts"
import { makeSessions } from "../sessions.ts"
import { makeProject } from "../workspace.ts"

/** Counts the operations that Effect runs. */
class Counter extends Supervisor.AbstractSupervisor<void> {
  operations = 0
  readonly value = Effect.void
  override onEffect(_fiber: Fiber.RuntimeFiber<unknown, unknown>, _effect: Effect.Effect<unknown, unknown, unknown>) {
    this.operations += 1
  }
}

/** How many operations a turn takes whose first answer calls `read` this many times, each time for another file. */
const countOperations = (calls: number) =>
  Effect.gen(function*() {
    const { sessions } = yield* makeSessions
    const { put, workspace } = yield* makeProject
    const all = Array.from({ length: calls }, (_, index) => index)
    yield* Effect.forEach(all, (index) => put(`${index}.txt`, `file ${index}`), { discard: true })
    const session = yield* sessions.create("/project")
    const model = scripted([
      { parts: [...all.map((index) => call(`${index}`, "read", { path: `${index}.txt` })), finish("tool-calls")] },
      { parts: [...text("Done."), finish("stop")] }
    ])
    const counter = new Counter()
    yield* Effect.flatMap(Tools.toolkit, (toolkit) =>
      Turn.run({ session, input: [Prompt.textPart({ text: "go" })], system: undefined, toolkit, maxSteps: 10 }).pipe(
        Stream.runDrain,
        Effect.supervised(counter),
        Effect.withRuntimeFlagsPatch(RuntimeFlagsPatch.enable(RuntimeFlags.OpSupervision))
      )).pipe(
        Effect.provide(Layer.mergeAll(
          Layer.provide(Tools.layer, workspace),
          model,
          PermissionPolicy.layer,
          PermissionRules.layer("allow"),
          Approver.declineAll("no"),
          Logger.replace(Logger.defaultLogger, Logger.none)
        ))
      )
    assert.lengthOf(
      (yield* session.entries).filter((line) =>
        line.type === "tool-result"
      ),
      calls
    )
    return counter.operations
  })

layer(NodeContext.layer)("a call of a tool", (it) => {
  // A little more than today. Each operation of Effect costs about as much as a system call.
  it.scoped("takes at most 360 operations, however many there are in an answer", () =>
    Effect.gen(function*() {
      const [few, more, many] = [yield* countOperations(10), yield* countOperations(60), yield* countOperations(210)]
      assert.isAtMost((more - few) / 50, 360)
      assert.isAtMost((many - more) / 150, 360)
    }))
})
