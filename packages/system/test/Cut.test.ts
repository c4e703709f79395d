import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Cut from "../src/Cut.ts"

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes)

const Character = Schema.Literal("a", "é", "€", "😀", "\n", "\u0301")
const Text = Schema.Array(Character)
const MaxLength = Schema.Int.pipe(Schema.between(0, 12))

describe("A cut", () => {
  it("never splits a character of two units", () => {
    assert.strictEqual(Cut.head("ab😀", 3), "ab")
    assert.strictEqual(Cut.head("ab😀", 4), "ab😀")
    assert.strictEqual(Cut.tail("😀ab", 3), "ab")
    assert.strictEqual(Cut.tail("😀ab", 0), "")
  })

  it.effect.prop(
    "is between characters, as close to the limit as possible",
    [Text, MaxLength],
    ([characters, maxLength]) =>
      Effect.sync(() => {
        const text = characters.join("")
        const [head, tail] = [Cut.head(text, maxLength), Cut.tail(text, maxLength)]
        assert.isTrue(text.startsWith(head) && text.endsWith(tail))
        assert.isTrue(head.isWellFormed() && tail.isWellFormed())
        for (const { length } of [head, tail]) {
          assert.isAtMost(length, maxLength)
          assert.isAtLeast(length, Math.min(text.length, maxLength - 1))
        }
      }),
    { fastCheck: { numRuns: 100 * runs } }
  )

  it.effect.prop(
    "is between characters in UTF-8 bytes too",
    [Text, MaxLength],
    ([characters, maxLength]) =>
      Effect.sync(() => {
        const bytes = new TextEncoder().encode(characters.join(""))
        for (const kept of [Cut.headBytes(bytes, maxLength), Cut.tailBytes(bytes, maxLength)]) {
          decode(kept)
          assert.isAtMost(kept.length, maxLength)
          assert.isAtLeast(kept.length, Math.min(bytes.length, maxLength - 3))
        }
      }),
    { fastCheck: { numRuns: 100 * runs } }
  )

  it("does not change bytes that are not UTF-8", () => {
    const bytes = new Uint8Array(20).fill(0x80)
    assert.strictEqual(Cut.headBytes(bytes, 10).length, 10)
    assert.strictEqual(Cut.tailBytes(bytes, 10).length, 10)
  })
})
