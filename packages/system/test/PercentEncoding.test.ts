import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { decode } from "../src/PercentEncoding.ts"

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

describe("Percent-encoded text", () => {
  for (
    const [text, expected] of [
      ["plain", "plain"],
      ["p%40ss%2Fword", "p@ss/word"],
      ["p%40ss%zz", "p@ss%zz"],
      ["100%", "100%"],
      ["%%40%", "%@%"],
      ["gr%C3%BC%c3%9fe", "grüße"],
      ["%E2%82%AC%F0%9F%94%91", "€🔑"],
      ["%FF%40", "%FF@"],
      ["%C3%40", "%C3@"],
      ["%ED%A0%80%41", "%ED%A0%80A"],
      ["%2540", "%40"]
    ] as const
  ) {
    it(`${text} decodes to ${expected}`, () => assert.strictEqual(decode(text), expected))
  }

  it("from encodeURIComponent is decoded to the original", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: "grapheme" }), (text) => decode(encodeURIComponent(text)) === text),
      { numRuns: 100 * runs }
    )
  })

  it("is decoded without exceptions", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.stringMatching(/^[%0-9a-fA-Fz]*$/), (text) => typeof decode(text) === "string"),
      { numRuns: 100 * runs }
    )
  })
})
