import * as ProcessId from "@altimate-code/system/ProcessId"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { settleLeftoverTasks } from "../../src/internal/session/leftoverTasks.ts"
import * as TaskRegistry from "../../src/internal/session/taskRegistry.ts"
import type { Line } from "../../src/session/Session.ts"

/** Resumes a session whose kept task is a running process, of which `change` is stored. */
const resume = (change: (id: ProcessId.ProcessId) => ProcessId.ProcessId) =>
  Effect.gen(function*() {
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" })
    yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
    const pid = child.pid!
    const time = new Date().toISOString()
    const lines: Array<Line> = [
      {
        type: "task",
        id: "b1",
        state: "started",
        command: "sleep 1000",
        process: change(yield* ProcessId.of(pid)),
        time
      },
      { type: "task", id: "b1", state: "kept", time }
    ]
    const session = {
      append: (entry: Line) => Effect.sync(() => void lines.push(entry)),
      entries: Effect.sync(() => [...lines])
    }
    const registry = yield* TaskRegistry.make(session)
    const notices = yield* settleLeftoverTasks(session, registry, yield* ProcessId.of(process.pid))
    return { pid, notices, registry, tasks: yield* registry.list }
  })

describe("A kept background task of a resumed session", () => {
  it.scopedLive("is listed again, without its output", () =>
    Effect.gen(function*() {
      const { notices, registry, tasks } = yield* resume((id) => id)
      assert.deepStrictEqual([notices, tasks.map(({ id, isKept }) => [id, isKept])], [[], [["b1", true]]])
      const { output } = yield* registry.read("b1")
      assert.strictEqual(output, "No output available: this command was started before the session was resumed.")
      assert.strictEqual(yield* registry.readTail("b1"), output)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("is only named if its process may be another one with the same ID", () =>
    Effect.gen(function*() {
      const { notices, pid, tasks } = yield* resume((id) => ({ ...id, start: "" }))
      assert.deepStrictEqual(tasks, [])
      assert.deepStrictEqual(notices, [
        `Background task b1 may still be running as process ${pid}: sleep 1000 (to end it: kill -- -${pid})`
      ])
    }).pipe(Effect.provide(NodeContext.layer)))
})
