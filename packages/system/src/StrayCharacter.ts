/**
 * Finds characters that were copied by accident: invisible ones, and ones that nobody types.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * A character that does not belong in a text.
 *
 * @since 0.1.0
 * @category models
 */
export interface StrayCharacter {
  /** The position in the text in code points, counted from 1. */
  readonly position: number
  /** For example `a line break`, or `a zero-width space (U+200B)`. */
  readonly name: string
}

/**
 * Whether the character can be part of a token: a visible ASCII character.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isTokenCharacter = (character: string): boolean => /^[\x21-\x7e]$/.test(character)

/**
 * Whether the character can be part of an HTTP header value. Source: RFC 9110, section 5.5, without `obs-text`, which servers interpret differently.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isHeaderCharacter = (character: string): boolean => /^[\t\x20-\x7e]$/.test(character)

/**
 * Whether a reader can recognize the character. True for letters of every script and for a space; false for a no-break space, a control character, a
 * zero-width character and a typographic quotation mark.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isVisible = (character: string): boolean =>
  character === " " || !/^[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Variation_Selector}]$/u.test(character) && !quotes.test(character)

/**
 * The first character between the two indexes that is not allowed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = (
  text: string,
  isAllowed: (character: string) => boolean,
  start = 0,
  end = text.length
): Option.Option<StrayCharacter> => {
  let position = Array.from(text.slice(0, start)).length
  for (const character of text.slice(start, end)) {
    position += 1
    if (!isAllowed(character)) return Option.some({ position, name: nameOf(character) })
  }
  return Option.none()
}

/**
 * For example `a line break at position 19`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = ({ name, position }: StrayCharacter): string => `${name} at position ${position}`

const quotes = /^[\u2018-\u201f\u2039\u203a\u00ab\u00bb]$/

const plainNames: Readonly<Record<string, string>> = {
  "\n": "a line break",
  "\r": "a line break",
  "\t": "a tab",
  " ": "a space",
  "\0": "a NUL character"
}

/** The first matching pattern names the character. */
const kinds: ReadonlyArray<readonly [RegExp, string]> = [
  [/^[\u0085\u2028\u2029]$/, "a line break"],
  [/^[\u00a0\u202f]$/, "a no-break space"],
  [/^\u00ad$/, "a soft hyphen"],
  [/^\u200b$/, "a zero-width space"],
  [/^[\u200d\u200c\u2060]$/, "a zero-width joiner"],
  [/^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/, "a text direction mark"],
  [/^\ufeff$/, "a byte order mark"],
  [/^\ufffd$/, "a byte that is not UTF-8"],
  [quotes, "a typographic quotation mark"],
  [/^[\u2010-\u2015\u2212]$/, "a typographic dash"],
  [/^\u2026$/, "an ellipsis"],
  [/^\p{Zs}$/u, "an unusual space"],
  [/^\p{Cc}$/u, "a control character"],
  [/^[\p{Cf}\p{Variation_Selector}]$/u, "an invisible character"],
  [/^\p{Cs}$/u, "half a character"]
]

const nameOf = (character: string): string => {
  const plain = plainNames[character]
  if (plain !== undefined) return plain
  const kind = kinds.find(([pattern]) => pattern.test(character))?.[1]
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`
  return `${kind ?? (/^[\x20-\x7e]$/.test(character) ? "a character" : "a character outside ASCII")} (${code})`
}
