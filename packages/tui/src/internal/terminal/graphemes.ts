/** Characters that take one column each and never combine with others: ASCII, Latin, punctuation, and what draws lines. */
const narrow = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2039\u203a\u2500-\u257f]*$/

/** Whether each character of the text takes one column and never combines with another. */
export const isNarrow = (text: string): boolean => narrow.test(text)

/** A character as the user perceives it, and where it is in the text. */
export interface Grapheme {
  readonly segment: string
  readonly index: number
}

/** Made when it is first needed, because it loads tables that take longer than a frame. */
let segmenter: Intl.Segmenter | undefined

/** Splits the text into characters as the user perceives them. */
export const splitGraphemes = (text: string): Iterable<Grapheme> =>
  isNarrow(text.replaceAll("\n", ""))
    ? Array.from(text, (segment, index) => ({ segment, index }))
    : (segmenter ??= new Intl.Segmenter()).segment(text)
