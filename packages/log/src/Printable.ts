/**
 * Text from outside as it may be shown on a terminal.
 *
 * @since 0.1.0
 */

/**
 * As part of a line: nothing in it can move a terminal's cursor, break the line or turn it around.
 *
 * @since 0.1.0
 * @category rendering
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

/**
 * The same for a text of several lines: its newlines stay.
 *
 * @since 0.1.0
 * @category rendering
 */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n")
