/** Words of a command line, so that the same command is written in one way only. */
import type { Assignment, Word, WordPart } from "unbash"

export interface ShellWord {
  /** As it is judged: without quotes where none are needed, and as it is written when it is not literal. */
  readonly text: string
  /** What the command gets, unless a variable, a substitution, a glob or braces decide. */
  readonly literal: string | undefined
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

const quoted = (value: string): string => {
  if (/^[\w@%+=:,./~^{}-]+$/.test(value)) return value
  return /["$`\\!]/.test(value) ? `'${value.replaceAll("'", "'\\''")}'` : `"${value}"`
}

export const shellWord = (word: Word | Assignment): ShellWord => {
  if (word.type === "Word") {
    const value = literal(word)
    return { text: value === undefined ? word.text : quoted(value), literal: value }
  }
  const value = word.value.type === "Word" && word.index === undefined ? literal(word.value) : undefined
  if (value === undefined) return { text: word.text, literal: undefined }
  const whole = `${word.name}${word.append === true ? "+=" : "="}${value}`
  return { text: quoted(whole), literal: whole }
}
