import { mapTexts } from "@altimate-code/system/PlainData"
import { assert, describe, it } from "@effect/vitest"

describe("mapTexts", () => {
  const upper = (text: string) => text.toUpperCase()

  it("replaces every text at any depth, but no keys", () => {
    assert.deepStrictEqual(mapTexts({ a: "x", b: ["y", { c: "z" }], d: 1, e: null }, upper), {
      a: "X",
      b: ["Y", { c: "Z" }],
      d: 1,
      e: null
    })
  })

  it("leaves class instances and functions unchanged", () => {
    const date = new Date(0)
    const f = () => "x"
    assert.strictEqual(mapTexts({ date, f }, upper).date, date)
    assert.strictEqual(mapTexts({ date, f }, upper).f, f)
  })
})
