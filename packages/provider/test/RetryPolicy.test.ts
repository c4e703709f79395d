import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { BedrockError } from "../src/BedrockError.ts"
import { layer, RetryPolicy } from "../src/RetryPolicy.ts"

const error = (fields: Partial<ConstructorParameters<typeof BedrockError>[0]>) =>
  new BedrockError({ reason: "Throttled", message: "m", hint: "h", attempts: 1, ...fields })

/** When each attempt was made, in milliseconds, with a fixed random number. */
const attempts = (failure: BedrockError, random = 1) =>
  Effect.gen(function*() {
    const { retryable, schedule } = yield* RetryPolicy
    const at: Array<number> = []
    const fiber = yield* Effect.gen(function*() {
      at.push(yield* Clock.currentTimeMillis)
      return yield* failure
    }).pipe(
      Effect.retry({ schedule, while: retryable }),
      Effect.withRandom(Random.fixed([random])),
      Effect.either,
      Effect.fork
    )
    yield* TestClock.adjust(Duration.hours(1))
    yield* Fiber.join(fiber)
    return at
  }).pipe(Effect.provide(layer))

describe("the retry policy", () => {
  it.effect("tries four times, and waits a random part of a growing time", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* attempts(error({}), 1), [0, 500, 1500, 3500])
    }))

  it.effect("may wait as little as not at all, so that clients don't come back together", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* attempts(error({}), 0), [0, 0, 0, 0])
    }))

  it.effect("waits as long as the service says, at most a minute", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* attempts(error({ retryAfterMillis: 3000 })), [0, 3000, 6000, 9000])
      const [, second] = yield* attempts(error({ retryAfterMillis: 3_600_000 }))
      assert.strictEqual(second, 60_000 + 3_600_000)
    }))

  it.effect("tries again what may pass, and nothing else", () =>
    Effect.gen(function*() {
      const { retryable } = yield* Effect.provide(RetryPolicy, layer)
      const passes = [
        error({ reason: "Throttled", status: 429 }),
        error({ reason: "Unavailable", status: 503 }),
        error({ reason: "TruncatedStream" }),
        error({ reason: "Timeout", status: 408 }),
        error({ reason: "Timeout", type: "ConnectTimeout" }),
        error({ reason: "Connection", type: "ECONNREFUSED" }),
        error({ reason: "Connection", type: "ECONNRESET" }),
        error({ reason: "ModelError", type: "ModelStreamErrorException" })
      ]
      const stays = [
        error({ reason: "Authentication", status: 401 }),
        error({ reason: "Permission", status: 403 }),
        error({ reason: "ModelNotFound", status: 404 }),
        error({ reason: "Validation", status: 400 }),
        error({ reason: "Timeout", type: "IdleTimeout" }),
        error({ reason: "Timeout", type: "FirstByteTimeout" }),
        error({ reason: "WrongContentType", status: 200 }),
        error({ reason: "Connection", type: "ENOTFOUND" }),
        error({ reason: "Connection", type: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
        error({ reason: "ModelError", type: "ModelErrorException", status: 424 })
      ]
      assert.deepStrictEqual(passes.map(retryable), passes.map(() => true))
      assert.deepStrictEqual(stays.map(retryable), stays.map(() => false))
    }))
})
