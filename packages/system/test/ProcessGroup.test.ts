import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as ProcessGroup from "../src/ProcessGroup.ts"
import * as ProcessId from "../src/ProcessId.ts"

/** Starts a shell line that prints process IDs, and returns them once all have been printed. */
const start = (line: string, count: number) =>
  Effect.gen(function*() {
    const child = spawn("sh", ["-c", line], { detached: true, stdio: ["ignore", "pipe", "ignore"] })
    const pids = yield* Effect.async<ReadonlyArray<number>>((resume) => {
      let text = ""
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        text += piece
        const found = text.trim().split("\n").map(Number)
        if (found.length === count) resume(Effect.succeed(found))
      })
    })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const pid of [child.pid!, ...pids]) {
          try {
            process.kill(pid, "SIGKILL")
          } catch {
            // It has ended.
          }
        }
      })
    )
    return { child, pids }
  })

const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

// Processes use the real clock.
layer(NodeContext.layer, { excludeTestServices: true })("A process group", (it) => {
  it.scoped("ends with all of its descendants, including those that ignore signals or have left the group", () =>
    Effect.gen(function*() {
      const stubborn = "trap \"\" TERM; echo $$; while :; do sleep 0.1; done"
      const { child, pids } = yield* start(
        `sh -c '${stubborn}' & setsid sh -c '${stubborn}' & sleep 60 & echo $!; wait`,
        3
      )
      const group = ProcessGroup.of(child.pid)
      assert.isFalse(yield* group.hasEnded("50 millis"))
      yield* group.end("200 millis")
      assert.deepStrictEqual(pids.map(isAlive), [false, false, false])
      assert.isTrue(yield* group.hasEnded("0 millis"))
    }))

  it.scoped("has a grace period to end by itself", () =>
    Effect.gen(function*() {
      const { child } = yield* start("trap 'sleep 0.3; exit 7' TERM; echo $$; while :; do sleep 0.05; done", 1)
      const ended = once(child, "exit")
      yield* ProcessGroup.of(child.pid).end("10 seconds")
      assert.deepStrictEqual(yield* Effect.promise(() => ended), [7, null])
    }))

  it.effect("that was never started counts as ended", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* ProcessGroup.of(undefined).hasEnded("1 second"))
      yield* ProcessGroup.of(undefined).end("1 second")
    }))

  it.scoped("is running as long as its leader or a member is", () =>
    Effect.gen(function*() {
      const self = yield* ProcessId.of(process.pid)
      const { child, pids } = yield* start("sleep 60 & echo $!; sleep 60", 1)
      const leader = yield* ProcessId.of(child.pid!)
      const state = ProcessGroup.state(leader, self, Date.now())
      assert.strictEqual(yield* state, "running")
      assert.strictEqual(yield* ProcessGroup.state({ ...leader, start: "1" }, self, Date.now()), "ended")
      assert.strictEqual(yield* ProcessGroup.state({ ...leader, boot: "another" }, self, Date.now()), "unknown")
      child.kill("SIGKILL")
      yield* Effect.promise(() => once(child, "exit"))
      assert.strictEqual(yield* ProcessId.state(leader, self, Date.now()), "ended")
      assert.strictEqual(yield* state, "running")
      // The other `sleep`, whose ID the shell does not print, ends with the group.
      yield* ProcessGroup.of(child.pid).end("1 second")
      assert.isFalse(isAlive(pids[0]!))
      assert.strictEqual(yield* state, "ended")
    }))
})
