import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { bundle } from "../../../../test/bundle.ts"
import * as History from "../../src/session/History.ts"
import * as Undo from "../../src/session/Undo.ts"
import { sessionsIn } from "../sessions.ts"

/** Answers whether it was killed. */
const play = (script: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" })
    const [code, signal] = await once(child, "exit") as [number | null, string | null]
    assert.isTrue(code === 0 || signal === "SIGKILL")
    return signal === "SIGKILL"
  })

const makeProject = (directory: string) =>
  Effect.sync(() => {
    mkdirSync(`${directory}/project`, { recursive: true })
    for (const name of ["a", "b"]) writeFileSync(`${directory}/project/${name}`, `${name} before`)
  })

/** Undoes the turn, if the session has one, and checks that everything is as it was. */
const undoAndCheck = (directory: string, what: string) =>
  Effect.gen(function*() {
    const sessions = yield* sessionsIn(`${directory}/session`)
    const [listed] = yield* sessions.list
    if (listed !== undefined) {
      const session = yield* sessions.open(listed.id)
      const plan = yield* Undo.plan(session)
      if (Option.isSome(plan)) {
        const fates = yield* Undo.apply(session, plan.value)
        assert.isTrue(fates.every(({ fate }) => fate.type !== "kept" && fate.type !== "failed"), what)
      }
      assert.lengthOf(History.toPrompt(yield* session.entries).content, 0, what)
    }
    for (const name of ["a", "b"]) {
      assert.strictEqual(readFileSync(`${directory}/project/${name}`, "utf8"), `${name} before`, what)
    }
    // A temporary file of a killed write may be left beside it.
    assert.isFalse(existsSync(`${directory}/project/new/c`), what)
  })

layer(NodeContext.layer, { excludeTestServices: true })("A turn can be undone", (it) => {
  it.scoped("even if the program is killed while the turn changes files", () =>
    Effect.gen(function*() {
      const temporary = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
      const script = yield* bundle(new URL("process/undo.ts", import.meta.url))
      let wasKilled = true
      for (let count = 1; wasKilled; count += 3) {
        const directory = `${temporary}/${count}`
        yield* makeProject(directory)
        wasKilled = yield* play(script, directory, "turn", String(count))
        if (!wasKilled) assert.isAbove(count, 10)
        yield* undoAndCheck(directory, `killed before change ${count}`)
      }
    }))

  it.scoped("even if the program is killed while it undoes the turn", () =>
    Effect.gen(function*() {
      const temporary = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
      const script = yield* bundle(new URL("process/undo.ts", import.meta.url))
      const directory = `${temporary}/work`
      yield* makeProject(directory)
      assert.isFalse(yield* play(script, directory, "turn", "0"))
      assert.isTrue(existsSync(`${directory}/project/new/c`))
      cpSync(directory, `${temporary}/start`, { recursive: true })
      let wasKilled = true
      for (let count = 1; wasKilled; count++) {
        rmSync(directory, { recursive: true })
        cpSync(`${temporary}/start`, directory, { recursive: true })
        wasKilled = yield* play(script, directory, "undo", String(count))
        if (!wasKilled) assert.isAbove(count, 8)
        yield* Effect.scoped(undoAndCheck(directory, `killed before change ${count}`))
        // Copies are removed at last, unless the program was killed then.
        if (!wasKilled) {
          const copies = readdirSync(`${directory}/session`).filter((name) => name.endsWith(".copies"))
          assert.deepStrictEqual(copies.flatMap((name) => readdirSync(`${directory}/session/${name}`)), [])
        }
      }
    }))
})
