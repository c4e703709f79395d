/** Text from outside as part of a sentence: nothing in it can move a terminal's cursor or turn the line around. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
