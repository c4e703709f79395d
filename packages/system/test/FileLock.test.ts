import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, readFileSync } from "node:fs"
import { hostname } from "node:os"
import { bundle } from "../../../test/bundle.ts"
import * as FileLock from "../src/FileLock.ts"
import { fromName, thisProcess, toName } from "../src/internal/holder.ts"
import { temporary } from "./temporary.ts"

/** A program that acquires the lock of the given file and never releases it. */
const holdScript = bundle(new URL("process/hold.ts", import.meta.url))

/** Runs the program by a shell line with Node, the script and the file as `$0`, `$1` and `$2`. Returns its process ID. */
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

/** Creates the lock of this holder. */
const createLock = (file: string, name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(`${file}.lock`)
    yield* fs.writeFileString(`${file}.lock/${name}`, "")
  })

/** The name of a holder in earlier versions. */
const earlier = (pid: number, host = hostname()) => `${pid}@${encodeURIComponent(host)}@${randomUUID()}`

const self = await Effect.runPromise(Effect.provide(thisProcess, NodeContext.layer))

const acquireBriefly = (file: string) => Effect.scoped(FileLock.acquire(file))

layer(NodeContext.layer, { excludeTestServices: true })("A lock between real processes", (it) => {
  it.scoped("is exclusive until its scope closes, and leaves no files", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const file = `${directory}/file`
      yield* Effect.scoped(Effect.gen(function*() {
        const { isHeld, takenOverFrom } = yield* FileLock.acquire(file)
        assert.isTrue(yield* isHeld)
        assert.isTrue(Option.isNone(takenOverFrom))
        const error = yield* Effect.flip(acquireBriefly(file))
        assert.strictEqual(error.reason, "Held")
        assert.strictEqual(error.message, `process ${process.pid}`)
        yield* fs.remove(`${file}.lock`, { recursive: true })
        assert.isFalse(yield* isHeld)
      }))
      yield* acquireBriefly(file)
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("is taken over immediately from a killed process, whose temporary file is removed", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const file = `${directory}/file`
      const { child, pid } = yield* hold(file)
      assert.strictEqual((yield* Effect.flip(acquireBriefly(file))).message, `process ${pid}`)
      assert.strictEqual((yield* fs.readDirectory(directory)).length, 2)
      process.kill(pid, "SIGKILL")
      yield* Effect.promise(() => once(child, "exit"))
      yield* acquireBriefly(file)
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("is taken over from a zombie process", () =>
    Effect.gen(function*() {
      const file = `${yield* temporary}/file`
      const { pid } = yield* hold(file, "\"$0\" \"$1\" \"$2\" & exec sleep 60")
      process.kill(pid, "SIGKILL")
      const state = () => readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.[0]
      yield* Effect.repeat(Effect.delay(Effect.sync(state), "10 millis"), { until: (letter) => letter === "Z" })
      yield* acquireBriefly(file)
    }))

  it.scoped("is not taken over from a running process, however long another one waits", () =>
    Effect.gen(function*() {
      const file = `${yield* temporary}/file`
      const { name } = yield* hold(file)
      const error = yield* Effect.flip(Effect.scoped(FileLock.acquire(file, { wait: "300 millis" })))
      assert.strictEqual(error.reason, "Held")
      const fs = yield* FileSystem.FileSystem
      assert.deepStrictEqual(yield* fs.readDirectory(`${file}.lock`), [name])
    }))

  it.scoped("has a heartbeat while its holder runs", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const { name } = yield* hold(file)
      const sign = fs.readFileString(`${file}.lock/${name}`)
      const first = yield* Effect.repeat(Effect.delay(sign, "50 millis"), { until: (text) => text !== "" })
      yield* Effect.repeat(Effect.delay(sign, "50 millis"), { until: (text) => text !== first })
    }))

  it.scoped("leaves no files if it is interrupted while its directory is created", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const begun = yield* Deferred.make<void>()
      const made = yield* Deferred.make<void>()
      // Like a slow disk: the system completes the call even if nothing waits for it any more.
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
      const fiber = yield* acquireBriefly(`${directory}/file`).pipe(
        Effect.provideService(FileSystem.FileSystem, slow),
        Effect.fork
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(made)
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }))

  it.scoped("reports what the file system refused", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(acquireBriefly("/nowhere/at/all/file"))
      assert.strictEqual(error.reason, "Refused")
      assert.include(error.message, "ENOENT")
      const file = `${yield* temporary}/file`
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(`${file}.lock`, "not a directory"))
      assert.strictEqual((yield* Effect.flip(acquireBriefly(file))).reason, "Refused")
    }))
})

layer(NodeContext.layer, { excludeTestServices: true })("An abandoned lock", (it) => {
  const cases = {
    "of an earlier version with our process ID, from before a restart": earlier(process.pid),
    "of a process whose ID was reused": toName({ ...self, pid: process.ppid, id: randomUUID(), start: "1" }),
    "of a process that had our ID before a restart": toName({ ...self, id: randomUUID(), start: "1" }),
    "under another host name of the same machine": toName({ ...self, id: randomUUID(), host: "renamed", start: "1" })
  }
  for (const [name, holder] of Object.entries(cases)) {
    it.scoped(`${name} is taken over immediately`, () =>
      Effect.gen(function*() {
        const file = `${yield* temporary}/file`
        yield* createLock(file, holder)
        const { takenOverFrom } = yield* FileLock.acquire(file)
        assert.isTrue(Option.isNone(takenOverFrom))
      }))
  }

  it.scoped("of an earlier version is taken over if the process with its ID started later, and not otherwise", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const { pid } = yield* hold(`${file}.other`)
      const holder = earlier(pid)
      yield* createLock(file, holder)
      assert.strictEqual((yield* Effect.flip(acquireBriefly(file))).message, `process ${pid}`)
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
    it.scoped(`with a directory named after ${what} is an error without an endless wait`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* temporary}/file`
        yield* fs.makeDirectory(`${file}.lock/${name}`, { recursive: true })
        const error = yield* Effect.timeout(Effect.flip(acquireBriefly(file)), "1 minute")
        assert.strictEqual(error._tag === "FileLockError" && error.reason, "Refused")
      }))
  }

  it.scoped("of an earlier version on another machine is taken over after an hour", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* temporary}/file`
      const holder = earlier(7, "far-away")
      yield* createLock(file, holder)
      const error = yield* Effect.flip(acquireBriefly(file))
      assert.strictEqual(error.message, "process 7 on far-away")
      const then = new Date(Date.now() - 61 * 60_000)
      yield* fs.utimes(`${file}.lock/${holder}`, then, then)
      const { takenOverFrom } = yield* FileLock.acquire(file)
      assert.deepStrictEqual(takenOverFrom, Option.some("process 7 on far-away"))
    }))
})

layer(NodeContext.layer)("A lock whose holder can't be checked", (it) => {
  const cases = {
    "in another container": toName({ ...self, pid: 7, id: randomUUID(), namespace: "1" }),
    "on another machine": toName({ ...self, pid: 7, id: randomUUID(), host: "far-away", boot: "another" }),
    "on a system that shows no processes": toName({
      ...self,
      pid: process.ppid,
      id: randomUUID(),
      start: randomUUID()
    }),
    "from before the machine was restarted": toName({ ...self, pid: 7, id: randomUUID(), boot: "another" })
  }
  /** Advances the clock by 100 ms and gives the fiber time to use the real file system. */
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
    it.scoped(`(${where}) is taken over after nine seconds without a heartbeat`, () =>
      Effect.gen(function*() {
        const file = `${yield* temporary}/file`
        yield* createLock(file, holder)
        const fiber = yield* Effect.fork(FileLock.acquire(file))
        yield* Effect.repeatN(step, 85)
        assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
        const { takenOverFrom } = yield* untilDone(fiber, step)
        assert.include(Option.getOrThrow(takenOverFrom), `process ${fromName(holder)!.pid}`)
      }))

    it.scoped(`(${where}) is not taken over while its heartbeat continues`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* temporary}/file`
        yield* createLock(file, holder)
        const fiber = yield* Effect.fork(Effect.flip(acquireBriefly(file)))
        let sign = 0
        const beat = Effect.suspend(() => fs.writeFileString(`${file}.lock/${holder}`, String(sign++)))
        const error = yield* untilDone(fiber, Effect.zipRight(Effect.orDie(beat), step))
        assert.strictEqual(error.reason, "Held")
        assert.include(error.message, `process ${fromName(holder)!.pid}`)
      }))
  }
})
