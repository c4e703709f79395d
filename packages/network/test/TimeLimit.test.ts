import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:net"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { listening } from "../../../test/Listening.ts"
import * as TimeLimit from "../src/TimeLimit.ts"
import { failure, makeNetwork } from "./machine.ts"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

/** Collects garbage all the time, as a busy program does. */
const collecting = Effect.acquireRelease(
  Effect.sync(() => setInterval(collectGarbage, 50)),
  (interval) => Effect.sync(() => clearInterval(interval))
)

const onTimeout = () => new Error("time is up")

/** Work that ends only with its signal, and that nothing else references. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))

describe("a time limit", () => {
  it.scopedLive("ends the work even if garbage is collected", () =>
    Effect.gen(function*() {
      yield* collecting
      const ends = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () =>
          failure(TimeLimit.within(200, { signal: new AbortController().signal, onTimeout }, (signal) =>
            // A request derives its own signal from the signal of the limit.
            endless(AbortSignal.any([signal])))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(ends.map(({ message }) => message), Array(20).fill("time is up"))
    }))

  it.effect("ends with the caller's signal and its reason, whether it is aborted before or after the start", () =>
    Effect.gen(function*() {
      const controller = new AbortController()
      const running = TimeLimit.within(60_000, { signal: controller.signal, onTimeout }, endless)
      controller.abort(new Error("enough"))
      assert.strictEqual((yield* failure(running)).message, "enough")
      const { signal } = TimeLimit.start(60_000, { signal: controller.signal, onTimeout })
      assert.strictEqual((signal.reason as Error).message, "enough")
    }))

  it("still ends with the caller's signal after it is lifted, but not after it is released", () => {
    for (const [end, aborted] of [["lift", true], ["release", false]] as const) {
      const controller = new AbortController()
      const limit = TimeLimit.start(60_000, { signal: controller.signal, onTimeout })
      limit[end]()
      controller.abort()
      assert.strictEqual(limit.signal.aborted, aborted)
    }
  })

  it.live("that is too long for a timer does not end the work immediately", () =>
    Effect.gen(function*() {
      for (const millis of [Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 40]) {
        const { release, signal } = TimeLimit.start(millis, { onTimeout })
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
        assert.isFalse(signal.aborted, String(millis))
        release()
      }
    }))
})

describe("options.timeout.connect", () => {
  it.scopedLive("ends the wait for a proxy that never answers, while garbage is collected", () =>
    Effect.gen(function*() {
      yield* collecting
      const url = `http://127.0.0.1:${yield* listening(createServer((socket) => socket.resume()))}`
      const { fetch } = yield* makeNetwork({ limits: { connect: 500, firstByte: 60_000 }, env: { HTTPS_PROXY: url } })
      const ends = yield* Effect.forEach(
        Array.from({ length: 5 }),
        () => failure(fetch("https://gateway.test")),
        { concurrency: "unbounded" }
      )
      for (const { message, reason } of ends) {
        assert.strictEqual(reason, "Timeout")
        assert.include(message, "within 500ms (options.timeout.connect)")
      }
    }))
})
