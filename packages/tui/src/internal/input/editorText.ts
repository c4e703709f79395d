import { splitGraphemes } from "../terminal/graphemes.ts"
import { clean } from "../terminal/themedText.ts"

// In the text, each paste is one character of the private use area of plane 16, which has no assigned characters.
const first = 0x10f000
const last = 0x10fffd
const placeholder = /([\u{10f000}-\u{10fffd}])/u
const allPlaceholders = /[\u{10f000}-\u{10fffd}]/gu

/** What a placeholder is for: a long paste, or an image, whose `text` is a mention of its file. */
export interface Paste {
  readonly text: string
  readonly image?: { readonly name: string; readonly details: string }
}

/** How many pastes a text can contain. */
export const maxPastes = last - first + 1

/** The placeholder of a paste. */
export const placeholderOf = (index: number): string => String.fromCodePoint(first + index)

/** The index of the paste that the character is a placeholder of. */
export const pasteIndexOf = (character: string): number | undefined => {
  const code = character.codePointAt(0) ?? 0
  return code >= first && code <= last ? code - first : undefined
}

/** Removes control characters and placeholders from text that was typed or pasted. */
export const cleanInput = (text: string): string => clean(text).replace(allPlaceholders, "")

/** Replaces the placeholders by the pasted texts, and by mentions of the images with spaces around them. */
export const expandPastes = (text: string, pastes: ReadonlyArray<Paste>): string => {
  let expanded = ""
  let endsWithImage = false
  for (const part of text.split(placeholder).filter((part) => part !== "")) {
    const index = pasteIndexOf(part)
    const paste: Paste = index === undefined ? { text: part } : pastes[index] ?? { text: "" }
    const isImage = paste.image !== undefined
    const isAttached = (isImage && /\S$/.test(expanded)) || (endsWithImage && /^\S/.test(paste.text))
    expanded += isAttached ? ` ${paste.text}` : paste.text
    endsWithImage = isImage
  }
  return expanded
}

/** A grapheme cluster (one character as the user perceives it), or a placeholder. */
export interface Unit {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Splits the text into units. */
export const splitUnits = (text: string): ReadonlyArray<Unit> => {
  const units: Array<Unit> = []
  let start = 0
  for (const part of text.split(placeholder)) {
    for (const { index, segment } of splitGraphemes(part)) {
      units.push({ text: segment, start: start + index, end: start + index + segment.length })
    }
    start += part.length
  }
  return units
}

/** The closest cursor position at or after `index`. */
export const positionFrom = (text: string, index: number): number =>
  splitUnits(text).find(({ start }) => start >= index)?.start ?? text.length

/** The closest cursor position before `index`. */
export const positionBefore = (text: string, index: number): number =>
  splitUnits(text).findLast(({ start }) => start < index)?.start ?? 0

/** The closest cursor position after `index`. */
export const positionAfter = (text: string, index: number): number =>
  splitUnits(text).find(({ end }) => end > index)?.end ?? text.length

const isWordCharacter = (unit: Unit): boolean => /[\p{L}\p{N}_]/u.test(unit.text)
const isPaste = (unit: Unit): boolean => pasteIndexOf(unit.text) !== undefined

/** Where the word before `index` starts. */
export const wordStartBefore = (text: string, index: number): number =>
  findWordEdge(splitUnits(text).filter(({ end }) => end <= index).toReversed())?.start ?? 0

/** Where the word after `index` ends. */
export const wordEndAfter = (text: string, index: number): number =>
  findWordEdge(splitUnits(text).filter(({ start }) => start >= index))?.end ?? text.length

/** The last unit of the first word, where a paste is a word; without a word, the last unit. */
const findWordEdge = (units: ReadonlyArray<Unit>): Unit | undefined => {
  const start = units.findIndex((unit) => isWordCharacter(unit) || isPaste(unit))
  const unit = units[start]
  if (unit === undefined) return units.at(-1)
  if (isPaste(unit)) return unit
  const after = units.findIndex((each, at) => at > start && !isWordCharacter(each))
  return units[after === -1 ? units.length - 1 : after - 1]
}
