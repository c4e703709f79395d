import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as PastedToken from "../src/PastedToken.ts"

const good: ReadonlyArray<readonly [text: string, value: string, leftOut: ReadonlyArray<PastedToken.Wrapping>]> = [
  ["abc", "abc", []],
  [" abc\r\n", "abc", []],
  ["\ufeffabc\u00a0", "abc", []],
  ["Bearer abc", "abc", ["scheme"]],
  ["bEARER\t abc", "abc", ["scheme"]],
  ["\"abc\"", "abc", ["quotes"]],
  ["'abc'\n", "abc", ["quotes"]],
  ["\"Bearer abc\"", "abc", ["quotes", "scheme"]],
  ["Bearer 'abc'", "abc", ["scheme", "quotes"]],
  ["\" abc \"", "abc", ["quotes"]],
  ["bearer-abc", "bearer-abc", []],
  ["Bearerabc", "Bearerabc", []],
  ["\"\"abc\"\"", "\"abc\"", ["quotes"]],
  ["\"abc'", "\"abc'", []],
  ["\"", "\"", []],
  ["a+/=~!%\"b", "a+/=~!%\"b", []]
]

const bad: ReadonlyArray<readonly [text: string, what: string]> = [
  ["", "is empty"],
  [" \n", "is empty"],
  ["\"\"", "is empty apart from quotation marks"],
  ["Bearer ", "is empty apart from \"Bearer\""],
  ["'Bearer'", "is empty apart from quotation marks and \"Bearer\""],
  ["one\ntwo", "has a line break at position 4,"],
  ["one\r\ntwo", "has a line break at position 4,"],
  ["one two", "has a space at position 4, which is never part of a token"],
  ["Bearer Bearer abc", "has a space at position 14,"],
  ["one\ttwo", "has a tab at position 4, which HTTP headers can't contain"],
  ["a\0b", "has a NUL character at position 2,"],
  ["a\u0007b", "has a control character (U+0007) at position 2,"],
  ["a\u007fb", "has a control character (U+007F) at position 2,"],
  ["a\u0085b", "has a line break (U+0085) at position 2,"],
  ["a\u2028b", "has a line break (U+2028) at position 2,"],
  ["a\u00a0b", "has a no-break space (U+00A0) at position 2,"],
  ["a\u2003b", "has an unusual space (U+2003) at position 2,"],
  ["a\u00adb", "has a soft hyphen (U+00AD) at position 2,"],
  ["abc\u200b", "has a zero-width space (U+200B) at position 4,"],
  ["\u200babc", "has a zero-width space (U+200B) at position 1,"],
  ["a\u200db", "has a zero-width joiner (U+200D) at position 2,"],
  ["a\u200eb", "has a text direction mark (U+200E) at position 2,"],
  ["a\u2066b", "has a text direction mark (U+2066) at position 2,"],
  ["a\ufeffb", "has a byte order mark (U+FEFF) at position 2,"],
  ["a\ufe0fb", "has an invisible character (U+FE0F) at position 2,"],
  ["a\ufffdb", "has a byte that is not UTF-8 (U+FFFD) at position 2,"],
  ["\ufffd\ufffdabc", "looks like UTF-16 text"],
  ["\u201cabc\u201d", "has a typographic quotation mark (U+201C) at position 1,"],
  ["a\u2013b", "has a typographic dash (U+2013) at position 2,"],
  ["abc\u2026", "has an ellipsis (U+2026) at position 4,"],
  ["\u0430bc", "has a character outside ASCII (U+0430) at position 1,"],
  ["a\ud800b", "has half a character (U+D800) at position 2,"],
  [" \"Bearer \u{1f600}\u200b\"", "has a character outside ASCII (U+1F600) at position 10,"],
  ["\u{1f600}\u200b", "has a character outside ASCII (U+1F600) at position 1,"]
]

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

describe("A pasted token", () => {
  for (const [text, value, leftOut] of good) {
    it(`is ${value} in ${JSON.stringify(text)}`, () => {
      const read = Either.getOrThrow(PastedToken.read(text))
      assert.deepStrictEqual([read.value, read.leftOut], [value, leftOut])
      assert.strictEqual(text.slice(read.start, read.end), value)
    })
  }

  for (const [text, what] of bad) {
    it(`is refused in ${JSON.stringify(text)}: it ${what}`, () =>
      assert.include(Either.getOrThrow(Either.flip(PastedToken.read(text))), what))
  }

  it("is valid in a header, or is refused with the name of one character and nothing else of it", () => {
    const secret = fc.string({ minLength: 8, unit: fc.constantFrom("q", "z", "x") })
    const surrounded = fc.tuple(secret, fc.string({ unit: "binary" }), secret).map((parts) => parts.join(""))
    fc.assert(
      fc.property(surrounded, (text) => {
        const read = PastedToken.read(text)
        if (Either.isRight(read)) assert.match(read.right.value, /^[\x21-\x7e]+$/)
        else assert.notMatch(read.left, /[qzx]{4}/)
      }),
      { numRuns: 100 * runs }
    )
  })

  it("has a description of what was left out", () => {
    const described = ([[], ["scheme"], ["quotes"], ["quotes", "scheme"]] as const).map((leftOut) =>
      Option.getOrNull(PastedToken.describeLeftOut(leftOut))
    )
    assert.deepStrictEqual(described, [
      null,
      "begins with \"Bearer\", which is left out",
      "is in quotation marks, which are left out",
      "begins with \"Bearer\" and is in quotation marks: both are left out"
    ])
  })
})
