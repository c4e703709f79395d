/** Compiles path patterns of the model and of `.gitignore` files. */

const escapeRegExp = (text: string): string => text.replace(/[\\^$.|+*?()[\]{}/-]/g, "\\$&")

interface Flavor {
  /** `{a,b}` matches either alternative. */
  readonly hasBraces: boolean
  /** `[slug]` also matches itself, because file names contain such brackets. */
  readonly hasLiteralBrackets: boolean
}

/** In both flavors `)`, `(`, `+`, `@` and `!` match themselves. */
export const modelFlavor: Flavor = { hasBraces: true, hasLiteralBrackets: true }

/** Source: gitignore(5). */
export const gitFlavor: Flavor = { hasBraces: false, hasLiteralBrackets: false }

const classes: Readonly<Record<string, string>> = {
  alnum: "a-zA-Z0-9",
  alpha: "a-zA-Z",
  digit: "0-9",
  lower: "a-z",
  space: "\\s",
  upper: "A-Z",
  xdigit: "0-9a-fA-F"
}

/** Parses the character class that starts here; `undefined` if the bracket is never closed. */
const parseClass = (pattern: string, start: number): { readonly source: string; readonly end: number } | undefined => {
  const [whole, negation, body = ""] = /\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\[^]|[^\]\\])*)\]/y.exec(pattern.slice(start)) ??
    []
  if (whole === undefined) return undefined
  const members = body.replace(
    /\[:([a-z]+):\]|\\([^])|([\][^\\])/g,
    (_, name?: string, character?: string, other?: string) =>
      name === undefined ? escapeRegExp(character ?? other ?? "") : classes[name] ?? ""
  )
  return { source: `(?!/)[${negation === "" ? "" : "^"}${members}]`, end: start + whole.length }
}

/** Parses the alternatives of the brace that opens here; `undefined` if it is never closed. */
const parseBraces = (
  pattern: string,
  start: number
): { readonly parts: ReadonlyArray<string>; readonly end: number } | undefined => {
  const parts: Array<string> = []
  let depth = 0
  let from = start + 1
  for (let at = start; at < pattern.length; at += 1) {
    const character = pattern[at]
    if (character === "\\") at += 1
    else if (character === "{") depth += 1
    else if (character === "," && depth === 1) {
      parts.push(pattern.slice(from, at))
      from = at + 1
    } else if (character === "}") {
      depth -= 1
      if (depth === 0) return { parts: [...parts, pattern.slice(from, at)], end: at + 1 }
    }
  }
  return undefined
}

/** Returns the source of a regular expression that matches the whole path. */
export const sourceOf = (pattern: string, flavor: Flavor): string => {
  let source = ""
  let at = 0
  while (at < pattern.length) {
    const character = pattern[at]!
    const stars = /\*+/y.exec(pattern.slice(at))?.[0].length ?? 0
    const isSegment = stars === 2 && (at === 0 || pattern[at - 1] === "/")
    if (isSegment && pattern[at + 2] === "/") {
      source += "(?:[^]*/)?"
      at += 3
    } else if (isSegment && at + 2 === pattern.length) {
      source += "[^]+"
      at += 2
    } else if (stars > 0) {
      source += "[^/]*"
      at += stars
    } else if (character === "?") {
      source += "[^/]"
      at += 1
    } else if (character === "\\" && at + 1 < pattern.length) {
      source += escapeRegExp(pattern[at + 1]!)
      at += 2
    } else {
      const found = character === "[" ? parseClass(pattern, at) : undefined
      const braces = character === "{" && flavor.hasBraces ? parseBraces(pattern, at) : undefined
      if (found !== undefined) {
        const literal = escapeRegExp(pattern.slice(at, found.end))
        source += flavor.hasLiteralBrackets ? `(?:${found.source}|${literal})` : found.source
        at = found.end
      } else if (braces !== undefined && braces.parts.length > 1) {
        source += `(?:${braces.parts.map((part) => sourceOf(part, flavor)).join("|")})`
        at = braces.end
      } else {
        source += escapeRegExp(character)
        at += 1
      }
    }
  }
  return source
}

/** Whether the text matches only itself. */
export const isLiteral = (text: string): boolean => !/[*?[\]{}\\]/.test(text)

/** A class with a reversed range matches nothing. */
export const toRegExp = (source: string): RegExp => {
  try {
    return new RegExp(source)
  } catch {
    return /(?!)/
  }
}

/** Makes a test for whether a path matches, regardless of the Unicode form of accented letters. */
export const matcher = (pattern: string): (path: string) => boolean => {
  const expression = toRegExp(`^${sourceOf(pattern.normalize("NFC"), modelFlavor)}$`)
  // oxlint-disable-next-line no-control-regex
  const isPlain = /^[\0-\x7F]*$/.test(pattern)
  return (path) => expression.test(isPlain ? path : path.normalize("NFC"))
}
