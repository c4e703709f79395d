import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { bin, codeCache, guideConfig, makeHome, node } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "crash-token" }

const run = (id: string) =>
  ({ type: "toolUse", toolUseId: id, name: "bash", input: { command: `echo ${id} >> ran; sleep 0.15` } }) as const

/** Two steps with calls, and an answer that streams for a while. */
const script: Script = [
  {
    blocks: [{ type: "text", text: ["I ", "start."] }, run("one"), run("two")],
    delays: { betweenEvents: 15 }
  },
  { blocks: [run("three")], delays: { betweenEvents: 15 } },
  { blocks: [{ type: "text", text: ["It ", "is ", "all ", "done", "."] }], delays: { betweenEvents: 40 } }
]

const lines = (file: string) =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter((line) => line !== "") : []

const sessionFiles = (home: string) => {
  const directory = join(home, ".local/share/altimate-code/session")
  return existsSync(directory)
    ? readdirSync(directory).filter((name) => name.endsWith(".jsonl")).map((name) => join(directory, name))
    : []
}

/** Starts a turn and kills it the hard way as soon as its session has so many lines, and then some milliseconds. */
const killedAt = (home: string, count: number, later: number) =>
  Effect.async<NodeJS.Signals | null>((resume) => {
    const child = spawn(node, [bin, "run", "--yolo", "begin"], {
      cwd: home,
      env: { PATH: process.env["PATH"], HOME: home, XDG_CACHE_HOME: codeCache, ...token },
      stdio: "ignore"
    })
    let killing = false
    const watch = setInterval(() => {
      const [file] = sessionFiles(home)
      if (killing || file === undefined || lines(file).length < count) return
      killing = true
      setTimeout(() => child.kill("SIGKILL"), later)
    }, 2)
    child.on("close", (_code, signal) => {
      clearInterval(watch)
      resume(Effect.succeed(signal))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Whole turns have about 11 lines: header, prompt, three answers, three starts, three results. */
const points = [1, 2, 3, 4, 5, 7, 10].map((count, index) => [count, index % 2 === 0 ? 60 : 0] as const)

layer(NodeContext.layer)("kill -9", (it) => {
  for (const [count, later] of points) {
    it.scoped(
      `${later} ms after line ${count} of a session loses nothing and repeats nothing`,
      () =>
        Effect.gen(function*() {
          const home = yield* makeHome
          const first = yield* Sandbox.make({ script })
          yield* home.writeGlobalConfig(guideConfig(first.url))
          const signal = yield* killedAt(home.home, count, later)
          // The last lines follow each other quickly, and then the process ends on its own.
          if (count < 9) assert.strictEqual(signal, "SIGKILL")
          const [file] = sessionFiles(home.home)
          assert.isDefined(file)
          const before = lines(file!)
          const ranBefore = lines(join(home.home, "ran"))

          const second = yield* Sandbox.make()
          yield* home.writeGlobalConfig(guideConfig(second.url))
          const resumed = yield* home.run(["run", "--continue", "--yolo", "go on"], { env: token })
          assert.strictEqual(resumed.code, 0, resumed.stderr)

          assert.deepStrictEqual(sessionFiles(home.home), [file!])
          const after = lines(file!)
          const whole = readFileSync(file!, "utf8")
          for (const line of after) JSON.parse(line)
          assert.isTrue(whole.endsWith("\n"))
          const kept = before.filter((line) => isJson(line))
          assert.deepStrictEqual(after.slice(0, kept.length), kept)

          const ran = lines(join(home.home, "ran"))
          assert.strictEqual(new Set(ran).size, ran.length, "a command ran twice")
          assert.deepStrictEqual(ran.slice(0, ranBefore.length), ranBefore)

          const request = (yield* second.requests)[0]!.body as {
            messages: ReadonlyArray<{ role: string; content: ReadonlyArray<Record<string, { toolUseId: string }>> }>
          }
          const blocks = request.messages.flatMap(({ content }) => content)
          const asked = blocks.flatMap(({ toolUse }) => toolUse === undefined ? [] : [toolUse.toolUseId])
          const answered = blocks.flatMap(({ toolResult }) => toolResult === undefined ? [] : [toolResult.toolUseId])
          assert.deepStrictEqual(answered, asked)
          // Calls in progress are reported to the model as interrupted, and only requested calls were run.
          for (const id of ran) assert.include(asked, id)
          // Before anything else, running calls are reported as interrupted and the others as not run.
          const parsed = (texts: ReadonlyArray<string>) =>
            texts.map((line) => JSON.parse(line) as { type: string; id: string })
          const idsOf = (type: string) => parsed(kept).filter((line) => line.type === type).map(({ id }) => id)
          const done = idsOf("tool-result")
          const running = idsOf("tool-start").filter((id) => !done.includes(id))
          const told = after.slice(kept.length).filter((line) => line.includes("\"outcome\":\"interrupted\""))
          assert.includeMembers(parsed(told).map(({ id }) => id), running)
          for (const line of told) {
            const { id } = JSON.parse(line) as { id: string }
            assert.include(line, running.includes(id) ? "It may have had effects" : "was not run")
          }
        })
    )
  }
})

const isJson = (line: string) => {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
