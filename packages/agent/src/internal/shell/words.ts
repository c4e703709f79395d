/** Normalizes the words of a command line, and records what is certain about words that are not literal. */
import type { Assignment, DoubleQuotedChild, Word, WordPart } from "unbash"

export interface ShellWord {
  /** The text for the permission rules: without unnecessary quotes, or as written if it is not literal. */
  readonly text: string
  /** The value that the command receives; `undefined` if it depends on a variable, substitution, glob or braces. */
  readonly literal: string | undefined
  /** The known beginning of the value; may be empty. */
  readonly start: string
  /** Whether it becomes exactly one word, whatever the values of its variables. */
  readonly isSingle: boolean
  /** Whether a resulting word might start with `-`. */
  readonly mayBeOption: boolean
  /** The parsed assignment, for bash's declaration built-ins. */
  readonly assignment?: Assignment
}

const isLiteral = (part: WordPart): boolean => {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return true
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.every(isLiteral)
    default:
      return false
  }
}

export const literal = (word: Word): string | undefined =>
  word.parts === undefined || word.parts.every(isLiteral) ? word.value : undefined

const literalValue = (part: WordPart): string => {
  if (part.type === "DoubleQuoted" || part.type === "LocaleString") return part.parts.map(literalValue).join("")
  return "value" in part ? part.value : ""
}

/** `"$@"` and `"${a[@]}"` expand to several words even in quotes. */
const isList = (part: DoubleQuotedChild): boolean =>
  (part.type === "SimpleExpansion" && part.text === "$@") ||
  (part.type === "ParameterExpansion" &&
    (part.parameter === "@" || part.index?.text === "@" || part.prefix === "!" || part.operation?.type === "Names"))

/** `$?`, `$#`, `$$` and `$!` expand to digits. */
export const isNumber = (part: WordPart): boolean => part.type === "SimpleExpansion" && /^\$[?#$!]$/.test(part.text)

/** Whether bash may split the result into words at unknown places. */
const splits = (part: WordPart): boolean => {
  switch (part.type) {
    case "SimpleExpansion":
      return !isNumber(part)
    case "ParameterExpansion":
    case "CommandExpansion":
      return true
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.some(isList)
    case "Glob":
    case "ExtendedGlob":
    case "BraceExpansion":
      return part.parts?.some(splits) === true
    default:
      return false
  }
}

const isMany = (part: WordPart): boolean =>
  part.type === "Glob" || part.type === "ExtendedGlob" || part.type === "BraceExpansion" || splits(part)

const startOf = (parts: ReadonlyArray<WordPart>): string => {
  let start = ""
  for (const part of parts) {
    if (isLiteral(part)) start += literalValue(part)
    else if (part.type === "DoubleQuoted" || part.type === "LocaleString") return start + startOf(part.parts)
    else return part.type === "ProcessSubstitution" ? `${start}/dev/fd/` : start
  }
  return start
}

/** `[ab]*` expands to words that start with a bracket or one of these letters. */
const startsWithLetter = (part: WordPart | undefined): boolean =>
  part !== undefined && (isNumber(part) || (part.type === "Glob" && /^\[[A-Za-z\d]+\]$/.test(part.text)))

export const quote = (value: string): string => {
  if (/^(?:[\w@%+=:,./~^{}-]+|\[|\])$/.test(value)) return value
  return /["$`\\!]/.test(value) ? `'${value.replaceAll("'", "'\\''")}'` : `"${value}"`
}

export const literalWord = (value: string): ShellWord => ({
  text: quote(value),
  literal: value,
  start: value,
  isSingle: true,
  mayBeOption: value.startsWith("-")
})

/** Arguments that `xargs` and similar programs append. */
export const unknownWords: ShellWord = { text: "", literal: undefined, start: "", isSingle: false, mayBeOption: true }

/** Replaces the placeholder `token` in a word by an unknown value. */
export const substituteUnknown = (word: ShellWord, token: string, mayBeOption: boolean): ShellWord => {
  const at = word.literal?.indexOf(token) ?? -1
  if (at === -1) return word
  const start = word.literal!.slice(0, at)
  return {
    text: word.text,
    literal: undefined,
    start,
    isSingle: true,
    mayBeOption: start === "" ? mayBeOption : word.mayBeOption
  }
}

const fromWord = (word: Word): ShellWord => {
  const value = literal(word)
  if (value !== undefined) return literalWord(value)
  const parts = word.parts ?? []
  const isSplit = parts.some(splits)
  const start = startOf(parts)
  return {
    text: word.text,
    literal: undefined,
    start,
    isSingle: !parts.some(isMany),
    mayBeOption: isSplit || (start === "" ? !startsWithLetter(parts[0]) : start.startsWith("-"))
  }
}

export const shellWord = (word: Word | Assignment): ShellWord => {
  if (word.type === "Word") return fromWord(word)
  const head = `${word.name}${word.append === true ? "+=" : "="}`
  const value = word.value.type === "Word" && word.index === undefined ? fromWord(word.value) : undefined
  const whole = value?.literal === undefined
    ? {
      text: word.text,
      literal: undefined,
      start: head + (value?.start ?? ""),
      isSingle: value?.isSingle !== false,
      mayBeOption: false
    }
    : literalWord(head + value.literal)
  return { ...whole, assignment: word }
}

export const baseName = (command: string): string => command.slice(command.lastIndexOf("/") + 1)
