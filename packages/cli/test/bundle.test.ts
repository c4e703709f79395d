import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { bin, guideConfig, makeHome, readCodeCache } from "./BuiltCli.ts"

/** The chunks that a command line loads, as text: a process without compiled code writes it for each of them. */
const loaded = Effect.fn(function*(args: ReadonlyArray<string>, baseURL = "https://gateway.test") {
  const { home, spawn, writeGlobalConfig } = yield* makeHome
  yield* writeGlobalConfig(guideConfig(baseURL))
  const cache = join(home, ".cache")
  const { code, stderr } = yield* spawn(args, {
    env: { AWS_BEARER_TOKEN_BEDROCK: "bundle-token-123", XDG_CACHE_HOME: cache }
  })
  assert.strictEqual(code, 0, stderr)
  const names = [...readCodeCache(join(cache, "altimate-code/code")).keys()]
  return { names, text: names.map((name) => readFileSync(join(program, name), "utf8")).join("") }
})

const program = join(dirname(bin), "program")

/** The modules of Node that a command line loads. */
const nodeModules = Effect.fn(function*(args: ReadonlyArray<string>, baseURL: string) {
  const { home, spawn, writeGlobalConfig } = yield* makeHome
  yield* writeGlobalConfig(guideConfig(baseURL))
  const list = join(home, "modules.txt")
  const hook = join(home, "hook.cjs")
  writeFileSync(
    hook,
    `process.once("exit", () => require("node:fs").writeFileSync(${
      JSON.stringify(list)
    }, process.moduleLoadList.join("\\n")))`
  )
  const { code, stderr } = yield* spawn(args, {
    env: { AWS_BEARER_TOKEN_BEDROCK: "bundle-token-123", NODE_OPTIONS: `--require ${hook}` }
  })
  assert.strictEqual(code, 0, stderr)
  return readFileSync(list, "utf8").split("\n").map((name) => name.replace("NativeModule ", ""))
})

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
    { args: ["providers", "list"], chunks: 46, kilobytes: 625 },
    { args: ["config", "show"], chunks: 46, kilobytes: 625 },
    { args: ["run", "hello"], chunks: 95, kilobytes: 1270 }
  ]
  for (const { args, chunks, kilobytes } of limits) {
    it.scoped(`loads at most ${chunks} chunks and ${kilobytes} kB for ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Sandbox.make()
        const { names, text } = yield* loaded(args, url)
        assert.isAtMost(names.length, chunks)
        assert.isAtMost(text.length, kilobytes * 1000)
        assert.notInclude(text, marks.telemetry)
        // Effect's runtime imports it, for effects that this program does not have.
        assert.notInclude(text, "effect/Micro")
      }))
  }

  // Modules of Node take long too: crypto and child_process together a tenth of what `providers list` takes.
  for (
    const { args, absent } of [
      { args: ["--help"], absent: ["stream", "vm", "v8"] },
      {
        args: ["providers", "list"],
        absent: [
          "crypto",
          "child_process",
          "internal/fs/promises",
          "internal/fs/streams",
          "perf_hooks",
          "readline",
          "http",
          "tls"
        ]
      },
      {
        // To a gateway without TLS, and without a name.
        args: ["run", "hello"],
        absent: [
          "child_process",
          "dns",
          "http2",
          "https",
          "internal/fs/promises",
          "internal/fs/streams",
          "perf_hooks",
          "readline",
          "tls"
        ]
      }
    ]
  ) {
    it.scoped(`${args.join(" ")} does not load ${absent.join(", ")}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Sandbox.make()
        const modules = yield* nodeModules(args, url)
        assert.include(modules, "fs")
        for (const name of absent) assert.notInclude(modules, name)
      }))
  }

  it.effect("has variables for what its chunks import from each other, not getters", () =>
    Effect.sync(() => {
      const texts = readdirSync(program).map((name) => readFileSync(join(program, name), "utf8"))
      const ending = /module\.exports=\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\};?\s*\}\)$/
      const exports = texts.map((text) => ending.exec(text)?.[0] ?? "")
      assert.notInclude(exports, "")
      assert.isAbove(exports.join("").split(",").length, 1000)
      // Their values change, or may change as far as the bundler can tell.
      assert.isAtMost(exports.join("").split("get ").length - 1, 16)
    }))

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
