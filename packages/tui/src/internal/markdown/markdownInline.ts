import type { Token } from "marked"
import type { Role } from "../terminal/theme.ts"
import { clean, expandTabs, type Line, type Span } from "../terminal/themedText.ts"

/**
 * Renders inline Markdown to lines that are not yet wrapped; line ends are kept. With `marks`, for a theme without colors, emphasis keeps
 * its asterisks.
 */
export const renderInline = (
  tokens: ReadonlyArray<Token>,
  roles: ReadonlyArray<Role>,
  marks: boolean
): ReadonlyArray<Line> => {
  const lines: Array<Array<Span>> = [[]]
  for (const span of tokens.flatMap((token) => spansOf(token, roles, marks))) {
    for (const [index, text] of span.text.split("\n").entries()) {
      if (index > 0) lines.push([])
      if (text !== "") lines.at(-1)?.push({ text: index > 0 ? text.trimStart() : text, roles: span.roles })
    }
  }
  return lines
}

const spansOf = (token: Token, roles: ReadonlyArray<Role>, marks: boolean): ReadonlyArray<Span> => {
  const inner = (role?: Role): ReadonlyArray<Span> =>
    "tokens" in token && token.tokens !== undefined
      ? token.tokens.flatMap((each) => spansOf(each, role === undefined ? roles : [...roles, role], marks))
      : [cleanSpan(decodeReferences("text" in token ? String(token.text) : token.raw), roles)]
  const between = (mark: string, spans: ReadonlyArray<Span>): ReadonlyArray<Span> => [
    cleanSpan(mark, spans[0]?.roles ?? roles),
    ...spans,
    cleanSpan(mark, spans.at(-1)?.roles ?? roles)
  ]
  switch (token.type) {
    case "strong":
      return marks ? between("**", inner("strong")) : inner("strong")
    case "em":
      return marks ? between("*", inner("emphasis")) : inner("emphasis")
    // The tildes are always kept: not every terminal can strike through.
    case "del":
      return between("~~", inner("strike"))
    // The backticks are always kept: color alone does not mark code.
    case "codespan":
      return [cleanSpan(`\`${token.text}\``, [...roles, "code"])]
    case "link":
      return renderLink(inner("link"), token.href, roles)
    case "image":
      return [
        cleanSpan(`image: ${decodeReferences(token.text)}`, roles),
        cleanSpan(` (${token.href})`, [...roles, "dim"])
      ]
    case "br":
      return [cleanSpan("\n", roles)]
    case "html":
      return [cleanSpan(/^<br\s*\/?>$/i.test(token.raw.trim()) ? "\n" : token.raw, roles)]
    case "checkbox":
      return []
    case "escape":
      return [cleanSpan(token.text, roles)]
    default:
      return inner()
  }
}

const renderLink = (text: ReadonlyArray<Span>, href: string, roles: ReadonlyArray<Role>): ReadonlyArray<Span> => {
  const shown = text.map((span) => span.text).join("")
  const isShown = [shown, `mailto:${shown}`, `http://${shown}`].includes(href)
  return isShown || href === "" ? text : [...text, cleanSpan(` (${href})`, [...roles, "dim"])]
}

/** Cleans the text again: character references can produce control characters. */
const cleanSpan = (text: string, roles: ReadonlyArray<Role>): Span => ({ text: expandTabs(clean(text)), roles })

const namedReferences: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  copy: "©",
  gt: ">",
  hellip: "…",
  larr: "←",
  ldquo: "“",
  lsquo: "‘",
  lt: "<",
  mdash: "—",
  nbsp: " ",
  ndash: "–",
  quot: "\"",
  rarr: "→",
  rdquo: "”",
  rsquo: "’",
  times: "×"
}

const decodeReferences = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return namedReferences[String(name)] ?? whole
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd"
  })
