import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawn } from "node:child_process"
import { cpSync, readdirSync, readFileSync, renameSync } from "node:fs"
import { dirname, join } from "node:path"
import { bin, node, readCodeCache } from "../BuiltCli.ts"
import { keys } from "../Terminal.ts"
import { says, start } from "./ScreenOnSandbox.ts"

/** A copy of the built command without a chunk, by default the one that has everything behind the prompt; it is in `moved`. */
const withoutChunk = (directory: string, missing = "openedScreen") => {
  const dist = join(directory, "dist")
  cpSync(dirname(bin), dist, { recursive: true })
  const name = readdirSync(join(dist, "program")).find((name) => name.startsWith(`${missing}-`))!
  const chunk = join(dist, "program", name)
  const moved = join(directory, name)
  renameSync(chunk, moved)
  return { program: [node, join(dist, "bin.js")] as const, chunk, moved }
}

/** The program waits for this chunk until `load` is run. */
const slowly = (directory: string) => {
  const { chunk, moved, program } = withoutChunk(directory)
  execFileSync("mkfifo", [chunk])
  return {
    program,
    // In a process of its own: opening the pipe waits for its reader, which may have ended.
    load: Effect.acquireRelease(
      Effect.sync(() => spawn("sh", ["-c", "cat \"$0\" > \"$1\"", moved, chunk])),
      (child) => Effect.sync(() => child.kill())
    )
  }
}

const prompt = /^› *\n[^]*starting$/m

layer(NodeContext.layer)("The prompt before the rest of the screen is loaded", (it) => {
  it.scoped("takes what is typed, also the Enter that sends it", () =>
    Effect.gen(function*() {
      const { home, launch, sandbox } = yield* start({ script: [{ blocks: [says("Hello to you.")] }] })
      const { load, program } = slowly(home.home)
      const terminal = yield* launch([], { program })
      yield* terminal.see(prompt)
      assert.notInclude(terminal.everything(), "/help lists commands")
      yield* terminal.write(`Say hello${keys.enter}and then`)
      yield* load
      yield* terminal.see(/› Say hello[^]*Hello to you\.[^]*› and then *\n[^]*ready/)
      assert.include(terminal.everything(), "/help lists commands")
      assert.lengthOf((yield* sandbox.requests).filter(({ method }) => method === "POST"), 1)
    }))

  it.scoped("leaves nothing on the terminal if Ctrl-C ends the program", () =>
    Effect.gen(function*() {
      const { home, launch } = yield* start({})
      const { load, program } = slowly(home.home)
      const terminal = yield* launch([], { program })
      yield* terminal.see(prompt)
      yield* terminal.write(`A draft${keys.ctrl("c")}`)
      yield* load
      assert.strictEqual(yield* terminal.exited, 130)
      assert.strictEqual(terminal.everything(), "")
    }))

  it.scoped("gives way to the error if the rest cannot be loaded", () =>
    Effect.gen(function*() {
      const { home, launch } = yield* start({})
      const { program } = withoutChunk(home.home)
      const terminal = yield* launch([], { program })
      assert.strictEqual(yield* terminal.exited, 1)
      assert.match(terminal.raw(), /› [^]*Part of the program could not be loaded/)
      assert.match(terminal.everything(), /^error: Part of the program could not be loaded/)
      assert.notInclude(terminal.everything(), "›")
    }))

  it.scoped("comes before the model, the session and the tools are loaded", () =>
    Effect.gen(function*() {
      const { home, launch } = yield* start({})
      // The first of the parts that are loaded after the prompt.
      const { program } = withoutChunk(home.home, "bedrock")
      const cache = join(home.home, "new-cache")
      const terminal = yield* launch([], { program, env: { XDG_CACHE_HOME: cache } })
      assert.strictEqual(yield* terminal.exited, 1)
      assert.match(terminal.raw(), /› [^]*Part of the program could not be loaded/)
      // A process writes compiled code of what it has loaded.
      const names = [...readCodeCache(join(cache, "altimate-code/code")).keys()]
      const text = names.map((name) => readFileSync(join(dirname(bin), "program", name), "utf8")).join("")
      // A little more than today.
      assert.isAtMost(names.length, 65)
      assert.isAtMost(text.length, 840_000)
      assert.notInclude(text, "~@effect/ai/Prompt")
    }))
})
