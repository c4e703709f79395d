import { clean } from "../terminal/themedText.ts"

// A pasted piece stands in the text as one character of a private plane that no font and no language uses.
const first = 0x10f000
const last = 0x10fffd
const pieces = /([\u{10f000}-\u{10fffd}])/u
const allPieces = /[\u{10f000}-\u{10fffd}]/gu

/** How many pasted pieces a text can have. */
export const maxPieces = last - first + 1

/** The character that stands for a pasted piece. */
export const pieceAt = (index: number): string => String.fromCodePoint(first + index)

/** Which pasted piece the character stands for. */
export const pieceOf = (character: string): number | undefined => {
  const code = character.codePointAt(0) ?? 0
  return code >= first && code <= last ? code - first : undefined
}

/** Text from outside, as it may stand in the input. */
export const written = (text: string): string => clean(text).replace(allPieces, "")

/** The text with the pieces in full. */
export const withPieces = (text: string, pastes: ReadonlyArray<string>): string =>
  text.replace(allPieces, (character) => pastes[pieceOf(character) ?? 0] ?? "")

/** A character as a person sees it, or a pasted piece. */
export interface Unit {
  readonly text: string
  readonly start: number
  readonly end: number
}

const segmenter = new Intl.Segmenter()

/** The text's characters as a person sees them; a pasted piece is always one by itself. */
export const unitsOf = (text: string): ReadonlyArray<Unit> => {
  const units: Array<Unit> = []
  let start = 0
  for (const part of text.split(pieces)) {
    for (const { index, segment } of segmenter.segment(part)) {
      units.push({ text: segment, start: start + index, end: start + index + segment.length })
    }
    start += part.length
  }
  return units
}

/** The nearest place at or after `index` where the cursor can stand. */
export const placeFrom = (text: string, index: number): number =>
  unitsOf(text).find(({ start }) => start >= index)?.start ?? text.length

/** The nearest place before `index`. */
export const placeBefore = (text: string, index: number): number =>
  unitsOf(text).findLast(({ start }) => start < index)?.start ?? 0

/** The nearest place after `index`. */
export const placeAfter = (text: string, index: number): number =>
  unitsOf(text).find(({ end }) => end > index)?.end ?? text.length

const isOfWord = (unit: Unit): boolean => /[\p{L}\p{N}_]/u.test(unit.text)
const isPiece = (unit: Unit): boolean => pieceOf(unit.text) !== undefined

/** Where the word before `index` begins. */
export const wordBefore = (text: string, index: number): number =>
  wordEdge(unitsOf(text).filter(({ end }) => end <= index).toReversed())?.start ?? 0

/** Where the word after `index` ends. */
export const wordAfter = (text: string, index: number): number =>
  wordEdge(unitsOf(text).filter(({ start }) => start >= index))?.end ?? text.length

/** The last unit of the first word; a pasted piece is a word. Without a word: the last of all. */
const wordEdge = (units: ReadonlyArray<Unit>): Unit | undefined => {
  const begin = units.findIndex((unit) => isOfWord(unit) || isPiece(unit))
  const unit = units[begin]
  if (unit === undefined) return units.at(-1)
  if (isPiece(unit)) return unit
  const after = units.findIndex((each, at) => at > begin && !isOfWord(each))
  return units[after === -1 ? units.length - 1 : after - 1]
}
