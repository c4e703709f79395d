/**
 * Makes text from outside safe to show on a terminal.
 *
 * @since 0.1.0
 */

/**
 * Escapes everything that could move the cursor, break the line or change its direction.
 *
 * @since 0.1.0
 * @category rendering
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

/**
 * Like `printable`, but keeps newlines.
 *
 * @since 0.1.0
 * @category rendering
 */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n")
