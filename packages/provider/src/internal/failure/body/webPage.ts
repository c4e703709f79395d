/** Reads the text of a web page or XML document. Pure. */
import * as Cut from "@altimate-code/system/Cut"

export interface Page {
  /** The title and heading, or the beginning of the text; `undefined` if there is no text. */
  readonly sentence: string | undefined
  readonly title: string
  /** All text except markup and scripts. */
  readonly text: string
  readonly isLogin: boolean
}

/** Whether the text looks like HTML: it begins with an HTML tag or contains a common one. Other XML has different tag names. */
export const isMarkup = (text: string): boolean =>
  /^<(!doctype html|html|head|body|title|meta|script|style|form|center|div|h[1-6]|p|pre|br|b|a|font|table|!--)\b/i.test(
    text
  )
  || /<\/(html|head|body|title|h[1-6]|p|div|center|a|b|pre|form|script)>|<(br|hr) ?\/?>/i.test(text)

const headings = ["h1", "h2", "h3"]
const hidden = ["script", "style", "svg", "noscript"]

export const readPage = (html: string): Page => {
  const { text, textWithin } = scan(html)
  const title = textWithin(["title"])
  const heading = headings.map((name) => textWithin([name])).find((text) => text !== "") ?? ""
  const titles = joinTitles(title, heading)
  const sentence = Cut.shorten(titles === "" ? text : titles, 200)
  return {
    sentence: sentence === "" ? undefined : sentence,
    title: title === "" ? heading : title,
    text,
    isLogin: isLogin(html, `${title} ${heading}`)
  }
}

/** Joins title and heading without repetition. */
const joinTitles = (title: string, heading: string): string => {
  const [a, b] = [title.toLowerCase(), heading.toLowerCase()]
  return a.includes(b) ? title : b.includes(a) ? heading : `${title}: ${heading}`
}

const isLogin = (html: string, titles: string): boolean =>
  /<input[^>]{0,300}\btype\s*=\s*["']?password/i.test(html)
  || /\bSAMLRequest\b|\/oauth2?\/(v[\d.]{1,5}\/)?authorize|openid-connect\/auth|[?&]response_type=code/i.test(html)
  || /\b(sign|log)[ -]?[io]n\b|single sign-?on|\banmeld|\bconnexion\b|iniciar sesi[oó]n/i.test(titles)

/** The text of the first element with one of these names, ignoring case: `<Message>…</Message>`. */
export const elementText = (xml: string, names: ReadonlyArray<string>): string | undefined => {
  const { textWithin } = scan(xml)
  return names.map((name) => textWithin([name.toLowerCase()])).find((text) => text !== "")
}

/** The name of the root element. */
export const rootName = (xml: string): string | undefined =>
  /^(?:\s|<\?[^>]*>|<!--[^>]*-->)*<([A-Za-z][\w.-]*)/.exec(xml)?.[1]

/** Scans the markup in one pass, because a malicious page could make regular expressions slow. */
const scan = (html: string) => {
  const pieces: Array<{ readonly element: string; readonly text: string }> = []
  // Only ASCII letters, so that offsets stay valid.
  const lower = html.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  let element = ""
  for (let at = 0; at < html.length;) {
    const open = html.indexOf("<", at)
    const text = html.slice(at, open === -1 ? html.length : open)
    if (text.trim() !== "") pieces.push({ element, text })
    if (open === -1) break
    const [, slash, tag = ""] = /^<(\/?)(?:[\w.-]+:)?([\w.-]*)/.exec(lower.slice(open, open + 64)) ?? []
    const isHidden = slash === "" && hidden.includes(tag)
    const isComment = html.startsWith("<!--", open)
    const close = lower.indexOf(isComment ? "-->" : isHidden ? `</${tag}` : ">", open + 1)
    if (close === -1) break
    element = isComment || isHidden || isInline(tag) ? element : slash === "/" ? "" : tag
    at = close + (isComment ? 3 : isHidden ? 0 : 1)
  }
  return {
    text: decodeText(pieces.filter(({ element }) => element !== "title").map(({ text }) => text).join(" ")),
    textWithin: (names: ReadonlyArray<string>) => {
      const first = pieces.findIndex(({ element }) => names.includes(element))
      if (first === -1) return ""
      const end = pieces.findIndex(({ element }, index) => index > first && !names.includes(element))
      return decodeText(pieces.slice(first, end === -1 ? pieces.length : end).map(({ text }) => text).join(" "))
    }
  }
}

/** Whether the element can be part of a heading. */
const isInline = (tag: string): boolean =>
  ["a", "b", "br", "em", "font", "i", "small", "span", "strong", "u"].includes(tag)

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: " " }

const decodeText = (text: string): string =>
  text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{2,6}));/gi, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal))
  }).replace(/\s+/g, " ").trim()
