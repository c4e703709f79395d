import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { bin, guideConfig, makeHome } from "./BuiltCli.ts"

/** The chunks that a command line loads, as text: a process without compiled code writes it for each of them. */
const loaded = Effect.fn(function*(args: ReadonlyArray<string>, baseURL = "https://gateway.test") {
  const { home, spawn, writeGlobalConfig } = yield* makeHome
  yield* writeGlobalConfig(guideConfig(baseURL))
  const cache = join(home, ".cache")
  const { code, stderr } = yield* spawn(args, {
    env: { AWS_BEARER_TOKEN_BEDROCK: "bundle-token-123", XDG_CACHE_HOME: cache }
  })
  assert.strictEqual(code, 0, stderr)
  const directory = join(cache, "altimate-code/code")
  const names = existsSync(directory)
    ? readdirSync(directory).flatMap((name) => readdirSync(join(directory, name)))
    : []
  return { names, text: names.map((name) => readFileSync(join(program, name), "utf8")).join("") }
})

const program = join(dirname(bin), "program")

/** Strings of their own that survive minifying. */
const marks = {
  sdk: "AmazonBedrockFrontendService",
  chain: "169.254.170.2",
  model: "~@effect/ai/Prompt",
  screen: "Nothing is saved until it works.",
  telemetry: "effect-opentelemetry-",
  sandbox: "The security token included in the request is invalid"
}

layer(NodeContext.layer)("the bundle", (it) => {
  it.effect("contains the markers that the next tests look for", () =>
    Effect.sync(() => {
      const all = readdirSync(program).map((name) => readFileSync(join(program, name), "utf8")).join("")
      for (const mark of Object.values(marks)) assert.include(all, mark)
    }))

  it.effect("runs on its own", () =>
    Effect.sync(() => {
      assert.isTrue(readFileSync(bin, "utf8").startsWith("#!/usr/bin/env node\n"))
      assert.strictEqual(statSync(bin).mode & 0o111, 0o111)
    }))

  for (const args of [["--version"], ["--help"], ["run", "--help"], ["session", "ls", "-h"]]) {
    it.scoped(`loads nothing of the program for ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* loaded(args)).names, [])
      }))
  }

  // A little more than today. What takes more is loaded when it is needed: `import()` where it is used.
  const limits = [
    { args: ["providers", "list"], chunks: 37, kilobytes: 684 },
    { args: ["config", "show"], chunks: 37, kilobytes: 684 },
    { args: ["run", "hello"], chunks: 80, kilobytes: 1366 }
  ]
  for (const { args, chunks, kilobytes } of limits) {
    it.scoped(`loads at most ${chunks} chunks and ${kilobytes} kB for ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Sandbox.make()
        const { names, text } = yield* loaded(args, url)
        assert.isAtMost(names.length, chunks)
        assert.isAtMost(text.length, kilobytes * 1000)
        assert.notInclude(text, marks.telemetry)
      }))
  }

  it.scoped("prints the help of every command as the program itself does", () =>
    Effect.gen(function*() {
      const { run } = yield* makeHome
      const texts: Record<string, string> = JSON.parse(readFileSync(join(dirname(bin), "help.json"), "utf8"))
      assert.isAbove(Object.keys(texts).length, 20)
      for (const [words, text] of Object.entries(texts)) {
        assert.strictEqual((yield* run([...words.split(" ").filter((word) => word !== ""), "--help"])).stdout, text)
      }
    }))

  for (const args of [["providers", "list"], ["config", "show"], ["models"], ["auth", "list"]]) {
    it.scoped(`${args.join(" ")} loads neither the SDK, the chain, the model, the screen, the telemetry nor the sandbox`, () =>
      Effect.gen(function*() {
        const { names, text } = yield* loaded(args)
        assert.isNotEmpty(names)
        for (const mark of Object.values(marks)) assert.notInclude(text, mark)
      }))
  }
})
