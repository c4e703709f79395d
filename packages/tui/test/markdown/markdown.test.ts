import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import stringWidth from "string-width"
import { load } from "../../src/internal/markdown/highlight.ts"
import { render } from "../../src/internal/markdown/markdown.ts"
import { isContinuation, split, splitLong } from "../../src/internal/markdown/markdownSplit.ts"
import { dark, light, neutral, plain } from "../../src/internal/terminal/theme.ts"
import { isRaw, markdown, width } from "./markdownText.ts"

const shown = (text: string, columns = 40): ReadonlyArray<string> => render(text, { width: columns, theme: plain })

describe("Rendered Markdown", () => {
  it("has one blank line between blocks and none around them", () => {
    assert.deepStrictEqual(shown("\n\n# One\ntext\n\n\n---\n\n"), [
      "# One",
      "",
      "text",
      "",
      "─".repeat(40)
    ])
  })

  it("has one blank line between a paragraph and a table that follows it at once", () => {
    assert.deepStrictEqual(shown("x - y\n    - z\n|-|-|\n|-|-|\n"), ["x - y", "- z", "", "- │ -", "──┼──"])
  })

  it("wraps text between words and keeps line ends", () => {
    assert.deepStrictEqual(shown("one two three four\nfive", 10), ["one two", "three four", "five"])
    assert.deepStrictEqual(shown("a `code` and more", 8), ["a `code`", "and more"])
    assert.deepStrictEqual(shown("日本語のテキスト", 7), ["日本語", "のテキ", "スト"])
    assert.deepStrictEqual(shown("abc abcdefghijkl", 10), ["abc", "abcdefghij", "kl"])
  })

  it("keeps the marks of emphasis without colors", () => {
    assert.deepStrictEqual(shown("**a** *b* ~~c~~ `d`"), ["**a** *b* ~~c~~ `d`"])
    assert.deepStrictEqual(render("**a** ~~c~~ `d`", { width: 40, theme: dark }), [
      "\x1b[1ma\x1b[22m \x1b[9m~~c~~\x1b[29m \x1b[96m`d`\x1b[39m"
    ])
  })

  it("shows the URL of a link once", () => {
    assert.deepStrictEqual(shown("[here](https://a.b) <https://c.d> <x@y.z>"), [
      "here (https://a.b) https://c.d x@y.z"
    ])
    assert.deepStrictEqual(shown("![a cat](cat.png)"), ["image: a cat (cat.png)"])
  })

  it("indents nested lists, aligns numbers and shows task boxes", () => {
    assert.deepStrictEqual(shown("9. nine\n10. ten\n    - deep\n\n- [x] a\n- [ ] b"), [
      " 9. nine",
      "10. ten",
      "    - deep",
      "",
      "- [x] a",
      "- [ ] b"
    ])
    assert.deepStrictEqual(shown("- one two three", 12), ["- one two", "  three"])
  })

  it("marks every line of a quote", () => {
    assert.deepStrictEqual(shown("> one two\n>\n> - three", 20), ["│ one two", "│ ", "│ - three"])
  })

  it("wraps prose at 100 columns on a wide terminal, but neither code nor tables", () => {
    const words = "word ".repeat(60).trim()
    assert.isAtMost(Math.max(...shown(words, 200).map(({ length }) => length)), 100)
    assert.isAbove(Math.max(...shown(`\`\`\`\n${words}\n\`\`\``, 200).map(({ length }) => length)), 190)
    assert.isAbove(shown(`| a | b |\n|---|---|\n| ${"x ".repeat(70)} | c |`, 200)[0]!.length, 100)
  })

  it("fits a table to the width by wrapping its cells", () => {
    assert.deepStrictEqual(shown("| N | Text |\n|--:|:--|\n| 1 | short |\n| 22 | one two three four |", 20), [
      " N │ Text",
      "───┼────────────────",
      " 1 │ short",
      "───┼────────────────",
      "22 │ one two three",
      "   │ four"
    ])
  })

  it("renders a table that is too wide as names and values", () => {
    const cells = (text: string): string => `|${Array.from({ length: 4 }, (_, index) => `${text} ${index}`).join("|")}|`
    assert.deepStrictEqual(shown(`${cells("a long name")}\n|-|-|-|-|\n${cells("some value")}`, 24).slice(0, 3), [
      "a long name 0: some",
      "value 0",
      "a long name 1: some"
    ])
  })

  it("shows the language of a code block, indents its lines and only breaks long ones", () => {
    assert.deepStrictEqual(shown("```ts\nconst  a = 1\n\n\tb()\n```", 20), ["ts", "  const  a = 1", "", "      b()"])
    assert.deepStrictEqual(shown(`\`\`\`\n${"x".repeat(20)}\n\`\`\``, 20), [`  ${"x".repeat(18)}`, "    xx"])
    assert.deepStrictEqual(shown("```\n\na\n\n```\n\n    indented\n\n"), ["", "  a", "", "", "  indented"])
    assert.deepStrictEqual(shown("```ts\n"), ["ts"])
  })

  it("shows the info string of a fence and uses its first word as the language", () => {
    assert.deepStrictEqual(shown("```ts title=\"x.ts\"\na\n```"), ["ts title=\"x.ts\"", "  a"])
  })

  it("shows link definitions, because references may precede them", () => {
    assert.deepStrictEqual(shown("[here][1]\n\n[1]: https://a.b\n[2]: https://c.d"), [
      "here (https://a.b)",
      "",
      "[1]: https://a.b",
      "[2]: https://c.d"
    ])
    assert.deepStrictEqual(split("a\n\n[1]: https://a.b\n[2]: https://c.d\n").done, "a\n\n")
  })

  it("shows HTML unchanged", () => {
    assert.deepStrictEqual(shown("<b>x</b>\n\n<div>\ny\n</div>"), ["<b>x</b>", "", "<div>", "y", "</div>"])
    assert.deepStrictEqual(shown("one<br>two"), ["one", "two"])
  })

  it("resolves character references, except to control characters", () => {
    assert.deepStrictEqual(shown("a &lt;b&gt; &#x41;&#65; &unknown; &#27;[31mred"), ["a <b> AA &unknown; red"])
  })

  it("shows text unchanged if it is nested too deeply", () => {
    const deep = `${"> ".repeat(20_000)}x`
    assert.isTrue(shown(deep).join("").replace(/\s/g, "").endsWith(">x"))
  })

  it.effect("colors code with the highlighter", () =>
    Effect.gen(function*() {
      const highlighter = yield* load
      assert.deepStrictEqual(render("```ts\nconst a = \"b\"\n```", { width: 40, theme: dark, highlighter }), [
        "\x1b[2mts\x1b[22m",
        "  \x1b[95mconst\x1b[39m a = \x1b[92m\"b\"\x1b[39m"
      ])
      assert.deepStrictEqual(
        render("```nonsense\nconst a\n```", { width: 40, theme: plain, highlighter }),
        ["nonsense", "  const a"]
      )
    }))

  it.effect.prop(
    "is never wider than the terminal, and has no control characters",
    { text: markdown, columns: width, theme: FastCheck.constantFrom(dark, light, neutral, plain) },
    ({ columns, text, theme }) =>
      Effect.gen(function*() {
        const highlighter = yield* load
        for (const line of render(text, { width: columns, theme, highlighter })) {
          assert.isAtMost(stringWidth(line), columns, JSON.stringify(line))
          assert.isFalse(isRaw(line), JSON.stringify(line))
          if (!theme.colors) assert.notInclude(line, "\x1b")
        }
      }),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect.prop(
    "has the same text with any colors",
    { text: markdown, columns: width },
    ({ columns, text }) =>
      Effect.sync(() => {
        const [first, ...others] = [dark, light, neutral].map((theme) =>
          // oxlint-disable-next-line no-control-regex -- colors
          render(text, { width: columns, theme }).map((line) => line.replace(/\x1b\[[0-9;]*m/g, ""))
        )
        for (const other of others) assert.deepStrictEqual(other, first)
      })
  )
})

/** Renders an answer as it streams: finished parts are never rendered again. */
const streamed = (
  text: string,
  sizes: ReadonlyArray<number>,
  cut: (open: string) => { readonly done: string; readonly rest: string }
): { readonly parts: ReadonlyArray<string>; readonly lines: ReadonlyArray<string> } => {
  const parts: Array<string> = []
  let rest = ""
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const next = at + (sizes[turn % sizes.length] ?? 1)
    const now = split(rest + text.slice(at, next))
    at = next
    if (now.done !== "") parts.push(now.done)
    const long = cut(now.rest)
    if (long.done !== "") parts.push(long.done)
    rest = long.rest
  }
  parts.push(rest)
  return { parts, lines: together(parts) }
}

const together = (parts: ReadonlyArray<string>): ReadonlyArray<string> =>
  parts.reduce<ReadonlyArray<string>>((lines, part) => {
    const more = shown(part, 60)
    return lines.length === 0 || more.length === 0 || isContinuation(part)
      ? [...lines, ...more]
      : [...lines, "", ...more]
  }, [])

const whole = (rest: string): { readonly done: string; readonly rest: string } => ({ done: "", rest })

describe("An answer that is still streaming", () => {
  it("is split after the last block that cannot change", () => {
    assert.deepStrictEqual(split("# A\n\ntext\nmore"), { done: "# A\n\n", rest: "text\nmore" })
    assert.deepStrictEqual(split("one\n\n```ts\na\n\nb\n"), { done: "one\n\n", rest: "```ts\na\n\nb\n" })
    assert.deepStrictEqual(split("- a\n\n- b\n\n"), { done: "", rest: "- a\n\n- b\n\n" })
    assert.deepStrictEqual(split("- a\n\ntext\n"), { done: "- a\n\n", rest: "text\n" })
    assert.deepStrictEqual(split("|a|\n|-|\n|b|\n"), { done: "", rest: "|a|\n|-|\n|b|\n" })
  })

  it("is not split before an incomplete line", () => {
    assert.deepStrictEqual(split("text\n#"), { done: "", rest: "text\n#" })
    assert.deepStrictEqual(split("text\n# x\n"), { done: "text\n", rest: "# x\n" })
  })

  it("keeps all kinds of line ends", () => {
    assert.deepStrictEqual(split("a\r\n\r\n\x1b[31m# b\r\nc\r\n"), { done: "a\r\n\r\n\x1b[31m# b\r\n", rest: "c\r\n" })
  })

  it.effect.prop("loses nothing when it is split", { text: markdown }, ({ text }) =>
    Effect.sync(() => {
      const { done, rest } = split(text)
      assert.strictEqual(done + rest, text)
    }), { fastCheck: { numRuns: 60 } })

  it.effect.prop(
    "looks the same as an answer that arrived at once",
    {
      text: markdown.map((text) => text.replaceAll("[name]:", "")),
      sizes: FastCheck.array(FastCheck.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 })
    },
    ({ sizes, text }) =>
      Effect.sync(() => {
        const { lines, parts } = streamed(text, sizes, whole)
        assert.strictEqual(parts.join(""), text)
        assert.deepStrictEqual(lines, shown(text, 60))
      }),
    { fastCheck: { numRuns: 60 } }
  )
})

describe("A long open code block", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)

  it("keeps only its last lines open", () => {
    const { done, rest } = splitLong(`\`\`\`ts\n${lines.join("\n")}\nlin`, 10)
    assert.strictEqual(done, `\`\`\`ts\n${lines.slice(0, 20).join("\n")}\n\`\`\`\n`)
    assert.strictEqual(rest, `\`\`\`ts …\n${lines.slice(20).join("\n")}\nlin`)
    assert.isTrue(splitLong(rest, 5).rest.startsWith("```ts …\nline 25\n"))
    assert.isTrue(isContinuation(rest))
    assert.isFalse(isContinuation(done))
  })

  it("is not split if it is short, closed, or not a code block", () => {
    for (const text of ["```\na\n", `\`\`\`\n${lines.join("\n")}\n\`\`\``, lines.join("\n"), ""]) {
      assert.deepStrictEqual(splitLong(text, 10), { done: "", rest: text })
    }
  })

  it.effect.prop(
    "looks the same in parts, with a single language label",
    {
      code: FastCheck.array(FastCheck.constantFrom("", "a", "  b", "``", "# c", "- d", "\te"), { minLength: 1 }),
      fence: FastCheck.constantFrom("```", "~~~", "````", "  ```"),
      info: FastCheck.constantFrom("", "ts", " sh title"),
      rows: FastCheck.integer({ min: 1, max: 6 }),
      sizes: FastCheck.array(FastCheck.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
      end: FastCheck.constantFrom("", "\n\nafter\n")
    },
    ({ code, end, fence, info, rows, sizes }) =>
      Effect.sync(() => {
        const text = `before\n\n${fence}${info}\n${code.join("\n")}\n${fence}${end}`
        const { lines } = streamed(text, sizes, (open) => splitLong(open, rows))
        assert.deepStrictEqual(lines, shown(text, 60))
      }),
    { fastCheck: { numRuns: 60 } }
  )
})
