/** The words of a command line, each written in one way only, and what is certain of a word that is not literal. */
import type { Assignment, DoubleQuotedChild, Word, WordPart } from "unbash"

export interface ShellWord {
  /** As it is judged: without quotes where none are needed, and as it is written when it is not literal. */
  readonly text: string
  /** What the command receives, unless a variable, a substitution, a glob or braces decide. */
  readonly literal: string | undefined
  /** What it certainly begins with; empty when that is not known. */
  readonly start: string
  /** Whether it becomes exactly one word, whatever its variables hold. */
  readonly isSingle: boolean
  /** Whether a word that it becomes may begin with `-`. */
  readonly mayBeOption: boolean
  /** The assignment that it is, as bash's declaring built-ins take it. */
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

/** `"$@"` and `"${a[@]}"` become several words even in quotes. */
const isList = (part: DoubleQuotedChild): boolean =>
  (part.type === "SimpleExpansion" && part.text === "$@") ||
  (part.type === "ParameterExpansion" &&
    (part.parameter === "@" || part.index?.text === "@" || part.prefix === "!" || part.operation?.type === "Names"))

/** `$?`, `$#`, `$$` and `$!` are digits. */
export const isNumber = (part: WordPart): boolean => part.type === "SimpleExpansion" && /^\$[?#$!]$/.test(part.text)

/** Whether bash may cut it into words at places that nobody can tell. */
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

/** `[ab]*`: whether it matches files or not, it begins with a bracket or with one of these letters. */
const beginsWithLetters = (part: WordPart | undefined): boolean =>
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

/** What nobody has written yet: `xargs` and the like append it. */
export const unknownWords: ShellWord = { text: "", literal: undefined, start: "", isSingle: false, mayBeOption: true }

/** The word after its `token` was replaced by what is not known yet. */
export const masked = (word: ShellWord, token: string, mayBeOption: boolean): ShellWord => {
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
    mayBeOption: isSplit || (start === "" ? !beginsWithLetters(parts[0]) : start.startsWith("-"))
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
