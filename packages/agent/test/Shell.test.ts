import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { spawnSync } from "node:child_process"
import * as Shell from "../src/Shell.ts"
import { makeProject, makeTools } from "./workspace.ts"

const makeShell = Effect.map(makeProject, (project) => ({
  ...project,
  run: (command: string, timeout: Duration.DurationInput = "20 seconds") =>
    Effect.provide(Shell.run({ command, timeout }), project.workspace)
}))

/** A dead process that nobody has fetched yet still has its number. */
const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

/** Waits for a file that a command writes its process ID to. */
const pidIn = (file: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const read = Effect.orElseSucceed(fs.readFileString(file), () => "")
    return Number(
      yield* Effect.repeat(Effect.zipLeft(read, Effect.sleep("5 millis")), { until: (text) => text.endsWith("\n") })
    )
  })

// Processes live by the real clock.
const test = (
  name: string,
  body: Effect.Effect<void, unknown, NodeContext.NodeContext | Scope.Scope>
) => it.scopedLive(name, () => Effect.provide(body, NodeContext.layer))

describe("A command", () => {
  test(
    "runs in the project, without input, and its output is in order and plain",
    Effect.gen(function*() {
      const { root, run } = yield* makeShell
      const result = yield* run("pwd; cat; echo err >&2; printf '\\033[31mred\\033[0m\\n'; printf 'a\\377b'")
      assert.deepStrictEqual(result, { ending: "exit code 0", ok: true, output: `${root}\nerr\nred\na\uFFFDb` })
    })
  )

  test(
    "does not get the token, and nobody is asked by it",
    Effect.gen(function*() {
      const { run } = yield* makeShell
      const before = process.env["AWS_BEARER_TOKEN_BEDROCK"]
      yield* Effect.acquireRelease(
        Effect.sync(() => void (process.env["AWS_BEARER_TOKEN_BEDROCK"] = "the-token")),
        () =>
          Effect.sync(() => {
            if (before === undefined) delete process.env["AWS_BEARER_TOKEN_BEDROCK"]
            else process.env["AWS_BEARER_TOKEN_BEDROCK"] = before
          })
      )
      const { output } = yield* run("env")
      assert.notInclude(output, "the-token")
      const lines = output.split("\n")
      for (const line of ["TERM=dumb", "NO_COLOR=1", "PAGER=cat", "GIT_TERMINAL_PROMPT=0"]) assert.include(lines, line)
    })
  )

  test(
    "says how it ended",
    Effect.gen(function*() {
      const { run } = yield* makeShell
      assert.strictEqual((yield* run("exit 3")).ending, "exit code 3")
      assert.strictEqual((yield* run("kill -9 $$")).ending, "ended by SIGKILL")
      assert.isFalse((yield* run("exit 3")).ok)
    })
  )

  test(
    "is ended in time with all that it started, though they do not want to",
    Effect.gen(function*() {
      const { at, run } = yield* makeShell
      const stubborn =
        "trap '' TERM; (trap '' TERM; while :; do sleep 0.1; done) & echo $! > pid; wait; while :; do sleep 0.1; done"
      const result = yield* run(stubborn, "500 millis")
      assert.strictEqual(result.ending, "stopped after 500ms")
      assert.isFalse(isAlive(yield* pidIn(at("pid"))))
    })
  )

  test(
    "is ended with all that it started when the turn is interrupted",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, outputs, run } = yield* makeShell
      const fiber = yield* Effect.fork(run("sleep 60 & echo $! > pid; sleep 60"))
      const pid = yield* pidIn(at("pid"))
      assert.isTrue(isAlive(pid))
      yield* Fiber.interrupt(fiber)
      assert.isFalse(isAlive(pid))
      assert.deepStrictEqual(yield* fs.readDirectory(outputs), [])
    })
  )

  // Elsewhere nobody says who started whom.
  if (process.platform === "linux") {
    test(
      "is ended with what has left its process group, too",
      Effect.gen(function*() {
        const { at, run } = yield* makeShell
        const fiber = yield* Effect.fork(run("setsid sh -c 'echo $$ > pid; trap \"\" TERM; sleep 60' & sleep 60"))
        const pid = yield* pidIn(at("pid"))
        assert.isTrue(isAlive(pid))
        yield* Fiber.interrupt(fiber)
        assert.isFalse(isAlive(pid))
      })
    )
  }

  test(
    "does not wait for what it leaves in the background",
    Effect.gen(function*() {
      const { at, run } = yield* makeShell
      const result = yield* run("sleep 60 & echo $! > pid; echo done")
      assert.deepStrictEqual(result, { ending: "exit code 0", ok: true, output: "done\n" })
      process.kill(yield* pidIn(at("pid")))
    })
  )

  test(
    "keeps the whole of a long output for its owner, and shows its ends",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { outputs, run } = yield* makeShell
      const { output, whole } = yield* run("seq 1 20000")
      assert.isTrue(output.startsWith("1\n2\n"))
      assert.isTrue(output.endsWith("\n20000\n"))
      assert.isBelow(output.length, 30_500)
      assert.include(output, whole!)
      assert.strictEqual((yield* fs.stat(whole!)).mode & 0o777, 0o600)
      assert.strictEqual(
        yield* fs.readFileString(whole!),
        [...Array(20_000).keys()].map((index) => `${index + 1}\n`).join("")
      )
      yield* run("echo short")
      assert.strictEqual((yield* fs.readDirectory(outputs)).length, 1)
    })
  )
})

describe("What is kept of a command", () => {
  test(
    "is removed when the next one is kept, a week later",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { outputs, run } = yield* makeShell
      const day = 24 * 60 * 60
      const now = Date.now() / 1000
      yield* fs.makeDirectory(outputs)
      for (const [name, days] of [["old.txt", 8], ["young.txt", 6], ["other", 8]] as const) {
        yield* fs.writeFileString(`${outputs}/${name}`, "")
        yield* fs.utimes(`${outputs}/${name}`, now - days * day, now - days * day)
      }
      yield* run("echo short")
      assert.sameMembers(yield* fs.readDirectory(outputs), ["old.txt", "young.txt", "other"])
      const { whole } = yield* run("seq 1 20000")
      assert.sameMembers(
        (yield* fs.readDirectory(outputs)).map((name) => `${outputs}/${name}`),
        [`${outputs}/young.txt`, `${outputs}/other`, whole!]
      )
    })
  )
})

describe("The bash tool", () => {
  test(
    "shows exactly the command, judges its parts, and tells the model of a failure",
    Effect.gen(function*() {
      const { asked, use } = yield* makeTools()
      const answer = yield* use("bash", { command: "echo no > out.txt && false" })
      assert.deepStrictEqual(answer, { isFailure: true, text: "(no output)\n\n(exit code 1)" })
      assert.deepStrictEqual(asked[0]?.preview, { type: "command", text: "echo no > out.txt && false" })
      const parts = asked[0]?.judged.map(({ permission, subject }) => `${permission}: ${subject}`)
      assert.includeMembers([...parts!], ["bash: false", "edit: out.txt"])
    })
  )
})
