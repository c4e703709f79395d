import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { bundle } from "../../../../test/bundle.ts"
import * as History from "../../src/session/History.ts"
import { faults } from "../conversation.ts"
import { sessionsIn, user } from "../sessions.ts"

/** Answers whether it was killed. */
const play = (script: string, directory: string, count: number) =>
  Effect.promise(async () => {
    const child = spawn(process.execPath, [script, directory, String(count)], { stdio: "inherit" })
    const [code, signal] = await once(child, "exit") as [number | null, string | null]
    assert.isTrue(code === 0 || signal === "SIGKILL")
    return signal === "SIGKILL"
  })

layer(NodeContext.layer, { excludeTestServices: true })("A process that is killed in the middle of a turn", (it) => {
  it.scoped(
    "loses no line, runs nothing twice, and leaves a session that can be resumed",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const temporary = yield* fs.makeTempDirectoryScoped()
        const script = yield* bundle(new URL("process/turn.ts", import.meta.url))
        let wasKilled = true
        // Every second event: those have all kinds but the usage.
        for (let count = 1; wasKilled; count += 2) {
          const directory = `${temporary}/${count}`
          yield* fs.makeDirectory(directory)
          wasKilled = yield* play(script, directory, count)
          const sessions = yield* sessionsIn(`${directory}/session`)
          const [listed] = yield* sessions.list
          const session = yield* sessions.open(listed!.id)
          yield* session.append(user("on"))
          const lines = yield* session.entries
          assert.deepStrictEqual(faults(History.toPrompt(lines)), [], `after ${count} events`)

          const effects = (yield* Effect.orElseSucceed(fs.readFileString(`${directory}/effects`), () => ""))
            .split("\n").filter((line) => line !== "")
          assert.deepStrictEqual(effects, ["a", "b", "c"].slice(0, effects.length))
          const started = lines.flatMap((line) => line.type === "tool-start" ? [line.id] : [])
          assert.deepStrictEqual(started.slice(0, effects.length), ["1", "2", "3"].slice(0, effects.length))
          for (const line of lines) {
            if (line.type !== "tool-result") continue
            const isDone = line.outcome === "ok"
            assert.isTrue(!isDone || effects.length >= Number(line.id))
            const mayHaveEffects = JSON.stringify(line.output).includes("may have had effects")
            assert.strictEqual(mayHaveEffects, !isDone && started.includes(line.id))
          }
          if (!wasKilled) assert.isAbove(count, 10)
        }
      })
  )
})
