import { assert, describe, it } from "@effect/vitest"
import { type Move, move, sliceVisible } from "../../src/internal/terminal/scroll.ts"

describe("Scrolling", () => {
  const after = (...moves: ReadonlyArray<Move>): number => moves.reduce((offset, by) => move(offset, by, 100, 10), 0)

  it("stays within the lines", () => {
    assert.strictEqual(after("up"), 0)
    assert.strictEqual(after("end"), 90)
    assert.strictEqual(after("end", "down"), 90)
    assert.strictEqual(after("end", "start"), 0)
    assert.strictEqual(move(5, "down", 3, 10), 0)
  })

  it("repeats one line of the previous page", () => {
    assert.strictEqual(after("page-down"), 9)
    assert.strictEqual(after("page-down", "down", "page-up"), 1)
  })

  it("counts the hidden lines", () => {
    assert.deepStrictEqual(sliceVisible(["a", "b", "c", "d"], 1, 2), {
      lines: ["b", "c"],
      offset: 1,
      above: 1,
      below: 1
    })
    assert.deepStrictEqual(sliceVisible(["a"], 7, 2), { lines: ["a"], offset: 0, above: 0, below: 0 })
  })
})
