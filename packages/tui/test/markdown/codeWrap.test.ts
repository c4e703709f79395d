import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { wrapCode } from "../../src/internal/markdown/codeWrap.ts"
import { measureWidth } from "../../src/internal/terminal/themedText.ts"

const wrapped = (code: string, width: number) =>
  wrapCode([{ text: code, roles: ["text"] }], width).map((line) => line.map(({ text }) => text).join(""))

describe("A long line of code", () => {
  it("is broken after a space, else after a comma or a bracket, and its rest is indented", () => {
    assert.deepStrictEqual(wrapped("  const total = items.reduce(sum)", 20), [
      "  const total = ",
      "    items.reduce(",
      "    sum)"
    ])
    assert.deepStrictEqual(wrapped("call(aaaa,bbbb,cccc)", 16), ["call(aaaa,bbbb,", "  cccc)"])
    assert.deepStrictEqual(wrapped("x".repeat(12), 8), ["xxxxxxxx", "  xxxx"])
    assert.deepStrictEqual(wrapped("short", 8), ["short"])
  })

  it.effect.prop(
    "fits the width, and loses nothing",
    {
      code: FastCheck.string({ unit: FastCheck.constantFrom("a", " ", ",", "(", "漢", "e\u0301"), maxLength: 200 }),
      width: FastCheck.integer({ min: 2, max: 40 })
    },
    ({ code, width }) =>
      Effect.sync(() => {
        const rows = wrapped(code, width)
        for (const row of rows) assert.isAtMost(measureWidth(row), width)
        assert.strictEqual(rows.join("").replaceAll(" ", ""), code.replaceAll(" ", ""))
      })
  )

  it("takes little time however long it is", () => {
    const start = process.cpuUsage()
    wrapped("a(b, c); ".repeat(20_000), 80)
    assert.isBelow(process.cpuUsage(start).user / 1000, 2000)
  })
})
