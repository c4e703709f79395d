import * as Either from "effect/Either"
import { Lexer, type Token, type Tokens } from "marked"
import { maxProseWidth } from "../terminal/canvas.ts"
import type { Role, Theme } from "../terminal/theme.ts"
import {
  clean,
  expandTabs,
  type Line,
  measureWidth,
  paint,
  paintPlainText,
  type Span,
  truncate,
  wrap
} from "../terminal/themedText.ts"
import { wrapCode } from "./codeWrap.ts"
import { highlight, type Highlighter } from "./highlight.ts"
import { renderInline } from "./markdownInline.ts"
import { readFenceInfo } from "./markdownSplit.ts"
import { renderTable } from "./markdownTable.ts"

export interface Options {
  readonly width: number
  readonly theme: Theme
  readonly highlighter?: Highlighter | undefined
}

/**
 * Renders Markdown without blank lines before and after it. Control characters never reach the terminal. Put a blank line between parts
 * from `split`, unless `isContinuation(second)`.
 */
export const render = (markdown: string, options: Options): ReadonlyArray<string> => {
  const { highlighter, theme, width } = options
  const text = clean(markdown)
  // The parser and this renderer are recursive: nesting of thousands of levels overflows the stack.
  return Either.try(() => renderBlocks(new Lexer().lex(text), { width, marks: !theme.colors, highlighter }, true)).pipe(
    Either.map((lines) => lines.map((line) => paint(line, theme))),
    Either.getOrElse(() => paintPlainText(text, options))
  )
}

interface Area {
  readonly width: number
  /** Keep the marks of emphasis, for a theme without colors. */
  readonly marks: boolean
  readonly highlighter: Highlighter | undefined
}

/** `isSpaced`: put a blank line between the blocks. */
const renderBlocks = (tokens: ReadonlyArray<Token>, area: Area, isSpaced: boolean): ReadonlyArray<Line> =>
  stack(mergeDefinitions(tokens).map((token) => renderBlock(token, area)), isSpaced)

const mergeDefinitions = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> =>
  tokens.reduce<Array<Token>>((all, token) => {
    const last = all.at(-1)
    if (token.type !== "def" || last?.type !== "def") return [...all, token]
    return [...all.slice(0, -1), { ...last, raw: last.raw + token.raw }]
  }, [])

const stack = (parts: ReadonlyArray<ReadonlyArray<Line>>, isSpaced: boolean): ReadonlyArray<Line> =>
  parts.filter((part) => part.length > 0).flatMap((part, index) => isSpaced && index > 0 ? [[], ...part] : part)

const renderBlock = (token: Token, area: Area): ReadonlyArray<Line> => {
  switch (token.type) {
    case "space":
    case "checkbox":
      return []
    case "heading":
      return wrapInline(token.tokens ?? [], ["heading"], area, area.marks ? `${"#".repeat(token.depth)} ` : "")
    case "hr":
      return [[{ text: "─".repeat(Math.min(area.width, maxProseWidth)), roles: ["dim"] }]]
    case "code":
      return renderCode(token as Tokens.Code, area)
    case "blockquote":
      return indentBlock(
        [{ text: "│ ", roles: ["dim"] }],
        [{ text: "│ ", roles: ["dim"] }],
        area,
        (inner) => renderBlocks(token.tokens ?? [], inner, true)
      )
    case "list":
      return renderList(token as Tokens.List, area)
    case "table":
      return renderTable(token as Tokens.Table, area.width, area.marks)
    // Definitions are shown: a reference may have been written to the transcript before its definition arrived.
    case "def":
    case "html":
      return wrapText(token.raw.trimEnd(), area)
    default:
      // A paragraph that a table follows without a blank line ends with an empty line.
      return withoutEmptyEnd(
        "tokens" in token && token.tokens !== undefined
          ? wrapInline(token.tokens, [], area, "")
          : wrapInline([token], [], area, "")
      )
  }
}

const withoutEmptyEnd = (lines: ReadonlyArray<Line>): ReadonlyArray<Line> =>
  lines.slice(0, lines.findLastIndex((line) => line.some(({ text }) => text !== "")) + 1)

const wrapInline = (
  tokens: ReadonlyArray<Token>,
  roles: ReadonlyArray<Role>,
  area: Area,
  before: string
): ReadonlyArray<Line> =>
  renderInline(tokens, roles, area.marks).flatMap((line, index) =>
    wrap(
      index === 0 && before !== "" ? [{ text: before, roles }, ...line] : line,
      Math.min(area.width, maxProseWidth),
      "words"
    )
  )

const wrapText = (text: string, area: Area): ReadonlyArray<Line> =>
  text.split("\n").flatMap((line) => wrap([{ text: expandTabs(line), roles: [] }], area.width, "anywhere"))

const renderCode = (token: Tokens.Code, area: Area): ReadonlyArray<Line> => {
  const { isContinued, label, language } = readFenceInfo(token.lang ?? "")
  const above: ReadonlyArray<Line> = label === "" || isContinued
    ? []
    : [[{ text: truncate(expandTabs(label), area.width), roles: ["dim"] }]]
  const indent: Line = [{ text: "  ", roles: [] }]
  return [
    ...above,
    ...indentBlock(
      indent,
      indent,
      area,
      (inner) => codeLines(token, language, area.highlighter).flatMap((line) => wrapCode(line, inner.width))
    )
  ]
}

/** The parser adds a line end to code that ends in blank lines. */
const codeLines = (
  token: Tokens.Code,
  language: string,
  highlighter: Highlighter | undefined
): ReadonlyArray<Line> => {
  if (token.text === "") return []
  const text = token.codeBlockStyle === "indented" ? token.text.trimEnd() : token.text.replace(/\n$/, "")
  return highlight(text, language, highlighter)
}

const renderList = (token: Tokens.List, area: Area): ReadonlyArray<Line> => {
  const start = token.start === "" ? 1 : token.start
  const markers = token.items.map((_, index) => token.ordered ? `${start + index}. ` : "- ")
  const width = Math.max(...markers.map(measureWidth))
  return stack(
    token.items.map((item, index) => {
      const box = item.task ? `[${item.checked === true ? "x" : " "}] ` : ""
      const marker: Span = { text: `${(markers[index] ?? "").padStart(width)}${box}`, roles: ["accent"] }
      const rest: Span = { text: " ".repeat(width), roles: [] }
      const lines = indentBlock([marker], [rest], area, (inner) => renderBlocks(item.tokens, inner, token.loose))
      return lines.length === 0 ? [[marker]] : lines
    }),
    token.loose
  )
}

/** If less width is left for the content, its marker goes on a line above it. */
const minContentWidth = 10

const indentBlock = (
  first: Line,
  rest: Line,
  area: Area,
  content: (inner: Area) => ReadonlyArray<Line>
): ReadonlyArray<Line> => {
  const margin = Math.max(...[first, rest].map((line) => measureWidth(line.map(({ text }) => text).join(""))))
  if (area.width - margin < minContentWidth) {
    const lead = first.map(({ text }) => text).join("").trim()
    const above = lead === "" ? [] : wrap([{ text: lead, roles: first[0]?.roles ?? [] }], area.width, "anywhere")
    return [...above, ...content(area)]
  }
  return content({ ...area, width: area.width - margin }).map((line, index) => {
    const lead = index === 0 ? first : rest
    return [...(line.length === 0 ? lead.filter(({ text }) => text.trim() !== "") : lead), ...line]
  })
}
