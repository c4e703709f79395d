import type { Token } from "marked"
import type { Role } from "../terminal/theme.ts"
import { clean, expandTabs, type Line, type Span } from "../terminal/themedText.ts"

/**
 * The lines of running text, not yet wrapped: a line end of the author's stays one. With `marks` (for a theme without
 * colours) what is strong or emphasised keeps the signs it is written with.
 */
export const inline = (
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
      : [written(decoded("text" in token ? String(token.text) : token.raw), roles)]
  const between = (mark: string, spans: ReadonlyArray<Span>): ReadonlyArray<Span> => [
    written(mark, spans[0]?.roles ?? roles),
    ...spans,
    written(mark, spans.at(-1)?.roles ?? roles)
  ]
  switch (token.type) {
    case "strong":
      return marks ? between("**", inner("strong")) : inner("strong")
    case "em":
      return marks ? between("*", inner("emphasis")) : inner("emphasis")
    // Its sign always stays: not every terminal can strike through.
    case "del":
      return between("~~", inner("strike"))
    // Likewise its quotes: code is not told by its colour alone.
    case "codespan":
      return [written(`\`${token.text}\``, [...roles, "code"])]
    case "link":
      return link(inner("link"), token.href, roles)
    case "image":
      return [
        written(`image: ${decoded(token.text)}`, roles),
        written(` (${token.href})`, [...roles, "dim"])
      ]
    case "br":
      return [written("\n", roles)]
    case "html":
      return [written(/^<br\s*\/?>$/i.test(token.raw.trim()) ? "\n" : token.raw, roles)]
    case "checkbox":
      return []
    case "escape":
      return [written(token.text, roles)]
    default:
      return inner()
  }
}

const link = (text: ReadonlyArray<Span>, href: string, roles: ReadonlyArray<Role>): ReadonlyArray<Span> => {
  const shown = text.map((span) => span.text).join("")
  const isShown = [shown, `mailto:${shown}`, `http://${shown}`].includes(href)
  return isShown || href === "" ? text : [...text, written(` (${href})`, [...roles, "dim"])]
}

/** References to characters can name control characters: cleaned once more. */
const written = (text: string, roles: ReadonlyArray<Role>): Span => ({ text: expandTabs(clean(text)), roles })

const named: Readonly<Record<string, string>> = {
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

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[String(name)] ?? whole
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd"
  })
