import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { common, createLowlight } from "lowlight"
import { stripVTControlCharacters } from "node:util"
import stringWidth from "string-width"
import { dark, light, neutral, plain } from "../../src/internal/terminal/theme.ts"
import { render } from "../../src/internal/transcript/diff.ts"
import { isRaw, markdown, width } from "../markdown/markdownText.ts"

const shown = (lines: ReadonlyArray<string>, columns = 40): ReadonlyArray<string> =>
  render(lines.join("\n"), { width: columns, theme: plain })

describe("A rendered diff", () => {
  it("numbers lines, with old numbers for removed lines, and separates hunks", () => {
    assert.deepStrictEqual(
      shown([
        "--- a/src/x.ts",
        "+++ b/src/x.ts",
        "@@ -1,3 +1,2 @@",
        " one",
        "-two",
        "-three",
        "+2",
        "@@ -9,2 +8,3 @@ function f() {",
        " a",
        "+b",
        " c",
        "\\ No newline at end of file",
        ""
      ]),
      [
        "src/x.ts",
        "1   one",
        "2 - two",
        "3 - three",
        "2 + 2",
        "⋯ function f() {",
        "8   a",
        "9 + b",
        "10   c",
        "No newline at end of file"
      ].map((line) => /^\d /.test(line) ? ` ${line}` : line)
    )
  })

  it("marks new and deleted files", () => {
    assert.deepStrictEqual(shown(["--- /dev/null", "+++ b/x", "@@ -0,0 +1 @@", "+a"]), ["x (new)", "1 + a"])
    assert.deepStrictEqual(shown(["--- a/x", "+++ /dev/null", "@@ -1 +0,0 @@", "-a"]), ["x (deleted)", "1 - a"])
    assert.deepStrictEqual(shown(["--- a/x", "+++ b/y", "@@ -1 +1 @@", "-a", "+b"])[0], "x → y")
  })

  it("recognizes a removed line that starts with two minus signs", () => {
    assert.deepStrictEqual(shown(["--- a/x", "+++ b/x", "@@ -1,2 +1,2 @@", "--- a", "+++ b", " c"]), [
      "x",
      "1 - -- a",
      "1 + ++ b",
      "2   c"
    ])
  })

  it("wraps long lines without repeating the number and the sign", () => {
    assert.deepStrictEqual(shown(["@@ -1 +1 @@", "-\tabcdefghijklmnop", "+b"], 20), [
      "1 -     abcdefghijkl",
      "    mnop",
      "1 + b"
    ])
  })

  it("shows control characters", () => {
    assert.deepStrictEqual(shown(["@@ -0,0 +1 @@", "+rm x\x1b[2K\u202e"]), ["1 + rm x␛[2K<U+202E>"])
  })

  it("colors added and removed lines differently", () => {
    assert.deepStrictEqual(render("@@ -1 +1 @@\n-a\n+b\n", { width: 20, theme: dark }), [
      "\x1b[2m1 \x1b[22m\x1b[91m- \x1b[39m\x1b[48;5;52m\x1b[91ma\x1b[39m\x1b[49m",
      "\x1b[2m1 \x1b[22m\x1b[92m+ \x1b[39m\x1b[48;5;22m\x1b[92mb\x1b[39m\x1b[49m"
    ])
  })

  it("marks the changed words of lines that have something in common", () => {
    const changed = (before: string, after: string) =>
      render(`@@ -1 +1 @@\n-${before}\n+${after}\n`, { width: 80, theme: dark }).map((line) =>
        // oxlint-disable-next-line no-control-regex -- the style of a changed word
        [...line.matchAll(/\x1b\[1;48;5;\d+m([^]*?)\x1b\[22;49m/g)].map(([, text]) => text!.replace(/\x1b\[\d+m/g, ""))
          .join("|")
      )
    assert.deepStrictEqual(changed("const total = price", "const total = price * count"), ["", " * count"])
    assert.deepStrictEqual(changed("let a = 1; let b = 2", "let a = 3; let b = 4"), ["1|2", "3|4"])
    assert.deepStrictEqual(changed("nothing here", "import x from y"), ["", ""])
  })

  it("colors code by the language of its file, and loses no character", () => {
    const diff = [
      "--- a/x.ts",
      "+++ b/x.ts",
      "@@ -1,4 +1,4 @@",
      " /* a comment",
      "-   with *\u202e/ const",
      "+   that ends */ const a = \"b\"",
      " return 1",
      " "
    ].join("\n")
    const highlighter = createLowlight(common)
    for (const theme of [dark, light, neutral]) {
      const lines = render(diff, { width: 60, theme, highlighter })
      const texts = lines.map((line) => stripVTControlCharacters(line))
      assert.deepStrictEqual(texts, render(diff, { width: 60, theme: plain }))
      assert.include(lines[4], theme.keyword("return"))
    }
    const [, , , added] = render(diff, { width: 60, theme: dark, highlighter })
    assert.include(added, dark.keyword("const"))
    assert.include(added, dark.literal("\"b\""))
  })

  it.effect.prop(
    "is never wider than the terminal, and has no control characters",
    {
      columns: width,
      lines: FastCheck.array(
        FastCheck.tuple(
          FastCheck.constantFrom("+", "-", " ", "@@ -9999,9 +9999,9 @@ ", "--- ", "+++ ", "\\", ""),
          markdown
        )
      )
    },
    ({ columns, lines }) =>
      Effect.sync(() => {
        const unified = lines.map((line) => line.join("")).join("\n")
        for (const theme of [dark, plain]) {
          for (const line of render(unified, { width: columns, theme })) {
            assert.isAtMost(stringWidth(line), columns, JSON.stringify(line))
            assert.isFalse(isRaw(line), JSON.stringify(line))
          }
        }
      })
  )
})
