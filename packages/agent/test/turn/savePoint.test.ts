import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { makeSavePoint } from "../../src/internal/turn/savePoint.ts"

/** Three calls, of which the first two wait. `passed` has those that have waited enough. */
const make = Effect.gen(function*() {
  const savePoint = makeSavePoint(3, yield* Effect.scope)
  const passed: Array<string> = []
  const arrive = (name: string) => Effect.zipRight(savePoint.arrive, Effect.sync(() => passed.push(name)))
  const fibers = yield* Effect.forEach(["a", "b"], (name) => Effect.fork(arrive(name)))
  yield* TestClock.adjust("99 millis")
  assert.deepStrictEqual(passed, [])
  return { ...savePoint, arrive, fibers, passed }
})

it.scoped("calls wait for each other, and then continue in their order", () =>
  Effect.gen(function*() {
    const { arrive, fibers, passed } = yield* make
    yield* arrive("c")
    yield* Fiber.joinAll(fibers)
    assert.deepStrictEqual(passed, ["a", "b", "c"])
    // The next time too.
    const again = yield* Effect.fork(arrive("d"))
    yield* Effect.yieldNow()
    assert.lengthOf(passed, 3)
    yield* Effect.zipRight(Effect.fork(arrive("e")), arrive("f"))
    yield* Fiber.join(again)
  }))

it.scoped("calls do not wait for one that has ended, nor long for a slow one", () =>
  Effect.gen(function*() {
    const ended = yield* make
    yield* ended.leave
    yield* Fiber.joinAll(ended.fibers)
    const slow = yield* make
    yield* TestClock.adjust("1 millis")
    yield* Fiber.joinAll(slow.fibers)
    assert.deepStrictEqual(slow.passed, ["a", "b"])
  }))

it.scoped("calls do not wait for one that is interrupted while it waits", () =>
  Effect.gen(function*() {
    const { fibers: [first, second], passed } = yield* make
    yield* Fiber.interrupt(first!)
    yield* Fiber.join(second!)
    assert.deepStrictEqual(passed, ["b"])
  }))
