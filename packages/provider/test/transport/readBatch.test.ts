import { assert, describe, it } from "@effect/vitest"
import { setImmediate } from "node:timers/promises"
import { makeReadBatch } from "../../src/internal/transport/readBatch.ts"

describe("readBatch", () => {
  it("returns the items that are ready together, then waits for the next one", async () => {
    const readBatch = makeReadBatch((async function*() {
      yield* [1, 2, 3]
      await setImmediate()
      await setImmediate()
      yield* [4, 5]
    })())
    assert.deepStrictEqual(await readBatch(), { items: [1, 2, 3], isEnd: false })
    assert.deepStrictEqual(await readBatch(), { items: [4, 5], isEnd: true })
    assert.deepStrictEqual(await readBatch(), { items: [], isEnd: true })
  })

  it("returns the items before an error, and then throws it", async () => {
    const readBatch = makeReadBatch((async function*() {
      yield* [1, 2]
      throw new Error("broken")
    })())
    assert.deepStrictEqual(await readBatch(), { items: [1, 2], isEnd: false })
    const error = await readBatch().then(() => undefined, (error: unknown) => error)
    assert.strictEqual(String(error), "Error: broken")
  })

  it("does not wait for the end of a long answer", async () => {
    const all = Array.from({ length: 2000 }, (_, index) => index)
    const readBatch = makeReadBatch((async function*() {
      yield* all
    })())
    const sizes: Array<number> = []
    const items: Array<number> = []
    for (let batch = await readBatch(); batch.items.length > 0; batch = await readBatch()) {
      sizes.push(batch.items.length)
      items.push(...batch.items)
    }
    assert.deepStrictEqual(items, all)
    assert.isAbove(sizes.length, 2)
  })
})
