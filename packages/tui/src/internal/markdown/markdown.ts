import * as Either from "effect/Either"
import { Lexer, type Token, type Tokens } from "marked"
import type { Role, Theme } from "../terminal/theme.ts"
import {
  clean,
  cut,
  expandTabs,
  type Line,
  paint,
  plainLines,
  type Span,
  widthOf,
  wrap
} from "../terminal/themedText.ts"
import { highlight } from "./highlight.ts"
import { inline } from "./markdownInline.ts"
import { fenceInfo } from "./markdownSplit.ts"
import { table } from "./markdownTable.ts"

export interface Options {
  readonly width: number
  readonly theme: Theme
}

/**
 * Markdown as lines for the terminal, without blank lines before and after. Nothing of it reaches the terminal raw.
 * Parts that `split` made are apart by one blank line, unless `continues(second)`.
 */
export const render = (markdown: string, options: Options): ReadonlyArray<string> => {
  const { theme, width } = options
  const text = clean(markdown)
  // Nesting of thousands of levels, which no person writes, is too deep for the parser and for us.
  return Either.try(() => blocks(new Lexer().lex(text), { width, marks: !theme.colors }, true)).pipe(
    Either.map((lines) => lines.map((line) => paint(line, theme))),
    Either.getOrElse(() => plainLines(text, options))
  )
}

interface Room {
  readonly width: number
  readonly marks: boolean
}

/** The blocks under each other, `apart` by a blank line. */
const blocks = (tokens: ReadonlyArray<Token>, room: Room, apart: boolean): ReadonlyArray<Line> =>
  stacked(definitionsTogether(tokens).map((token) => block(token, room)), apart)

const definitionsTogether = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> =>
  tokens.reduce<Array<Token>>((all, token) => {
    const last = all.at(-1)
    if (token.type !== "def" || last?.type !== "def") return [...all, token]
    return [...all.slice(0, -1), { ...last, raw: last.raw + token.raw }]
  }, [])

const stacked = (parts: ReadonlyArray<ReadonlyArray<Line>>, apart: boolean): ReadonlyArray<Line> =>
  parts.filter((part) => part.length > 0).flatMap((part, index) => apart && index > 0 ? [[], ...part] : part)

const block = (token: Token, room: Room): ReadonlyArray<Line> => {
  switch (token.type) {
    case "space":
    case "checkbox":
      return []
    case "heading":
      return running(token.tokens ?? [], ["heading"], room, room.marks ? `${"#".repeat(token.depth)} ` : "")
    case "hr":
      return [[{ text: "─".repeat(room.width), roles: ["dim"] }]]
    case "code":
      return code(token as Tokens.Code, room)
    case "blockquote":
      return indented(
        [{ text: "│ ", roles: ["dim"] }],
        [{ text: "│ ", roles: ["dim"] }],
        room,
        (inner) => blocks(token.tokens ?? [], inner, true)
      )
    case "list":
      return list(token as Tokens.List, room)
    case "table":
      return table(token as Tokens.Table, room.width, room.marks)
    // A definition is shown: what refers to it may have been shown before it came.
    case "def":
    case "html":
      return textLines(token.raw.trimEnd(), room)
    default:
      return "tokens" in token && token.tokens !== undefined
        ? running(token.tokens, [], room, "")
        : running([token], [], room, "")
  }
}

const running = (
  tokens: ReadonlyArray<Token>,
  roles: ReadonlyArray<Role>,
  room: Room,
  before: string
): ReadonlyArray<Line> =>
  inline(tokens, roles, room.marks).flatMap((line, index) =>
    wrap(index === 0 && before !== "" ? [{ text: before, roles }, ...line] : line, room.width, "words")
  )

const textLines = (text: string, room: Room): ReadonlyArray<Line> =>
  text.split("\n").flatMap((line) => wrap([{ text: expandTabs(line), roles: [] }], room.width, "anywhere"))

const code = (token: Tokens.Code, room: Room): ReadonlyArray<Line> => {
  const { continued, label, language } = fenceInfo(token.lang ?? "")
  const above: ReadonlyArray<Line> = label === "" || continued
    ? []
    : [[{ text: cut(expandTabs(label), room.width), roles: ["dim"] }]]
  const indent: Line = [{ text: "  ", roles: [] }]
  return [
    ...above,
    ...indented(
      indent,
      indent,
      room,
      (inner) => codeLines(token, language).flatMap((line) => wrap(line, inner.width, "anywhere"))
    )
  ]
}

/** The parser gives code that ends in blank lines one line end more than it has. */
const codeLines = (token: Tokens.Code, language: string): ReadonlyArray<Line> => {
  if (token.text === "") return []
  return highlight(token.codeBlockStyle === "indented" ? token.text.trimEnd() : token.text.replace(/\n$/, ""), language)
}

const list = (token: Tokens.List, room: Room): ReadonlyArray<Line> => {
  const start = token.start === "" ? 1 : token.start
  const markers = token.items.map((_, index) => token.ordered ? `${start + index}. ` : "- ")
  const width = Math.max(...markers.map(widthOf))
  return stacked(
    token.items.map((item, index) => {
      const box = item.task ? `[${item.checked === true ? "x" : " "}] ` : ""
      const marker: Span = { text: `${(markers[index] ?? "").padStart(width)}${box}`, roles: ["accent"] }
      const rest: Span = { text: " ".repeat(width), roles: [] }
      const lines = indented([marker], [rest], room, (inner) => blocks(item.tokens, inner, token.loose))
      return lines.length === 0 ? [[marker]] : lines
    }),
    token.loose
  )
}

/** Text that is narrower than this is not readable: then what leads it stands above it. */
const narrowest = 10

const indented = (
  first: Line,
  rest: Line,
  room: Room,
  content: (inner: Room) => ReadonlyArray<Line>
): ReadonlyArray<Line> => {
  const margin = Math.max(...[first, rest].map((line) => widthOf(line.map(({ text }) => text).join(""))))
  if (room.width - margin < narrowest) {
    const lead = first.map(({ text }) => text).join("").trim()
    const above = lead === "" ? [] : wrap([{ text: lead, roles: first[0]?.roles ?? [] }], room.width, "anywhere")
    return [...above, ...content(room)]
  }
  return content({ ...room, width: room.width - margin }).map((line, index) => {
    const lead = index === 0 ? first : rest
    return [...(line.length === 0 ? lead.filter(({ text }) => text.trim() !== "") : lead), ...line]
  })
}
