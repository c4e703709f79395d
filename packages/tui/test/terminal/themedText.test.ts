import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import stringWidth from "string-width"
import { drawRule } from "../../src/internal/terminal/canvas.ts"
import { isNarrow } from "../../src/internal/terminal/graphemes.ts"
import { chooseTheme, dark, light, neutral, plain } from "../../src/internal/terminal/theme.ts"
import {
  clean,
  expandTabs,
  measureWidth,
  paint,
  paintPlainText,
  reveal,
  truncate,
  wrap
} from "../../src/internal/terminal/themedText.ts"
import { isRaw, markdown } from "../markdown/markdownText.ts"

describe("The theme", () => {
  it("follows NO_COLOR and the background, and is neutral if the background is unknown", () => {
    const colorfgbg = (value: string | undefined) => chooseTheme({ noColor: false, colorfgbg: value })
    assert.strictEqual(chooseTheme({ noColor: true, colorfgbg: "15;0" }), plain)
    assert.strictEqual(colorfgbg("15;0"), dark)
    assert.strictEqual(colorfgbg("0;default;15"), light)
    assert.strictEqual(colorfgbg("0;7"), light)
    assert.strictEqual(colorfgbg("7;8"), dark)
    assert.strictEqual(colorfgbg("15;default"), neutral)
    assert.strictEqual(colorfgbg(undefined), neutral)
  })

  it("has no escape codes without colors", () => {
    const line = [{ text: "a", roles: ["strong", "error"] as const }]
    assert.strictEqual(paint(line, plain), "a")
    assert.strictEqual(paint(line, dark), "\x1b[91m\x1b[1ma\x1b[22m\x1b[39m")
    assert.strictEqual(dark.error(""), "")
  })
})

describe("Untrusted text", () => {
  it("is cleaned in the title of a rule", () => {
    const title = drawRule({ width: 40, theme: plain }, "b1  echo \x1b]52;c;eA==\x07\x1b[2J\nnext")
    assert.strictEqual(title, `── b1  echo  next ${"─".repeat(22)}`)
  })

  it("is cleaned of complete escape sequences", () => {
    assert.strictEqual(clean("a\x1b[1;31mb\x1b[0m\x1b]0;title\x07c\x1b]8;;u\x1b\\d\x9b2Je\x1bcf\x1b(Bg"), "abcdefg")
    assert.strictEqual(clean("a\x1b]never ended\nb\x1b"), "a]never ended\nb")
    assert.strictEqual(clean("a\r\nb\rc\td\x00\x08\u202e\u2028"), "a\nb\nc\td")
    assert.strictEqual(clean("a\ud83dx"), "a\ufffdx")
    assert.strictEqual(clean("👩‍👩‍👧‍👦 e\u0301"), "👩‍👩‍👧‍👦 e\u0301")
  })

  it("can be shown with its control characters", () => {
    assert.strictEqual(reveal("rm\x1b[8m -rf\x07 \u202e\x7f\r\nx\ry"), "rm␛[8m -rf␇ <U+202E>␡\nx␍y")
  })

  it("can be shown with its invisible characters, except within emoji", () => {
    assert.strictEqual(
      reveal("a\u200bb\u2060\u00ad\u3164\u{e0041}\u200dc"),
      "a<U+200B>b<U+2060><U+00AD><U+3164><U+E0041><U+200D>c"
    )
    assert.strictEqual(reveal("👩‍💻 ❤️ 🇩🇪 1️⃣ e\u0301"), "👩‍💻 ❤️ 🇩🇪 1️⃣ e\u0301")
  })

  it.effect.prop("keeps its lines and no control characters", { text: markdown }, ({ text }) =>
    Effect.sync(() => {
      assert.isFalse(isRaw(clean(text).replace(/[\n\t]/g, "")))
      assert.strictEqual(clean(text).split("\n").length, text.split(/\r\n?|\n/).length)
      assert.isFalse(isRaw(reveal(text).replace(/[\n\t]/g, "")))
    }))

  it("has spaces instead of tabs", () => {
    assert.strictEqual(expandTabs("\ta\tbcde\tf"), "    a   bcde    f")
  })
})

describe("A line that is too long", () => {
  it("is truncated between characters", () => {
    assert.strictEqual(truncate("abcdef", 6), "abcdef")
    assert.strictEqual(truncate("abcdef", 5), "abcd…")
    assert.strictEqual(truncate("日本語", 4), "日…")
    assert.strictEqual(truncate("日本語", 0), "")
  })

  it("is wrapped and keeps its roles", () => {
    assert.deepStrictEqual(
      wrap([{ text: "one t", roles: ["strong"] }, { text: "wo  three", roles: [] }], 7, "words"),
      [
        [{ text: "one t", roles: ["strong"] }, { text: "wo", roles: [] }],
        [{ text: "three", roles: [] }]
      ]
    )
    assert.deepStrictEqual(paintPlainText("abc\n\n\tx", { width: 5, theme: plain }), ["abc", "", "    x"])
    const women = "👩\u200d".repeat(7)
    assert.deepStrictEqual(paintPlainText(women, { width: 10, theme: plain }), [
      "👩\u200d".repeat(5),
      "👩\u200d".repeat(2)
    ])
    assert.deepStrictEqual(paintPlainText("abcdef", { width: 4, theme: dark, role: "dim" }), [
      "\x1b[2mabcd\x1b[22m",
      "\x1b[2mef\x1b[22m"
    ])
  })

  it.effect.prop(
    "fits when it is wrapped, and loses nothing but spaces",
    {
      text: markdown,
      width: FastCheck.integer({ min: 2, max: 60 }),
      at: FastCheck.constantFrom("words" as const, "anywhere" as const)
    },
    ({ at, text, width }) =>
      Effect.sync(() => {
        const line = clean(text).replace(/[\n\t]/g, " ")
        const rows = wrap([{ text: line, roles: [] }], width, at).map((row) => row.map((span) => span.text).join(""))
        for (const row of rows) assert.isAtMost(stringWidth(row), width)
        const kept = rows.join("")
        // A character that is wider than the line becomes a question mark.
        if (kept.includes("?")) return
        if (at === "anywhere") assert.strictEqual(kept, line)
        else assert.strictEqual(kept.replaceAll(" ", ""), line.replaceAll(" ", ""))
      })
  )

  it.effect.prop(
    "fits when it is truncated",
    { text: markdown, width: FastCheck.integer({ min: 0, max: 60 }) },
    ({ text, width }) =>
      Effect.sync(() => assert.isAtMost(stringWidth(truncate(clean(text).replace(/[\n\t]/g, " "), width)), width))
  )
})

describe("The width of a text", () => {
  it("is that of a terminal for every character that is measured without the library", () => {
    let count = 0
    for (let code = 0x20; code < 0xd800; code++) {
      const character = String.fromCharCode(code)
      // At the start, after a letter, and after itself.
      const text = `${character}a${character}${character}`
      if (!isNarrow(text)) continue
      count++
      if (measureWidth(text) !== stringWidth(text)) assert.fail(`U+${code.toString(16)}`)
    }
    assert.isAbove(count, 700)
  })
})
