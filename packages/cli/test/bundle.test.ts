import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { bin, makeHome } from "./BuiltCli.ts"

/** The modules of our bundle that a command line loads, as text; Node itself reports what it opens. */
const loaded = (home: string, args: ReadonlyArray<string>) => {
  const hooks = `
    import { appendFileSync } from "node:fs"
    export const load = (url, context, next) => { appendFileSync(process.env.LOADED, url + "\\n"); return next(url, context) }`
  const register = `
    import { register } from "node:module"
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}))`
  const list = join(home, `loaded-${args.join("-")}`)
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(register)}`, bin, ...args],
    { env: { PATH: process.env["PATH"], HOME: home, LOADED: list }, cwd: home, encoding: "utf8" }
  )
  assert.strictEqual(status, 0, stderr)
  const files = readFileSync(list, "utf8").split("\n").filter((url) => url.startsWith("file:")).map((url) =>
    new URL(url)
  )
  assert.isNotEmpty(files)
  return { files, text: files.map((file) => readFileSync(file, "utf8")).join("") }
}

/** Strings of their own that survive minifying. */
const marks = {
  sdk: "AmazonBedrockFrontendService",
  chain: "169.254.170.2",
  model: "~@effect/ai/Prompt",
  screen: "Nothing is saved until it works.",
  sandbox: "The security token included in the request is invalid"
}

layer(NodeContext.layer)("the bundle", (it) => {
  it.effect("contains the markers that the next tests look for", () =>
    Effect.sync(() => {
      const directory = join(dirname(bin), "chunks")
      const all = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8")).join("")
      for (const mark of Object.values(marks)) assert.include(all, mark)
    }))

  it.effect("runs on its own", () =>
    Effect.sync(() => {
      assert.isTrue(readFileSync(bin, "utf8").startsWith("#!/usr/bin/env node\n"))
      assert.strictEqual(statSync(bin).mode & 0o111, 0o111)
    }))

  it.scoped("loads nothing else for --version", () =>
    Effect.gen(function*() {
      const { home } = yield* makeHome
      // The command's first lines, the version, and a few lines of the bundler's own.
      const { files, text } = loaded(home, ["--version"])
      assert.isAtMost(files.length, 3)
      assert.isBelow(text.length, 4000)
    }))

  for (const args of [["providers", "list"], ["config", "show"], ["models"], ["run", "--help"], ["auth", "list"]]) {
    it.scoped(`${args.join(" ")} loads neither the SDK, the chain, the model, the screen nor the sandbox`, () =>
      Effect.gen(function*() {
        const { home } = yield* makeHome
        const { text } = loaded(home, args)
        for (const mark of Object.values(marks)) assert.notInclude(text, mark)
      }))
  }
})
