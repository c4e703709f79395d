import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { makeSlots } from "../../src/internal/turn/slots.ts"

/** Two calls run, and two wait. `running` has those that have begun. */
const make = Effect.gen(function*() {
  const makeSlot = makeSlots(2)
  const running: Array<string> = []
  const calls = yield* Effect.forEach(["a", "b", "c", "d"], (name) =>
    Effect.gen(function*() {
      const slot = makeSlot()
      const begin = Effect.zipRight(slot.take, Effect.sync(() => void running.push(name)))
      return { ...slot, fiber: yield* Effect.fork(begin) }
    }))
  yield* settle
  assert.deepStrictEqual(running, ["a", "b"])
  const [a, b, c, d] = calls
  return { a: a!, b: b!, c: c!, d: d!, makeSlot, running }
})

/** Lets all fibers run. */
const settle = Effect.repeatN(Effect.yieldNow(), 20)

it.effect("calls run in their order, as many at a time as there are slots", () =>
  Effect.gen(function*() {
    const { a, b, running } = yield* make
    a.release()
    // A call releases its slot only once.
    a.release()
    yield* settle
    assert.deepStrictEqual(running, ["a", "b", "c"])
    b.release()
    yield* settle
    assert.deepStrictEqual(running, ["a", "b", "c", "d"])
  }))

it.effect("a call that is interrupted while it waits takes no slot", () =>
  Effect.gen(function*() {
    const { a, b, c, d, makeSlot, running } = yield* make
    yield* Fiber.interrupt(c.fiber)
    c.release()
    yield* settle
    assert.deepStrictEqual(running, ["a", "b"])
    a.release()
    yield* settle
    assert.deepStrictEqual(running, ["a", "b", "d"])
    b.release()
    d.release()
    yield* Effect.all([makeSlot().take, makeSlot().take])
  }))

it.effect("a call may ask for its slot several times", () =>
  Effect.gen(function*() {
    const { a, c, running } = yield* make
    yield* a.take
    a.release()
    yield* Fiber.join(c.fiber)
    yield* c.take
    assert.deepStrictEqual(running, ["a", "b", "c"])
  }))
