/** Patterns of permission rules: `*` matches any text, `?` one character; `\*` and `\?` match the characters themselves. */

/** A trailing ` *` is optional: `git status *` also matches `git status`. */
const toRegExp = (pattern: string): RegExp => {
  const optional = pattern.endsWith(" *")
  const source = (optional ? pattern.slice(0, -2) : pattern).replace(
    /\\([*?])|[\s\S]/gu,
    (character, escaped: string | undefined) => {
      if (escaped !== undefined) return `\\${escaped}`
      if (character === "*") return "[^]*"
      if (character === "?") return "[^]"
      return character.replace(/[\\^$.|+()[\]{}/]/u, "\\$&")
    }
  )
  return new RegExp(`^${source}${optional ? "(?: [^]*)?" : ""}$`, "u")
}

/** The disk and the rule may spell an accented letter in different Unicode forms. */
const normalize = (text: string): string => {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7F]*$/.test(text) ? text : text.normalize("NFC")
}

export const matches = (pattern: string, subject: string): boolean => {
  // Fast path: a search checks each of its files.
  return pattern === "*" || toRegExp(normalize(pattern)).test(normalize(subject))
}

/** The pattern that matches exactly this text. */
export const escape = (text: string): string => text.replace(/[*?]/g, "\\$&")

/** Whether the pattern has no wildcard. */
export const isExact = (pattern: string): boolean => !/[*?]/.test(pattern.replace(/\\[*?]/g, ""))

/** The path segments without wildcards, in lower case. A leading `*` of a segment is ignored. */
export const segments = (pattern: string): ReadonlyArray<string> =>
  pattern.toLowerCase().split("/").map((segment) => segment.replace(/^\*+/, "")).filter(isExact)
    .map((segment) => segment.replace(/\\([*?])/g, "$1"))
