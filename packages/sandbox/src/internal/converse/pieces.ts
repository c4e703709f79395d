/** A text in the pieces that a model would stream it in: roughly a word each, and never half a character. */
export const pieces = (text: string): ReadonlyArray<string> => text.match(/\s*\S{1,16}|\s+/gu) ?? [""]
