/** Patterns of the permission rules: `*` is any text, `?` one character, `\*` and `\?` the characters themselves. */

/** What one pattern means. A trailing ` *` may be missing altogether: `git status *` fits `git status`. */
const expression = (pattern: string): RegExp => {
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

/** Accented letters are the same in each of Unicode's forms: the disk may have another one than the rule. */
const composed = (text: string): string => {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7F]*$/.test(text) ? text : text.normalize("NFC")
}

export const fits = (pattern: string, subject: string): boolean => {
  // A search asks for each of its files: the usual pattern needs no expression.
  return pattern === "*" || expression(composed(pattern)).test(composed(subject))
}

/** The pattern that fits this text and nothing else. */
export const exactly = (text: string): string => text.replace(/[*?]/g, "\\$&")

/** Whether the pattern fits one text only. */
export const isExact = (pattern: string): boolean => !/[*?]/.test(pattern.replace(/\\[*?]/g, ""))

/** The parts between its slashes that are one text only, in lower case; a part may begin with `*`, which does not count. */
export const segments = (pattern: string): ReadonlyArray<string> =>
  pattern.toLowerCase().split("/").map((segment) => segment.replace(/^\*+/, "")).filter(isExact)
    .map((segment) => segment.replace(/\\([*?])/g, "$1"))
