import { printable, printableLines } from "@altimate-code/log/Printable"
import { assert, describe, it } from "@effect/vitest"

describe("Printable text", () => {
  it("has no control characters and none that change the text direction", () => {
    assert.strictEqual(printable("a\u001b[2Jb\u009bc\r\n\u202ed"), "a\\u{1b}[2Jb\\u{9b}c\\u{d}\\u{a}\\u{202e}d")
    assert.strictEqual(printable("grüße 你好"), "grüße 你好")
  })

  it("can have several lines", () => {
    assert.strictEqual(printableLines("a\u001b[2J\nb\r\n"), "a\\u{1b}[2J\nb\\u{d}\n")
  })
})
