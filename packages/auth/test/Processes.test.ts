import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { hostname } from "node:os"
import { setTimeout } from "node:timers/promises"
import { bundle } from "../../../test/bundle.ts"
import { makeStore } from "./fixture.ts"
import { standingClock } from "./standingClock.ts"

const token = Redacted.make("a-bearer-token")

const start = (script: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const exitCode = (child: ReturnType<typeof spawn>) =>
  Effect.promise(async () => child.exitCode ?? (await once(child, "exit"))[0] as number | null)

/** The ID of a process that has exited. */
const deadPid = Effect.gen(function*() {
  const child = spawn(process.execPath, ["-e", ""])
  yield* exitCode(child)
  return child.pid!
}).pipe(Effect.scoped)

const holder = (pid: number, host = hostname()) => `${pid}@${encodeURIComponent(host)}@${randomUUID()}`

/** Creates a lock with this holder. */
const lock = (file: string, name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(`${file}.lock`, { recursive: true })
    yield* fs.writeFileString(`${file}.lock/${name}`, "")
  })

/** Waits, in real time, until a process has prepared its own lock and waits for the existing one. */
const untilWaiting = (directory: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const pause = Effect.promise(() => setTimeout(5))
    yield* Effect.repeat(Effect.zipRight(pause, fs.readDirectory(directory)), {
      until: (names) => names.some((name) => name.startsWith("auth.json.lock."))
    })
  })

layer(NodeContext.layer, { excludeTestServices: true })("stored credentials with several processes", (it) => {
  it.scoped("contain all entries if the processes write at the same time", () =>
    Effect.gen(function*() {
      const { directory, home, json, store } = yield* makeStore
      yield* store.set("before", token)
      const script = yield* bundle(new URL("process/login.ts", import.meta.url))
      const jobs = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => `provider-${i}-${j}`))
      const children = yield* Effect.forEach(jobs, (providers) => start(script, home, ...providers))
      const codes = yield* Effect.forEach(children, exitCode, { concurrency: "unbounded" })
      assert.deepStrictEqual(codes, jobs.map(() => 0))
      const entries = jobs.flat().map((provider) => [provider, { type: "api", key: `token-of-${provider}` }])
      assert.deepStrictEqual(yield* json, {
        before: { type: "api", key: "a-bearer-token" },
        ...Object.fromEntries(entries)
      })
      assert.deepStrictEqual(yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(directory)), [
        "auth.json"
      ])
    }))

  it.scoped("contain all entries if several fibers of one process write at the same time", () =>
    Effect.gen(function*() {
      const { store } = yield* makeStore
      const providers = Array.from({ length: 10 }, (_, i) => `provider-${i}`)
      yield* Effect.forEach(providers, (provider) => store.set(provider, token), { concurrency: "unbounded" }).pipe(
        Effect.withClock(standingClock)
      )
      assert.strictEqual((yield* store.list).length, 10)
    }))

  it.scoped(
    "are written by each process in turn after they find the lock of a dead process",
    () =>
      Effect.gen(function*() {
        const { directory, home, store } = yield* makeStore
        yield* store.set("before", token)
        const script = yield* bundle(new URL("process/login.ts", import.meta.url))
        yield* lock(store.path, holder(yield* deadPid))
        const children = yield* Effect.forEach(
          Array.from({ length: 4 }, (_, i) => i),
          (i) => start(script, home, `p${i}`)
        )
        yield* Effect.forEach(children, exitCode, { concurrency: "unbounded" })
        assert.strictEqual((yield* store.list).length, 5)
        assert.deepStrictEqual(yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(directory)), [
          "auth.json"
        ])
      })
  )

  it.scoped("are written after another process releases the lock", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, key, store, write } = yield* makeStore
      yield* write("{}")
      yield* lock(store.path, holder(process.ppid))
      const fiber = yield* Effect.fork(store.set("amazon-bedrock", token))
      yield* untilWaiting(directory)
      assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
      yield* fs.remove(`${store.path}.lock`, { recursive: true })
      yield* Fiber.join(fiber)
      assert.strictEqual(yield* key(), "a-bearer-token")
    }))

  it.scoped("are written despite a lock with the same process ID from before a container restart", () =>
    Effect.gen(function*() {
      const { directory, key, store, write } = yield* makeStore
      yield* write("{}")
      yield* lock(store.path, holder(process.pid))
      yield* store.set("amazon-bedrock", token)
      assert.strictEqual(yield* key(), "a-bearer-token")
      assert.deepStrictEqual(yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(directory)), [
        "auth.json"
      ])
    }))

  it.scoped("are written despite a lock from another machine after an hour, with a notice", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { store, write } = yield* makeStore
      yield* write("{}")
      const name = holder(7, "far-away")
      yield* lock(store.path, name)
      const then = new Date(Date.now() - 61 * 60_000)
      yield* fs.utimes(`${store.path}.lock/${name}`, then, then)
      yield* store.set("amazon-bedrock", token)
      const [notice = ""] = yield* store.notices
      assert.include(notice, "was still locked by process 7 on far-away")
      assert.deepStrictEqual(yield* store.notices, [])
    }))

  it.scoped("leave no files behind if a write is interrupted while waiting for the lock", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { directory, store, write } = yield* makeStore
      yield* write("{}")
      yield* lock(store.path, holder(process.ppid))
      const fiber = yield* Effect.fork(store.set("amazon-bedrock", token))
      yield* untilWaiting(directory)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["auth.json", "auth.json.lock"])
    }))
})

layer(NodeContext.layer)("a write to the stored credentials", (it) => {
  for (
    const [who, name] of [
      ["a living process", holder(process.ppid)],
      ["a process that may not be signalled", holder(1)],
      ["a process of another machine", holder(2 ** 22 + 1, "elsewhere.example")],
      ["an unknown lock holder", "an-unknown-name"]
    ] as const
  ) {
    // The superuser may signal every process.
    const skipped = name.startsWith("1@") && process.getuid?.() === 0
    it.scoped.skipIf(skipped)(`waits 10 seconds for ${who}, and does not touch its lock`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, store, write } = yield* makeStore
        yield* write("{}")
        yield* lock(store.path, name)
        const fiber = yield* Effect.fork(Effect.flip(store.set("amazon-bedrock", token)))
        yield* untilWaiting(directory)
        yield* TestClock.adjust("9 seconds")
        assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
        yield* TestClock.adjust("1 second")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error.reason, "Locked")
        assert.include(error.message, `${store.path} is locked: `)
        assert.strictEqual(error.lock, `${store.path}.lock`)
        assert.deepStrictEqual((yield* fs.readDirectory(directory)).toSorted(), ["auth.json", "auth.json.lock"])
        assert.deepStrictEqual(yield* fs.readDirectory(`${store.path}.lock`), [name])
        assert.strictEqual(yield* fs.readFileString(store.path), "{}")
      }))
  }
})
