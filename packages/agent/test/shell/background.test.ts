/** Commands in the background, with the real shell. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, utimesSync } from "node:fs"
import { startInBackground } from "../../src/internal/shell/run/backgroundCommand.ts"
import { Workspace } from "../../src/Workspace.ts"
import { makeProject, makeTools, refusing, toPrograms } from "../workspace.ts"

const noFiles = { directories: [], names: [] }

/** A dead process that nobody has fetched yet still has its number. */
const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

const until = (isSo: () => boolean, what: string) =>
  Effect.repeat(Effect.delay(Effect.sync(isSo), "20 millis"), { until: (isSo) => isSo }).pipe(
    Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => new Error(`${what} did not come`) })
  )

const pidIn = (file: string) =>
  Effect.as(until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"), file), undefined).pipe(
    Effect.map(() => Number(readFileSync(file, "utf8")))
  )

// Processes live by the real clock.
const test = (
  name: string,
  body: Effect.Effect<void, unknown, NodeContext.NodeContext | Scope.Scope>
) => it.scopedLive(name, () => Effect.provide(body, NodeContext.layer))

type Tools = Effect.Effect.Success<ReturnType<typeof makeTools>>

const start = ({ use }: Tools, command: string) => use("bash", { command, background: true })
const read = ({ use }: Tools, id = "b1") => use("tasks", { action: "read", id })

/** Reads until the text fits, and returns all that was read. */
const readUntil = (tools: Tools, pattern: RegExp, id = "b1") =>
  Effect.gen(function*() {
    let all = ""
    while (!pattern.test(all)) {
      all += `${(yield* read(tools, id)).text}\n`
      yield* Effect.sleep("30 millis")
    }
    return all
  }).pipe(Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => new Error(`${pattern} did not come`) }))

describe("A background command", () => {
  test(
    "starts at once, and its output is read step by step until its exit code",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      const { beside } = tools
      const started = yield* start(tools, `echo one; until [ -e ${beside}/go ]; do sleep 0.05; done; echo two; exit 3`)
      assert.include(started.text, "background task b1")
      assert.include(yield* readUntil(tools, /one/), "b1: running for")
      assert.include((yield* read(tools)).text, "(no new output)")
      yield* tools.put(`${beside}/go`, "")
      const rest = yield* readUntil(tools, /exit code 3/)
      assert.include(rest, "two")
      assert.notInclude(rest, "one")
      assert.deepStrictEqual(
        tools.lines.flatMap((line) => line.type === "task" ? [line.state] : []),
        ["started", "ended", "reported"]
      )
    })
  )

  for (const [when, command] of [["while it runs", "echo one; sleep 1000"], ["at its end", "printf one"]] as const) {
    test(
      `says that its output can't be stored, even if that ends it (${when})`,
      Effect.gen(function*() {
        const { directory, outputs, root } = yield* Effect.map(
          makeProject,
          ({ outputs, root }) => ({ directory: root, outputs, root })
        )
        const full = () => {
          throw Object.assign(new Error("no space"), { code: "ENOSPC" })
        }
        const makeMasker = () => ({
          next: (text: string) => when === "at its end" ? text.slice(0, 0) : full(),
          end: full
        })
        const process = yield* startInBackground(command).pipe(
          Effect.provideService(Workspace, {
            directory,
            root,
            outputs,
            programFiles: noFiles,
            ...toPrograms,
            makeMasker
          })
        )
        process.release()
        const ending = yield* Effect.timeout(process.awaitEnd, "10 seconds")
        assert.deepStrictEqual(ending, {
          ending: "The command's output can't be stored: there is no space left on the disk.",
          ok: false
        })
      })
    )
  }

  test(
    "removes outputs that are older than a week",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      const file = (name: string) => `${tools.outputs}/${name}`
      yield* tools.put(file("old.txt"), "old")
      yield* tools.put(file("new.txt"), "new")
      const days = (count: number) => new Date(Date.now() - count * 24 * 60 * 60 * 1000)
      utimesSync(file("old.txt"), days(8), days(8))
      utimesSync(file("new.txt"), days(6), days(6))
      yield* start(tools, "true")
      assert.deepStrictEqual([existsSync(file("old.txt")), existsSync(file("new.txt"))], [false, true])
    })
  )

  test(
    "is announced as such in the question",
    Effect.gen(function*() {
      const tools = yield* makeTools(refusing)
      yield* start(tools, "npm start")
      yield* tools.use("bash", { command: "npm start" })
      assert.deepStrictEqual(tools.asked.map(({ isInBackground }) => isInBackground), [true, undefined])
    })
  )

  test(
    "needs the permission of its parts, and does not start without",
    Effect.gen(function*() {
      const tools = yield* makeTools(refusing)
      const { beside } = tools
      const refused = yield* start(tools, `touch ${beside}/ran; npm test`)
      assert.isTrue(refused.isFailure)
      assert.deepStrictEqual(tools.asked[0]?.parts.map(({ subject }) => subject), [`touch ${beside}/ran`, "npm test"])
      assert.deepStrictEqual(yield* tools.tasks.list, [])
      assert.isFalse(existsSync(`${beside}/ran`))
    })
  )

  test(
    "runs as long as a process of its group, which ends with it",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      const { beside } = tools
      // The shell itself ends immediately.
      yield* start(tools, `(trap '' TERM; sh -c 'echo $$ > ${beside}/child; exec sleep 1000') &`)
      const child = yield* pidIn(`${beside}/child`)
      yield* Effect.sleep("700 millis")
      assert.include((yield* tools.use("tasks", { action: "list" })).text, "b1  running")
      const ended = yield* tools.use("tasks", { action: "end", id: "b1" })
      assert.strictEqual(ended.text, "b1: ended by the model")
      assert.isFalse(isAlive(child))
    })
  )

  test(
    "ends with the session, with processes that have left its group",
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const tools = yield* Scope.extend(makeTools(), scope)
      const { beside, outputs } = tools
      yield* start(
        tools,
        `sh -c 'echo $$ > ${beside}/one; exec sleep 1000' & setsid sh -c 'echo $$ > ${beside}/two; exec sleep 1000' & wait`
      )
      const pids = [yield* pidIn(`${beside}/one`), yield* pidIn(`${beside}/two`)]
      const [task] = yield* tools.tasks.list
      const list = readdirSync(outputs)
      assert.lengthOf(list, 1)
      // The project is removed with the scope, so the file is looked for before.
      yield* Scope.close(scope, Exit.void)
      for (const pid of [...pids, task!.pid]) assert.isFalse(isAlive(pid))
      const last = tools.lines.at(-1)
      assert.include(last, { type: "task", state: "ended", ending: "ended with the session" })
    })
  )

  test(
    "that is kept outlives the session, and can write more than a pipe holds",
    Effect.gen(function*() {
      const outer = yield* makeTools()
      const scope = yield* Scope.make()
      const tools = yield* Scope.extend(makeTools(), scope)
      const done = `${outer.beside}/done`
      yield* start(tools, `sleep 1; head -c 3000000 /dev/zero; echo > ${done}; sleep 1000`)
      const [task] = yield* tools.tasks.list
      yield* Effect.addFinalizer(() => Effect.sync(() => process.kill(-task!.pid, "SIGKILL")))
      yield* tools.tasks.setKept("b1", true)
      yield* Scope.close(scope, Exit.void)
      yield* until(() => existsSync(done), "the end of the output")
      assert.isTrue(isAlive(task!.pid))
    })
  )

  test(
    "has its output cut for the model, cleaned, and bounded however much it writes",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      yield* start(
        tools,
        `printf '\\033[31mred\\033[0m \\007\\377\\0\\n'; yes 0123456789 | head -c 200000; echo the end`
      )
      yield* until(() => Effect.runSync(tools.tasks.list)[0]?.end !== undefined, "its end")
      const { text } = yield* read(tools)
      assert.include(text, "red \u0007\uFFFD")
      assert.include(text, "the end")
      assert.isBelow(text.length, 31_000)
      const [file] = /\S+\.txt/.exec(text) ?? []
      assert.include(readFileSync(file!, "utf8"), "0123456789\n".repeat(1000))
    })
  )

  test(
    "shows an unfinished line, and repeats it once it is complete",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      yield* start(tools, `printf 'Password'; until [ -e ${tools.beside}/go ]; do sleep 0.05; done; echo ' accepted'`)
      assert.include(yield* readUntil(tools, /Password/), "not complete yet")
      yield* tools.put(`${tools.beside}/go`, "")
      yield* readUntil(tools, /Password accepted/)
    })
  )

  test(
    "is one of twenty at most",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      yield* Effect.forEach(Array.from({ length: 20 }), () => start(tools, "sleep 1000"), { concurrency: "unbounded" })
      const refused = yield* start(tools, "sleep 1000")
      assert.isTrue(refused.isFailure)
      assert.include(refused.text, "20 background tasks are running")
      const listed = yield* tools.tasks.list
      assert.strictEqual(new Set(listed.map(({ id }) => id)).size, 20)
    })
  )

  test(
    "that floods neither blocks this program nor fills the memory",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      yield* start(tools, "yes")
      let longest = 0
      let last = performance.now()
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
      }, 5)
      yield* Effect.sleep("2 seconds")
      clearInterval(timer)
      assert.isBelow(longest, 500)
      yield* tools.use("tasks", { action: "end", id: "b1" })
    })
  )

  test(
    "that does not exist is reported with those that do",
    Effect.gen(function*() {
      const tools = yield* makeTools()
      assert.include((yield* read(tools, "b7")).text, "There is no background task \"b7\". None has been started.")
      assert.include((yield* tools.use("tasks", { action: "read" })).text, "needs the id")
      yield* start(tools, "sleep 1000")
      assert.include((yield* read(tools, "b7")).text, "Tasks: b1.")
    })
  )
})
