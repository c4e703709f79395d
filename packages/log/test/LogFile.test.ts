import * as LogFile from "@altimate-code/log/LogFile"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { statSync } from "node:fs"
import { join } from "node:path"

const logged = <A, E>(
  directory: string,
  effect: Effect.Effect<A, E, Secrets.Secrets | LogFile.LogFile>,
  level = LogLevel.Info
) =>
  Effect.gen(function*() {
    const exit = yield* Effect.exit(
      Effect.provide(
        effect,
        LogFile.layer({ directory, level, printLogs: false, writeError: () => Effect.void }).pipe(
          Layer.provideMerge(Secrets.layer)
        )
      )
    )
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(directory)).toSorted()
    return { exit, names, text: yield* fs.readFileString(join(directory, names.at(-1)!)) }
  })

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

layer(NodeContext.layer)("The log file", (it) => {
  it.scoped("contains the events in order and is readable only by its owner", () =>
    Effect.gen(function*() {
      const directory = join(yield* temporary, "deep/log")
      const { names, text } = yield* logged(
        directory,
        Effect.forEach(Array.from({ length: 5000 }, (_, i) => i), (i) => Effect.logInfo(`line ${i}`))
      )
      assert.strictEqual(names.length, 1)
      assert.deepStrictEqual(
        text.trimEnd().split("\n").map((line) => line.replace(/^INFO \S+ \+\d+ms /, "")),
        Array.from({ length: 5000 }, (_, i) => `line ${i}`)
      )
      assert.strictEqual(statSync(join(directory, names[0]!)).mode & 0o777, 0o600)
      assert.strictEqual(statSync(directory).mode & 0o777, 0o700)
    }))

  it.scoped("contains the last lines of a program that fails, dies or is interrupted", () =>
    Effect.gen(function*() {
      for (const end of [Effect.fail("no"), Effect.die("bug"), Effect.interrupt]) {
        const { text } = yield* logged(yield* temporary, Effect.zipRight(Effect.logInfo("the last words"), end))
        assert.match(text, /the last words\n$/)
      }
    }))

  it.scoped("omits events below the level", () =>
    Effect.gen(function*() {
      const events = Effect.logDebug("debug").pipe(
        Effect.zipRight(Effect.logInfo("info")),
        Effect.zipRight(Effect.logWarning("warn"))
      )
      assert.match((yield* logged(yield* temporary, events, LogLevel.Warning)).text, /^WARN .* warn\n$/)
      assert.strictEqual((yield* logged(yield* temporary, events, LogLevel.Debug)).text.match(/\n/g)!.length, 3)
    }))

  it.scoped("never contains a registered secret, wherever it was logged", () =>
    Effect.gen(function*() {
      const { text } = yield* logged(
        yield* temporary,
        Effect.gen(function*() {
          const { register } = yield* Secrets.Secrets
          yield* register(Redacted.make("canary-\"value\""))
          yield* Effect.logInfo("message canary-\"value\"", { nested: "canary-\"value\"" }).pipe(
            Effect.annotateLogs("header", "Bearer canary-\"value\""),
            Effect.withLogSpan("canary-\"value\"")
          )
          yield* Effect.fail(new Error("cause canary-\"value\"")).pipe(
            Effect.tapErrorCause(Effect.logError),
            Effect.ignore
          )
        })
      )
      assert.notInclude(text, "canary")
      assert.isAtLeast(text.match(/<redacted>/g)!.length, 4)
    }))

  it.scoped("replaces the oldest of ten logs, and other files remain", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      for (let i = 10; i < 25; i++) yield* fs.writeFileString(join(directory, `2020-01-${i}T000000.log`), "")
      for (const other of ["notes.log", "2020-01-01.txt"]) yield* fs.writeFileString(join(directory, other), "")
      const { names } = yield* logged(directory, Effect.logInfo("new"))
      assert.includeMembers(names, ["notes.log", "2020-01-01.txt"])
      const logs = names.filter((name) => /T.*\.log$/.test(name))
      assert.strictEqual(logs.length, 10)
      // The test clock starts in 1970: if the clock runs backwards, this start's own log must not be removed.
      assert.match(logs[0]!, /^1970-/)
      assert.deepStrictEqual(logs.slice(1), Array.from({ length: 9 }, (_, i) => `2020-01-${16 + i}T000000.log`))
    }))

  it.scoped("does not stop the program if it can't be written", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = join(yield* temporary, "log")
      yield* fs.writeFileString(directory, "a file where the directory should be")
      const said: Array<string> = []
      const path = yield* Effect.zipRight(Effect.logInfo("lost"), Effect.map(LogFile.LogFile, ({ path }) => path)).pipe(
        Effect.provide(
          LogFile.layer({
            directory,
            level: LogLevel.Info,
            printLogs: false,
            writeError: (text) => Effect.sync(() => void said.push(text))
          })
        ),
        Effect.provide(Secrets.layer)
      )
      assert.isTrue(Option.isNone(path))
      assert.strictEqual(said.length, 1)
      assert.match(said[0]!, /^warning: no log is written: .*\n$/)
    }))

  it.scoped("is written even if an old one can't be removed", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const old = Array.from({ length: 12 }, (_, i) => `2020-01-${10 + i}T000000.log`)
      yield* fs.makeDirectory(join(directory, old[0]!))
      for (const name of old.slice(1)) yield* fs.writeFileString(join(directory, name), "")
      const path = yield* Effect.zipRight(Effect.logInfo("new"), Effect.map(LogFile.LogFile, ({ path }) => path)).pipe(
        Effect.provide(
          LogFile.layer({ directory, level: LogLevel.Info, printLogs: false, writeError: () => Effect.void })
        ),
        Effect.provide(Secrets.layer)
      )
      assert.match(yield* fs.readFileString(Option.getOrThrow(path)), /new\n$/)
      const left = yield* fs.readDirectory(directory)
      assert.include(left, old[0])
      assert.notInclude(left, old[1])
    }))

  it.scoped("is copied to stderr line by line and in order on request", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const copied: Array<string> = []
      yield* Effect.zipRight(Effect.logInfo("one"), Effect.logInfo("two")).pipe(
        Effect.provide(
          LogFile.layer({
            directory,
            level: LogLevel.Info,
            printLogs: true,
            writeError: (text) => Effect.sync(() => void copied.push(text))
          })
        ),
        Effect.provide(Secrets.layer)
      )
      const [name] = yield* fs.readDirectory(directory)
      assert.strictEqual(copied.length, 2)
      assert.strictEqual(copied.join(""), yield* fs.readFileString(join(directory, name!)))
    }))
})
