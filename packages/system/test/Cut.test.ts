import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Cut from "../src/Cut.ts"

const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes)

const Character = Schema.Literal("a", "é", "€", "😀", "\n", "\u0301")
const Text = Schema.Array(Character)
const Most = Schema.Int.pipe(Schema.between(0, 12))

describe("a cut", () => {
  it("leaves a character of two units out whole", () => {
    assert.strictEqual(Cut.head("ab😀", 3), "ab")
    assert.strictEqual(Cut.head("ab😀", 4), "ab😀")
    assert.strictEqual(Cut.tail("😀ab", 3), "ab")
    assert.strictEqual(Cut.tail("😀ab", 0), "")
  })

  it.effect.prop(
    "is between characters, as near to the limit as that allows",
    [Text, Most],
    ([characters, most]) =>
      Effect.sync(() => {
        const text = characters.join("")
        const [head, tail] = [Cut.head(text, most), Cut.tail(text, most)]
        assert.isTrue(text.startsWith(head) && text.endsWith(tail))
        assert.isTrue(head.isWellFormed() && tail.isWellFormed())
        for (const { length } of [head, tail]) {
          assert.isAtMost(length, most)
          assert.isAtLeast(length, Math.min(text.length, most - 1))
        }
      })
  )

  it.effect.prop("is between the characters of bytes", [Text, Most], ([characters, most]) =>
    Effect.sync(() => {
      const bytes = new TextEncoder().encode(characters.join(""))
      for (const kept of [Cut.headBytes(bytes, most), Cut.tailBytes(bytes, most)]) {
        decode(kept)
        assert.isAtMost(kept.length, most)
        assert.isAtLeast(kept.length, Math.min(bytes.length, most - 3))
      }
    }))

  it("leaves bytes that are no UTF-8 as they are", () => {
    const bytes = new Uint8Array(20).fill(0x80)
    assert.strictEqual(Cut.headBytes(bytes, 10).length, 10)
    assert.strictEqual(Cut.tailBytes(bytes, 10).length, 10)
  })
})
