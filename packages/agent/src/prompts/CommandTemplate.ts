/**
 * The text of a custom command: a prompt with places for arguments and for the output of command lines.
 *
 * @since 0.1.0
 */

/**
 * The arguments of a command.
 *
 * @since 0.1.0
 * @category models
 */
export interface Arguments {
  /** For `$ARGUMENTS`. */
  readonly text: string
  /** For `$1` to `$9`. */
  readonly words: ReadonlyArray<string>
}

/**
 * A part of a template: text, or a command line whose output takes its place.
 *
 * @since 0.1.0
 * @category models
 */
export interface Segment {
  readonly type: "text" | "shell"
  readonly text: string
}

/**
 * Splits a template at each `` !`command line` ``.
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (template: string): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  let end = 0
  // An exclamation mark before code that follows a word belongs to the word: "Run this!`code`".
  for (const match of template.matchAll(/(?<![\w!])!`([^`\n]+)`/g)) {
    segments.push({ type: "text", text: template.slice(end, match.index) }, { type: "shell", text: match[1]!.trim() })
    end = match.index + match[0].length
  }
  return [...segments, { type: "text" as const, text: template.slice(end) }].filter(({ text }) => text !== "")
}

const placeholder = /\$(ARGUMENTS|[1-9](?!\d))/g

/**
 * Reads the arguments as a user types them. Quotes keep a word with spaces together.
 *
 * @since 0.1.0
 * @category constructors
 */
export const parseArguments = (text: string): Arguments => ({
  text: text.trim(),
  words: Array.from(
    text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"']|["'])+/g),
    ([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single)
  )
})

/**
 * Arguments that are already separate words, such as those of a command line.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromWords = (words: ReadonlyArray<string>): Arguments => ({ text: words.join(" "), words })

const insertIntoText = (text: string, given: Arguments): string =>
  text.replace(
    placeholder,
    (_, name: string) => name === "ARGUMENTS" ? given.text : given.words[Number(name) - 1] ?? ""
  )

const quote = (word: string): string => /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/**
 * The first command line in which an argument could become syntax of the shell, because quotes have another meaning there than in the rest of
 * the line.
 *
 * @since 0.1.0
 * @category queries
 */
export const findUnsafe = (segments: ReadonlyArray<Segment>): string | undefined =>
  segments.find(({ text, type }) => type === "shell" && text.search(placeholder) !== -1 && nesting.test(text))?.text

/** What starts text with quotes of its own: `$(…)`, `${…}`, `<(…)`, `>(…)`, `((…))`, `$'…'`, `$"…"`, or a here-document. */
const nesting = /\$[({'"[]|[<>]\(|\(\(|<</

/** Inserts arguments into a command line that is not unsafe, as data: nothing in them is syntax of the shell. */
const insertIntoShell = (command: string, given: Arguments): string => {
  let open: "'" | "\"" | undefined
  // A backslash protects the next character, but not between single quotes.
  return command.replace(/\\[^]|["']|\$(?:ARGUMENTS|[1-9](?!\d))/g, (token) => {
    if (token.startsWith("\\")) {
      if (open !== "'") return token
      if (token[1] === "'") open = undefined
      return token
    }
    if (token === "\"" || token === "'") {
      if (open === undefined) open = token
      else if (open === token) open = undefined
      return token
    }
    const name = token.slice(1)
    const words = name === "ARGUMENTS" ? given.words : [given.words[Number(name) - 1] ?? ""]
    if (open === undefined) return words.filter((word) => word !== "").map(quote).join(" ")
    const text = name === "ARGUMENTS" ? given.text : words.join("")
    return open === "'" ? text.replaceAll("'", `'\\''`) : text.replace(/[\\$`"]/g, "\\$&")
  })
}

/**
 * Inserts the arguments. If the template has no place for them, they follow it. {@link findUnsafe} has to be asked before.
 *
 * @since 0.1.0
 * @category constructors
 */
export const insert = (segments: ReadonlyArray<Segment>, given: Arguments): ReadonlyArray<Segment> => {
  const hasPlace = segments.some(({ text }) => text.search(placeholder) !== -1)
  const filled = segments.map(({ text, type }): Segment => ({
    type,
    text: type === "text" ? insertIntoText(text, given) : insertIntoShell(text, given)
  }))
  return hasPlace || given.text === "" ? filled : [...filled, { type: "text", text: `\n\n${given.text}` }]
}
