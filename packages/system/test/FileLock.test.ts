import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, readFileSync } from "node:fs"
import { hostname } from "node:os"
import { fileURLToPath } from "node:url"
import * as FileLock from "../src/FileLock.ts"
import { fromName, thisProcess, toName } from "../src/internal/holder.ts"
import { temporary } from "./temporary.ts"

/** A program that takes the lock of the file it is given, and never gives it back. */
const holdScript = Effect.gen(function*() {
  const outfile = `${yield* temporary}/hold.mjs`
  yield* Effect.promise(() =>
    build({
      entryPoints: [fileURLToPath(new URL("process/hold.ts", import.meta.url))],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["@parcel/watcher"],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
    })
  )
  return outfile
})

/** Runs it, by a shell line that has the script and the file as `$1` and `$2`; answers its process ID. */
const hold = (file: string, line = "exec \"$0\" \"$1\" \"$2\"") =>
  Effect.gen(function*() {
    const child = yield* Effect.acquireRelease(
      Effect.map(holdScript, (script) =>
        spawn("sh", ["-c", line, process.execPath, script, file], {
          detached: true,
          stdio: ["ignore", "pipe", "inherit"]
        })),
      (child) => Effect.ignore(Effect.try(() => process.kill(-child.pid!, "SIGKILL")))
    )
    yield* Effect.promise(() => once(child.stdout, "data"))
    const fs = yield* FileSystem.FileSystem
    const [name = ""] = yield* fs.readDirectory(`${file}.lock`)
    return { child, name, pid: fromName(name)!.pid }
  })

/** The lock as its holder has it. */
const lockedBy = (file: string, name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(`${file}.lock`)
    yield* fs.writeFileString(`${file}.lock/${name}`, "")
  })

/** As versions before this one named a holder. */
const earlier = (pid: number, host = hostname()) => `${pid}@${encodeURIComponent(host)}@${randomUUID()}`

const self = await Effect.runPromise(Effect.provide(thisProcess, NodeContext.layer))

const takes = (file: string) => Effect.scoped(FileLock.acquire(file))

layer(NodeContext.layer, { excludeTestServices: true })("A lock, among real processes,", (it) => {
  it.scoped("is one process's until its scope closes, and leaves nothing behind", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const file = `${directory}/file`
      yield* Effect.scoped(Effect.gen(function*() {
        const { isHeld, takenOverFrom } = yield* FileLock.acquire(file)
        assert.isTrue(yield* isHeld)
        assert.isTrue(Option.isNone(takenOverFrom))
        const error = yield* Effect.flip(takes(file))
        assert.strictEqual(error.reason, "Held")
        assert.strictEqual(error.message, `process ${process.pid}`)
        yield* fs.remove(`${file}.lock`, { recursive: true })
        assert.isFalse(yield* isHeld)
      }))
      yield* takes(file)
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("is taken over at once from a process that was killed, with what it was writing", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const file = `${directory}/file`
      const { child, pid } = yield* hold(file)
      assert.strictEqual((yield* Effect.flip(takes(file))).message, `process ${pid}`)
      assert.strictEqual((yield* fs.readDirectory(directory)).length, 2)
      process.kill(pid, "SIGKILL")
      yield* Effect.promise(() => once(child, "exit"))
      yield* takes(file)
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("is taken over from a process that has ended though nobody asked for its exit code", () =>
    Effect.gen(function*() {
      const file = `${yield* temporary}/file`
      const { pid } = yield* hold(file, "\"$0\" \"$1\" \"$2\" & exec sleep 60")
      process.kill(pid, "SIGKILL")
      const state = () => readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.[0]
      yield* Effect.repeat(Effect.delay(Effect.sync(state), "10 millis"), { until: (letter) => letter === "Z" })
      yield* takes(file)
    }))

  it.scoped("is not taken from a process that runs, whoever waits", () =>
    Effect.gen(function*() {
      const file = `${yield* temporary}/file`
      const { name } = yield* hold(file)
      const error = yield* Effect.flip(Effect.scoped(FileLock.acquire(file, { wait: "300 millis" })))
      assert.strictEqual(error.reason, "Held")
      const fs = yield* FileSystem.FileSystem
      assert.deepStrictEqual(yield* fs.readDirectory(`${file}.lock`), [name])
    }))

  it.scoped("shows that its holder runs", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const { name } = yield* hold(file)
      const sign = fs.readFileString(`${file}.lock/${name}`)
      const first = yield* Effect.repeat(Effect.delay(sign, "50 millis"), { until: (text) => text !== "" })
      yield* Effect.repeat(Effect.delay(sign, "50 millis"), { until: (text) => text !== first })
    }))

  it.scoped("leaves nothing behind when it is interrupted while its directory is being made", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const begun = yield* Deferred.make<void>()
      const made = yield* Deferred.make<void>()
      // As on a slow disk: the system finishes the call even if nobody waits for it any more.
      const slow: FileSystem.FileSystem = {
        ...fs,
        makeDirectory: (path) =>
          Effect.async((resume) => {
            Deferred.unsafeDone(begun, Effect.void)
            setTimeout(() => {
              mkdirSync(path)
              Deferred.unsafeDone(made, Effect.void)
              resume(Effect.void)
            }, 200)
          })
      }
      const fiber = yield* takes(`${directory}/file`).pipe(
        Effect.provideService(FileSystem.FileSystem, slow),
        Effect.fork
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(made)
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("says what the system refused", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(takes("/nowhere/at/all/file"))
      assert.strictEqual(error.reason, "Refused")
      assert.include(error.message, "ENOENT")
      const file = `${yield* temporary}/file`
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(`${file}.lock`, "not a directory"))
      assert.strictEqual((yield* Effect.flip(takes(file))).reason, "Refused")
    }))
})

layer(NodeContext.layer, { excludeTestServices: true })("A lock that was left behind", (it) => {
  const cases = {
    "by an earlier version with our process ID, before a restart": earlier(process.pid),
    "by a process whose ID another one has now": toName({ ...self, pid: process.ppid, id: randomUUID(), start: "1" }),
    "by a process that had our ID, before a restart": toName({ ...self, id: randomUUID(), start: "1" }),
    "under another host name of the same machine": toName({ ...self, id: randomUUID(), host: "renamed", start: "1" })
  }
  for (const [name, holder] of Object.entries(cases)) {
    it.scoped(`${name} is taken over at once`, () =>
      Effect.gen(function*() {
        const file = `${yield* temporary}/file`
        yield* lockedBy(file, holder)
        const { takenOverFrom } = yield* FileLock.acquire(file)
        assert.isTrue(Option.isNone(takenOverFrom))
      }))
  }

  it.scoped("by an earlier version is taken over when a process with its ID began later, and not when it began before", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const { pid } = yield* hold(`${file}.other`)
      const holder = earlier(pid)
      yield* lockedBy(file, holder)
      assert.strictEqual((yield* Effect.flip(takes(file))).message, `process ${pid}`)
      const then = new Date(Date.now() - 30 * 60_000)
      yield* fs.utimes(`${file}.lock/${holder}`, then, then)
      assert.isTrue(Option.isNone((yield* FileLock.acquire(file)).takenOverFrom))
    }))

  for (
    const [what, name] of Object.entries({
      "a holder's name": toName({ ...self, pid: 7, id: randomUUID(), start: "1" }),
      "an unknown holder's name": toName({ ...self, pid: 7, id: randomUUID(), boot: "another" }),
      "any name": "directory"
    })
  ) {
    it.scoped(`with a directory that has ${what} is a failure, and nobody waits for ever`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* temporary}/file`
        yield* fs.makeDirectory(`${file}.lock/${name}`, { recursive: true })
        const error = yield* Effect.timeout(Effect.flip(takes(file)), "10 seconds")
        assert.strictEqual(error._tag === "FileLockError" && error.reason, "Refused")
      }))
  }

  it.scoped("by an earlier version on another machine is taken over after an hour", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const holder = earlier(7, "far-away")
      yield* lockedBy(file, holder)
      const error = yield* Effect.flip(takes(file))
      assert.strictEqual(error.message, "process 7 on far-away")
      const then = new Date(Date.now() - 61 * 60_000)
      yield* fs.utimes(`${file}.lock/${holder}`, then, then)
      const { takenOverFrom } = yield* FileLock.acquire(file)
      assert.deepStrictEqual(takenOverFrom, Option.some("process 7 on far-away"))
    }))
})

layer(NodeContext.layer)("A lock whose holder can't be looked at", (it) => {
  const cases = {
    "in another container": toName({ ...self, pid: 7, id: randomUUID(), namespace: "1" }),
    "on another machine": toName({ ...self, pid: 7, id: randomUUID(), host: "far-away", boot: "another" }),
    "where the system shows no processes": toName({
      ...self,
      pid: process.ppid,
      id: randomUUID(),
      start: randomUUID()
    }),
    "before the machine was started again": toName({ ...self, pid: 7, id: randomUUID(), boot: "another" })
  }
  /** A tenth of a second for a fiber that asks the real file system in between. */
  const step = Effect.zipRight(
    TestClock.adjust("100 millis"),
    Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
  )
  const untilDone = <A, E>(fiber: Fiber.RuntimeFiber<A, E>, each: Effect.Effect<unknown>) =>
    Effect.zipRight(
      Effect.repeat(Effect.zipRight(each, Fiber.poll(fiber)), { until: Option.isSome }),
      Fiber.join(fiber)
    )

  for (const [where, holder] of Object.entries(cases)) {
    it.scoped(`(${where}) is taken over once it has given no sign of life for nine seconds`, () =>
      Effect.gen(function*() {
        const file = `${yield* temporary}/file`
        yield* lockedBy(file, holder)
        const fiber = yield* Effect.fork(FileLock.acquire(file))
        yield* Effect.repeatN(step, 85)
        assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
        const { takenOverFrom } = yield* untilDone(fiber, step)
        assert.include(Option.getOrThrow(takenOverFrom), `process ${fromName(holder)!.pid}`)
      }))

    it.scoped(`(${where}) stays its own when it does`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* temporary}/file`
        yield* lockedBy(file, holder)
        const fiber = yield* Effect.fork(Effect.flip(takes(file)))
        let sign = 0
        const beat = Effect.suspend(() => fs.writeFileString(`${file}.lock/${holder}`, String(sign++)))
        const error = yield* untilDone(fiber, Effect.zipRight(Effect.orDie(beat), step))
        assert.strictEqual(error.reason, "Held")
        assert.include(error.message, `process ${fromName(holder)!.pid}`)
      }))
  }
})
