import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { readHeader } from "../src/internal/values/headerValue.ts"

const good: ReadonlyArray<readonly [name: string, text: string, value: string, notice: string | null]> = [
  ["x-team", "data science", "data science", null],
  ["x-api-key", " abc\r\n", "abc", null],
  ["x-api-key", "\"abc\"\r", "abc", "is in quotation marks, which are left out"],
  ["x-api-key", "Bearer abc", "Bearer abc", null],
  ["if-match", "\"etag\"", "\"etag\"", null],
  ["Authorization", "Bearer abc", "Bearer abc", null],
  ["Authorization", "Basic YTpi", "Basic YTpi", null],
  ["authorization", "Bearer Bearer abc", "Bearer abc", "has a token that begins with \"Bearer\", which is left out"],
  ["authorization", "Bearer \"abc\"", "Bearer abc", "has a token that is in quotation marks, which are left out"],
  ["authorization", "'bearer abc'", "bearer abc", "is in quotation marks, which are left out"]
]

const bad: ReadonlyArray<readonly [name: string, text: string, what: string]> = [
  ["x-team", "a\nb", "has a line break at position 2, which HTTP headers can't contain"],
  ["x-api-key", "\" a\u200bb\"", "has a zero-width space (U+200B) at position 4, which HTTP headers can't contain"],
  ["x-api-key", "\"\"", "is empty apart from quotation marks"],
  ["authorization", "Bearer  \u201cabc\u201d", "has a typographic quotation mark (U+201C) at position 9,"],
  ["authorization", "Bearer ", "has no token after Bearer"],
  ["authorization", "Bearer \"\"", "has no token after Bearer"]
]

describe("The value of a header", () => {
  for (const [name, text, value, notice] of good) {
    it(`${name}: ${JSON.stringify(text)} is sent as ${JSON.stringify(value)}`, () => {
      const read = Either.getOrThrow(readHeader(name, text))
      assert.deepStrictEqual([read.value, Option.getOrNull(read.notice)], [value, notice])
    })
  }

  for (const [name, text, what] of bad) {
    it(`${name}: ${JSON.stringify(text)} is refused: it ${what}`, () =>
      assert.include(Either.getOrThrow(Either.flip(readHeader(name, text))), what))
  }
})
