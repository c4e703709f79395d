import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import { nameOf } from "../../src/internal/input/editing.ts"
import * as Keys from "../../src/internal/input/keys.ts"

/** Decodes the chunks one after the other, then flushes. */
const read = (...chunks: ReadonlyArray<string>): ReadonlyArray<Keys.Key> => {
  let decoder = Keys.start
  const keys: Array<Keys.Key> = []
  for (const chunk of chunks) {
    const step = Keys.decode(decoder, chunk)
    decoder = step.decoder
    keys.push(...step.keys)
  }
  return [...keys, ...Keys.flush(decoder).keys]
}

const names = (...chunks: ReadonlyArray<string>) =>
  read(...chunks).map((key) => key.type === "key" ? nameOf(key) : `${key.type} ${key.text}`)

describe("A report of the focus", () => {
  it("is not a key, and counts wherever the chunks end", () => {
    const { decoder, keys } = Keys.decode(Keys.start, "a\x1b[Ib\x1b[")
    assert.deepStrictEqual(keys.map((key) => key.type === "text" ? key.text : key.type), ["a", "b"])
    assert.isTrue(Keys.decode(Keys.start, "a\x1b[Ib\x1b[").isFocused)
    const { isFocused, keys: rest } = Keys.decode(decoder, "O")
    assert.deepStrictEqual(rest, [])
    assert.isFalse(isFocused)
    assert.isUndefined(Keys.decode(Keys.start, "a").isFocused)
  })
})

describe("Keys", () => {
  it("names the keys that a terminal sends", () => {
    const sent = {
      "\r": "return",
      "\n": "ctrl-j",
      "\t": "tab",
      "\x7f": "backspace",
      "\b": "backspace",
      "\x03": "ctrl-c",
      "\x0f": "ctrl-o",
      "\x1f": "ctrl-_",
      "\x1b": "escape",
      "\x1b[A": "up",
      "\x1bOB": "down",
      "\x1b[1;5C": "ctrl-right",
      "\x1b[1;3D": "meta-left",
      "\x1b[H": "home",
      "\x1b[4~": "end",
      "\x1b[3~": "delete",
      "\x1b[5~": "page-up",
      "\x1b[Z": "shift-tab",
      "\x1b\r": "meta-return",
      "\x1b[13;2u": "shift-return",
      "\x1bb": "meta-b",
      "\x1b\x7f": "meta-backspace"
    }
    for (const [bytes, name] of Object.entries(sent)) {
      assert.deepStrictEqual(names(bytes), [name], JSON.stringify(bytes))
    }
  })

  it("passes text through between keys", () => {
    assert.deepStrictEqual(names("añ👍\rb"), ["text añ👍", "return", "text b"])
  })

  it("decodes a paste as one text, with its line ends", () => {
    assert.deepStrictEqual(names("a\x1b[200~x\r\ny\rz\x03\x1b[201~b"), ["text a", "paste x\ny\nz\x03", "text b"])
  })

  it("distinguishes Esc from the start of a sequence", () => {
    assert.deepStrictEqual(names("\x1b", "[A"), ["up"])
    assert.deepStrictEqual(names("\x1b[", "A"), ["up"])
    assert.deepStrictEqual(names("\x1b\x1b"), ["escape", "escape"])
  })

  it("does not treat unknown sequences as text", () => {
    assert.deepStrictEqual(names("\x1b[<0;1;1Ma\x1b[?1;2cb\x1b[99~c"), ["text a", "text b", "text c"])
  })

  it("decodes the same keys for any split of the input", () => {
    const all = "ab\x1b[200~one\ntwo \x1b[20\x1b[201~\x1b[A\x1b[1;5Dc\r\x1b[3~\x1bbd"
    const joined = (keys: ReadonlyArray<Keys.Key>) =>
      keys.map((key) =>
        key.type === "key" ? `<${nameOf(key)}>` : key.type === "paste" ? `<paste ${key.text}>` : key.text
      )
        .join("")
    const whole = joined(read(all))
    assert.include(whole, "<paste one\ntwo \x1b[20>")
    fc.assert(fc.property(fc.array(fc.nat(all.length), { maxLength: 6 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), all.length]
      const chunks = places.slice(1).map((end, index) => all.slice(places[index], end))
      assert.strictEqual(joined(read(...chunks)), whole)
    }))
  })
})

describe("A report of the terminal", () => {
  const isLight = (text: string) =>
    Keys.decode(Keys.start, text).reports?.map((report) => report.type === "background" ? report.isLight : report.type)

  it("has the brightness of the background", () => {
    assert.deepStrictEqual(isLight("\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?62;c"), [true, "device"])
    assert.deepStrictEqual(isLight("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\"), [false])
    assert.deepStrictEqual(isLight("\x1b]11;rgba:f/f/e/f\x07"), [true])
    assert.deepStrictEqual(isLight("\x1b]11;#fdf6e3\x07"), [true])
    // Blue is dark, yellow is bright.
    assert.deepStrictEqual(isLight("\x1b]11;rgb:00/00/ff\x07\x1b]11;rgb:ff/ff/00\x07"), [false, true])
  })

  it("is no key, wherever it is split, and leaves the keys around it", () => {
    const text = "a\x1b]11;rgb:ffff/ffff/ffff\x1b\\b"
    for (let at = "a\x1b]1".length; at < text.length; at++) {
      const first = Keys.decode(Keys.start, text.slice(0, at))
      const waited = Keys.flush(first.decoder)
      const second = Keys.decode(waited.decoder, text.slice(at))
      const keys = [...first.keys, ...waited.keys, ...second.keys]
      assert.deepStrictEqual(keys, [{ type: "text", text: "a" }, { type: "text", text: "b" }], String(at))
    }
  })

  it("is not what Alt-] and typed text are", () => {
    const { decoder } = Keys.decode(Keys.start, "\x1b]")
    assert.deepStrictEqual(Keys.flush(decoder).keys, [{
      type: "key",
      name: "]",
      ctrl: false,
      meta: true,
      shift: false
    }])
    assert.deepStrictEqual(Keys.decode(Keys.start, "\x1b]11;x").keys.at(-1), { type: "text", text: "11;x" })
  })
})
