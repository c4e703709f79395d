import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { BedrockError } from "../../src/BedrockError.ts"
import type { Identity } from "../../src/internal/identity/identity.ts"
import { retryRequest } from "../../src/internal/transport/retryRequest.ts"
import { RetryNotice, type Wait } from "../../src/RetryNotice.ts"
import { type Configured, layer, layerLongTasks, RetryPolicy } from "../../src/RetryPolicy.ts"

const error = (fields: Partial<ConstructorParameters<typeof BedrockError>[0]>) =>
  new BedrockError({ reason: "Throttled", message: "m", attempts: 1, ...fields })

const resolveIdentity = () => Effect.succeed({ _tag: "None", from: "a test", refreshable: false } satisfies Identity)

/**
 * Plays the failures, repeating the last one; each attempt takes `takes`. Returns the start of each attempt in milliseconds, and the reported
 * waits.
 */
const play = (
  failures: ReadonlyArray<BedrockError>,
  { configured = {}, policy = layerLongTasks, random = 1, takes = 0 }: {
    readonly policy?: Layer.Layer<RetryPolicy>
    readonly configured?: Configured
    readonly random?: number
    readonly takes?: Duration.DurationInput
  } = {}
) =>
  Effect.gen(function*() {
    const { limit, ...rest } = yield* RetryPolicy
    const at: Array<number> = []
    const waits: Array<Wait> = []
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* retryRequest(
      { ...rest, resolveIdentity, limit: (error) => limit!(error, configured) },
      (_, number) =>
        Effect.gen(function*() {
          at.push((yield* Clock.currentTimeMillis) - start)
          yield* Effect.sleep(takes)
          return yield* failures[Math.min(number, failures.length) - 1]!
        })
    ).pipe(
      Effect.provideService(RetryNotice, (wait) => Effect.sync(() => void waits.push(wait))),
      Effect.withRandom(Random.fixed([random])),
      Effect.flip,
      Effect.fork
    )
    yield* TestClock.adjust(Duration.days(1))
    return { at, waits, error: yield* Fiber.join(fiber) }
  }).pipe(Effect.provide(policy))

const attempts = (failure: BedrockError, options: Parameters<typeof play>[1] = {}) =>
  Effect.map(play([failure], options), ({ at }) => at)

const minute = 60_000

describe("the retry policy", () => {
  it.effect("makes four attempts within seconds by default", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* attempts(error({}), { policy: layer }), [0, 500, 1500, 3500])
      assert.deepStrictEqual(yield* attempts(error({ retryAfterMillis: 4000 }), { policy: layer }), [0, 4000, 8000])
    }))

  it.effect("reports how many attempts there are, unless only the time limits them", () =>
    Effect.gen(function*() {
      const numbers = (options: Parameters<typeof play>[1]) =>
        Effect.map(
          play([error({ retryAfterMillis: 1000 })], options),
          ({ waits }) => waits.slice(0, 2).map(({ attempt, lastAttempt }) => [attempt, lastAttempt])
        )
      assert.deepStrictEqual(yield* numbers({ policy: layer }), [[2, 4], [3, 4]])
      assert.deepStrictEqual(yield* numbers({}), [[2, undefined], [3, undefined]])
      assert.deepStrictEqual(yield* numbers({ configured: { attempts: 20 } }), [[2, 20], [3, 20]])
    }))

  it.effect("shortens waits by up to half, so that clients don't retry at the same time", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* attempts(error({}), { policy: layer, random: 0 }), [0, 250, 750, 1750])
    }))

  it.effect("waits up to ten minutes for rate limits and overload, and less for other failures", () =>
    Effect.gen(function*() {
      const last = (failure: BedrockError) => Effect.map(attempts(failure), (at) => at.at(-1)! / minute)
      for (const failure of [error({}), error({ reason: "Unavailable", status: 503 })]) {
        const ended = yield* last(failure)
        assert.isTrue(ended > 9 && ended <= 10, `${failure.reason}: ${ended}`)
      }
      const exception = error({ reason: "Unavailable", type: "serviceUnavailableException" })
      assert.isAbove(yield* last(exception), 9)
      for (
        const failure of [error({ reason: "Unavailable", status: 500 }), error({ reason: "Timeout", status: 408 })]
      ) {
        const ended = yield* last(failure)
        assert.isTrue(ended > 0.25 && ended <= 1, `${failure.reason}: ${ended}`)
      }
      assert.deepStrictEqual(yield* attempts(error({ reason: "Connection", type: "ECONNREFUSED" })), [
        0,
        500,
        1500,
        3500
      ])
    }))

  it.effect("counts the time that the attempts take", () =>
    Effect.gen(function*() {
      const slow = error({ reason: "Unavailable", status: 504 })
      assert.deepStrictEqual(yield* attempts(slow, { takes: "50 seconds" }), [0, 50_500, 101_500])
    }))

  it.effect("waits as long as Retry-After says", () =>
    Effect.gen(function*() {
      const at = yield* attempts(error({ retryAfterMillis: 4 * minute }))
      assert.deepStrictEqual(at, [0, 4 * minute, 8 * minute])
    }))

  it.effect("gives up immediately if Retry-After exceeds the limit", () =>
    Effect.gen(function*() {
      const { at, error: final, waits } = yield* play([error({ retryAfterMillis: 60 * minute })])
      assert.deepStrictEqual(at, [0])
      assert.deepStrictEqual(waits, [])
      assert.strictEqual(final.retryAfterMillis, 60 * minute)
    }))

  it.effect("does not retry without a pause if Retry-After is zero", () =>
    Effect.gen(function*() {
      assert.isBelow((yield* attempts(error({ retryAfterMillis: 0 }))).length, 40)
    }))

  it.effect("applies a separate limit to a different failure after a long wait, and still ends", () =>
    Effect.gen(function*() {
      const limited = error({ retryAfterMillis: 5 * minute })
      const down = error({ reason: "Unavailable", status: 500 })
      const once = yield* play([limited, down])
      assert.isAbove(once.at.length, 4)
      assert.isTrue(once.at.at(-1)! > 5.2 * minute && once.at.at(-1)! <= 6 * minute, String(once.at))
      const both = yield* play(Array.from({ length: 500 }, (_, index) => index % 2 === 0 ? error({}) : down))
      assert.isAtMost(both.at.at(-1)!, 10 * minute)
    }))

  it.effect("follows options.retry", () =>
    Effect.gen(function*() {
      assert.lengthOf(yield* attempts(error({}), { configured: { attempts: 2 } }), 2)
      assert.lengthOf(yield* attempts(error({}), { configured: { attempts: 1 } }), 1)
      const hours = yield* attempts(error({ retryAfterMillis: 60 * minute }), { configured: { total: 150 * minute } })
      assert.deepStrictEqual(hours, [0, 60 * minute, 120 * minute])
      const refused = error({ reason: "Connection", type: "ECONNREFUSED" })
      assert.deepStrictEqual(yield* attempts(refused, { configured: { total: 150 * minute } }), [0, 500, 1500, 3500])
      assert.deepStrictEqual(yield* attempts(refused, { configured: { total: 1000 } }), [0, 500])
    }))

  it.effect("reports each wait that it starts", () =>
    Effect.gen(function*() {
      const failure = error({ retryAfterMillis: 4 * minute })
      const { waits } = yield* play([failure])
      assert.deepStrictEqual(waits, [
        { error: failure, attempt: 2, until: 4 * minute },
        { error: failure, attempt: 3, until: 8 * minute }
      ])
    }))

  it.effect("retries only failures that may be temporary", () =>
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
        error({ message: "Too many tokens per day, please wait before trying again." }),
        error({ reason: "WrongContentType", status: 200 }),
        error({ reason: "Connection", type: "ENOTFOUND" }),
        error({ reason: "Connection", type: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
        error({ reason: "ModelError", type: "ModelErrorException", status: 424 })
      ]
      assert.deepStrictEqual(passes.map(retryable), passes.map(() => true))
      assert.deepStrictEqual(stays.map(retryable), stays.map(() => false))
    }))
})
