import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as TestServices from "effect/TestServices"
import { spawn } from "node:child_process"
import { machine, server, temporaryKeys } from "./machine.ts"

/** Waits in real time, because other processes do not use the test clock. */
const until = (condition: () => boolean) =>
  Effect.sync(condition).pipe(
    Effect.repeat({ until: (met) => met, schedule: Schedule.spaced("10 millis") }),
    TestServices.provideLive
  )

/** A machine whose container returns new keys for each request, after a delay. */
const container = (expiration = "2999-01-01T00:00:00Z") =>
  Effect.gen(function*() {
    let answers = 0
    const { requests, url } = yield* server(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      answers += 1
      return temporaryKeys(answers, expiration)
    })
    return { ...yield* machine({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url } }), requests }
  })

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

layer(NodeContext.layer)("AWS credentials", (it) => {
  it.scoped("are resolved once for concurrent callers, even with a refresh", () =>
    Effect.gen(function*() {
      const { requests, resolve } = yield* container()
      const all = yield* Effect.all(
        Array.from({ length: 10 }, (_, i) => resolve({ refresh: i % 2 === 0 })),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(all.map(({ accessKeyId }) => accessKeyId), all.map(() => "ASIA-1"))
      assert.strictEqual(requests.length, 1)
    }))

  it.scoped("are cached until five minutes before they expire", () =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const { resolve } = yield* container(new Date(now + 3_600_000).toISOString())
      assert.strictEqual((yield* resolve()).accessKeyId, "ASIA-1")
      yield* TestClock.adjust("54 minutes")
      assert.strictEqual((yield* resolve()).accessKeyId, "ASIA-1")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* resolve()).accessKeyId, "ASIA-2")
    }))

  it.scoped("are resolved again for a refresh", () =>
    Effect.gen(function*() {
      const { resolve } = yield* container()
      yield* resolve()
      assert.strictEqual((yield* resolve({ refresh: true })).accessKeyId, "ASIA-2")
      assert.strictEqual((yield* resolve()).accessKeyId, "ASIA-2")
    }))

  it.scoped("are not cached if there are none", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { home, resolve } = yield* machine({ env: {} })
      assert.strictEqual((yield* Effect.flip(resolve())).reason, "NoCredentials")
      yield* fs.makeDirectory(`${home}/.aws`)
      yield* fs.writeFileString(
        `${home}/.aws/credentials`,
        "[default]\naws_access_key_id = AKIA-later\naws_secret_access_key = later"
      )
      assert.strictEqual((yield* resolve()).accessKeyId, "AKIA-later")
    }))

  it.scoped("are cached separately for each profile", () =>
    Effect.gen(function*() {
      const { resolve } = yield* machine({
        files: {
          credentials: ["one", "two"]
            .map((name) => `[${name}]\naws_access_key_id = AKIA-${name}\naws_secret_access_key = secret-${name}\n`)
            .join("")
        }
      })
      const [one, two] = yield* Effect.all([resolve({ profile: "one" }), resolve({ profile: "two" })])
      assert.deepStrictEqual([one.accessKeyId, two.accessKeyId], ["AKIA-one", "AKIA-two"])
    }))

  it.scoped("are still resolved for other callers if the first caller is interrupted", () =>
    Effect.gen(function*() {
      const { requests, resolve } = yield* container()
      const first = yield* Effect.fork(resolve())
      yield* until(() => requests.length === 1)
      const second = yield* Effect.fork(resolve())
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      assert.strictEqual((yield* Fiber.join(second)).accessKeyId, "ASIA-1")
      assert.strictEqual(requests.length, 1)
    }))

  it.scoped("time out after 30 seconds, which kills a hanging credential_process but no other process", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { home, log, resolve } = yield* machine({
        env: { AWS_PROFILE: "dev" },
        files: {
          "helper.sh": "echo $$ > \"$HOME/pid\"; sleep 60",
          config: "[profile dev]\ncredential_process = exec sh \"$HOME/.aws/helper.sh\"\n"
        }
      })
      const fiber = yield* Effect.fork(Effect.flip(resolve()))
      const pid = yield* fs.readFileString(`${home}/pid`).pipe(
        Effect.filterOrFail((text) => text.endsWith("\n")),
        Effect.retry(Schedule.spaced("10 millis")),
        TestServices.provideLive,
        Effect.map(Number)
      )
      const other = yield* Effect.acquireRelease(
        Effect.sync(() => spawn("sleep", ["60"])),
        (child) => Effect.sync(() => child.kill())
      )
      yield* TestClock.adjust("29 seconds")
      assert.isTrue(isAlive(pid))
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error.reason, "Timeout")
      assert.strictEqual(
        error.message,
        "AWS credential chain: AWS_PROFILE: no response from the credential_process of AWS profile dev within 30s"
      )
      assert.include(
        log,
        "DEBUG auth credential chain: AWS_PROFILE: no response from the credential_process of AWS profile dev within 30s"
      )
      yield* until(() => !isAlive(pid))
      assert.isFalse(other.killed)
    }))

  it.scoped("are no longer resolved after the program ends", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* server(() => new Promise(() => {}))
      const exit = yield* Effect.gen(function*() {
        const { resolve } = yield* machine({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url } })
        const fiber = yield* Effect.forkDaemon(resolve())
        yield* until(() => requests.length === 1)
        return fiber
      }).pipe(Effect.scoped, Effect.flatMap(Fiber.await))
      assert.isTrue(Exit.isInterrupted(exit))
    }))
})
