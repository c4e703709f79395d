import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome, readCodeCache } from "../BuiltCli.ts"

/** A home directory whose processes keep their compiled code in it. */
const makeCache = Effect.gen(function*() {
  const { home, spawn } = yield* makeHome
  const cache = join(home, ".cache")
  const code = join(cache, "altimate-code/code")
  const runCommand = (args: ReadonlyArray<string>) =>
    Effect.map(spawn(args, { env: { XDG_CACHE_HOME: cache } }), (result) => {
      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual(result.stderr, "")
      return result.stdout
    })
  const run = Effect.map(runCommand(["config", "path"]), (stdout) => assert.include(stdout, home))
  const files = () =>
    readdirSync(code).flatMap((name) => readdirSync(join(code, name)).map((file) => join(code, name, file)))
  const snapshot = () => files().map((file) => ({ file, inode: statSync(file).ino, size: statSync(file).size }))
  return { home, code, run, runCommand, files, snapshot, directory: () => join(code, readdirSync(code)[0]!) }
})

layer(NodeContext.layer)("compiled code", (it) => {
  it.scoped("is written by the first process, for the user alone, and used by the next one", () =>
    Effect.gen(function*() {
      const { directory, files, run, snapshot } = yield* makeCache
      yield* run
      const written = snapshot()
      assert.isNotEmpty(written)
      assert.strictEqual(statSync(directory()).mode & 0o777, 0o700)
      for (const file of files()) assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      yield* run
      // V8 accepted all of it: what it rejects is written again.
      assert.deepStrictEqual(snapshot(), written)
    }))

  it.scoped("is used although V8's settings change after a second", () =>
    Effect.gen(function*() {
      const { spawn, writeGlobalConfig, home } = yield* makeHome
      const { url } = yield* Sandbox.make({
        script: Array.from(
          { length: 2 },
          () => ({ blocks: [{ type: "text", text: "Late." }], delays: { headers: 1500 } })
        )
      })
      yield* writeGlobalConfig(guideConfig(url))
      const cache = join(home, ".cache")
      const code = join(cache, "altimate-code/code")
      const run = Effect.map(
        spawn(["run", "hello"], { env: { XDG_CACHE_HOME: cache, AWS_BEARER_TOKEN_BEDROCK: "cache-token-123" } }),
        (result) => {
          assert.strictEqual(result.stdout, "Late.\n")
          return readdirSync(code).flatMap((name) =>
            readdirSync(join(code, name)).map((file) => `${file} ${statSync(join(code, name, file)).ino}`)
          )
        }
      )
      const written = yield* run
      assert.isNotEmpty(written)
      assert.deepStrictEqual(yield* run, written)
    }))

  it.scoped("is written again if V8 can't use it", () =>
    Effect.gen(function*() {
      const { files, run } = yield* makeCache
      yield* run
      const file = files()[0]!
      const valid = readFileSync(file)
      writeFileSync(file, "not compiled code")
      yield* run
      assert.isAbove(readFileSync(file).length, valid.length / 2)
    }))

  it.scoped("of one chunk is written again if V8 can't use it, and the others' stays", () =>
    Effect.gen(function*() {
      const { code, files, run } = yield* makeCache
      yield* run
      const file = files()[0]!
      const [[chunk = "", valid] = [], ...others] = readCodeCache(code)
      const bytes = readFileSync(file)
      bytes.fill(0, bytes.indexOf(valid!), bytes.indexOf(valid!) + 16)
      writeFileSync(file, bytes)
      yield* run
      const written = readCodeCache(code)
      assert.strictEqual(written.get(chunk)!.readUInt32LE(), valid!.readUInt32LE())
      assert.strictEqual(written.size, others.length + 1)
      for (const [name, data] of others) assert.isTrue(written.get(name)?.equals(data), name)
    }))

  it.scoped("of a command is added to that of another one, in the same file", () =>
    Effect.gen(function*() {
      const { code, files, run, runCommand } = yield* makeCache
      yield* run
      const first = readCodeCache(code)
      yield* runCommand(["models", "resolve", "anthropic.claude-sonnet-4-6-v1"])
      const both = readCodeCache(code)
      assert.isAbove(both.size, first.size)
      for (const [name, data] of first) assert.isTrue(both.get(name)?.equals(data), name)
      assert.lengthOf(files(), 1)
    }))

  it.scoped("is neither read nor written where others could have written it", () =>
    Effect.gen(function*() {
      const { directory, run, snapshot } = yield* makeCache
      yield* run
      chmodSync(directory(), 0o770)
      for (const { file } of snapshot()) writeFileSync(file, "")
      const emptied = snapshot()
      yield* run
      assert.deepStrictEqual(snapshot(), emptied)
    }))

  it.scoped("is not read through a link to another directory", () =>
    Effect.gen(function*() {
      const first = yield* makeCache
      yield* first.run
      const second = yield* makeCache
      mkdirSync(second.code, { recursive: true })
      symlinkSync(first.directory(), join(second.code, readdirSync(first.code)[0]!))
      const emptied = first.snapshot().map(({ file }) => (writeFileSync(file, ""), file))
      yield* second.run
      for (const file of emptied) assert.strictEqual(statSync(file).size, 0)
    }))

  it.scoped("of other versions of the program is removed", () =>
    Effect.gen(function*() {
      const { code, run } = yield* makeCache
      mkdirSync(join(code, "0.0.1-7"), { recursive: true })
      yield* run
      assert.isFalse(existsSync(join(code, "0.0.1-7")))
      assert.strictEqual(readdirSync(code).length, 1)
    }))

  it.scoped.skipIf(process.getuid?.() !== 0)(
    "is not written to another user's directory",
    () =>
      Effect.gen(function*() {
        const { home, run } = yield* makeCache
        chownSync(home, 12_345, 12_345)
        yield* run
        assert.isFalse(existsSync(join(home, ".cache")))
      })
  )

  it.scoped("is not needed: a file in the place of the directory stays as it is", () =>
    Effect.gen(function*() {
      const { code, run } = yield* makeCache
      mkdirSync(join(code, ".."), { recursive: true })
      writeFileSync(code, "mine")
      yield* run
      assert.strictEqual(readFileSync(code, "utf8"), "mine")
    }))
})
