import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { makeReadLimit, ReadTimeout } from "../../src/internal/transport/readLimit.ts"

it.scoped("a read limit applies to each read alone, and not to the time between them", () =>
  Effect.gen(function*() {
    const limitRead = yield* makeReadLimit("1 minute")
    const start = (read: () => Promise<number>) =>
      Effect.fork(Effect.either(Effect.tryPromise({ try: () => limitRead(read), catch: (error) => error })))
    let arrive: (value: number) => void = () => {}
    const slow = () => new Promise<number>((resolve) => arrive = resolve)
    for (let count = 0; count < 3; count++) {
      yield* TestClock.adjust("10 minutes")
      const fiber = yield* start(slow)
      yield* TestClock.adjust("59 seconds")
      arrive(count)
      assert.deepStrictEqual(yield* Fiber.join(fiber), Either.right(count))
    }
    yield* TestClock.adjust("30 seconds")
    const stalled = yield* start(() => new Promise(() => {}))
    yield* TestClock.adjust("59 seconds")
    assert.isNull(stalled.unsafePoll())
    yield* TestClock.adjust("1 second")
    const result = yield* Fiber.join(stalled)
    assert.isTrue(Either.isLeft(result) && result.left instanceof ReadTimeout)
  }))
