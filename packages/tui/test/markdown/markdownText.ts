import * as FastCheck from "effect/FastCheck"

/** Fragments that models write, that they should not write, or whose width is hard to measure. */
const pieces = [
  "# Heading\n",
  "## *Second* `level`\n\n",
  "Title\n===\n",
  "A paragraph of **strong**, *emphasised*, ~~struck~~ and `code` words.\n",
  "\n",
  "\n\n",
  " ",
  "- item\n",
  "- [x] done\n- [ ] open\n",
  "  - nested\n    - deeper\n",
  "1. one\n2. two\n",
  "999999999. far\n",
  "* * *\n",
  "> quoted\n> - list\n",
  "lazy\n",
  "| Name | Value |\n|---|--:|\n| a | a longer cell with **strong** words |\n",
  "| a | b |\n",
  "|-|-|\n",
  "a | b | c | d | e | f | g | h\n-|-|-|-|-|-|-|-\n1|2|3|4|5|6|7|8\n",
  "```ts\nconst x = \"a\" // 1\n",
  "```\n",
  "~~~~ py\n\tdef f():\n",
  "~~~~\n",
  "    indented\n",
  "\ttabbed\tcode\n",
  "[a link](https://example.com/a/rather/long/path?that=will&not=fit) ",
  "<https://example.com> ![picture](x.png) ",
  "<div>\nhtml\n</div>\n",
  "<!-- comment\n",
  "<br>",
  "[name]: https://example.com\n",
  "&amp;&#27;[31m&#x202e;&nbsp;",
  "\x1b[31mred\x1b[0m",
  "\x1b]0;title\x07",
  "\x1b]8;;http://x\x1b\\x",
  "\x9b2J\x00\x08\x7f",
  "\r\n",
  "\r",
  "日本語のテキスト",
  "👩‍👩‍👧‍👦🇩🇪👍🏽",
  "e\u0301\u0301\u200b",
  "\u202eevil\u2066",
  "\ud800",
  "ㅋᄀᄀᄀ각",
  "ｶﾞ",
  "averylongwordthatdoesnotfitintoanynarrowterminalwhateveronedoes"
] as const

/** Markdown of all kinds, well-formed or not. */
export const markdown: FastCheck.Arbitrary<string> = FastCheck
  .array(
    FastCheck.oneof({ weight: 6, arbitrary: FastCheck.constantFrom(...pieces) }, {
      weight: 1,
      arbitrary: FastCheck.string({ unit: "binary", maxLength: 20 })
    }),
    { maxLength: 24 }
  )
  .map((parts) => parts.join(""))

/** The width of a terminal, in columns. */
export const width: FastCheck.Arbitrary<number> = FastCheck.oneof(
  FastCheck.integer({ min: 20, max: 60 }),
  FastCheck.integer({ min: 20, max: 400 })
)

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const styles = /\x1b\[[0-9;]*m/g
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

/** Whether the line has control characters other than color codes. */
export const isRaw = (line: string): boolean => controls.test(line.replace(styles, ""))
