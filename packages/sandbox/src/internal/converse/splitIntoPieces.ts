/** Splits a text as a model would stream it: about one word per piece, and never inside a character. */
export const splitIntoPieces = (text: string): ReadonlyArray<string> => text.match(/\s*\S{1,16}|\s+/gu) ?? [""]
