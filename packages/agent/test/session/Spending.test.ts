import { assert, describe, it } from "@effect/vitest"
import * as Spending from "../../src/session/Spending.ts"

const usage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 }
const nothing = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
const sum = (...all: ReadonlyArray<Spending.Spent>) => all.reduce(Spending.add, Spending.none)

describe("Spending", () => {
  it("is described as exact, as a minimum, or as unknown, and never as 0 if it is unknown", () => {
    const described = (...all: ReadonlyArray<Spending.Spent>) => Spending.describe(sum(...all))
    assert.strictEqual(described(), "$0.00")
    assert.strictEqual(described({ usage, cost: 1234.5 }), "$1,234.50")
    assert.strictEqual(described({ usage, cost: 0.001 }), "<$0.01")
    assert.strictEqual(described({ usage, cost: 0 }), "$0.00")
    assert.strictEqual(described({ usage, cost: 2 }, { usage }), "at least $2.00")
    assert.strictEqual(described({ usage, cost: 2 }, { usage: nothing }), "at least $2.00")
    assert.strictEqual(described({ usage, cost: 0.001 }, { usage }), "at least $0.01")
    assert.strictEqual(described({ usage }), "unknown")
    assert.strictEqual(described({ usage: nothing }), "unknown")
  })

  it("says which costs are unknown", () => {
    assert.deepStrictEqual(Spending.explain(sum({ usage, cost: 1 })), [])
    assert.deepStrictEqual(Spending.explain(sum({ usage }, { usage: nothing }, { usage: nothing })), [
      "1 request has no known price.",
      "The usage of 2 requests was not reported, for example because the answer was interrupted."
    ])
  })

  it("adds amounts without the error of floating-point numbers", () => {
    assert.strictEqual(sum({ usage, cost: 0.1 }, { usage, cost: 0.2 }).cost, 0.3)
  })
})
