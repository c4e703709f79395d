/**
 * Cuts texts between characters, never inside one.
 *
 * @since 0.1.0
 */

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** Half a surrogate pair is not a character. JSON parsers of model APIs reject requests that contain one. */
const splitsPair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at))

/**
 * The beginning of a text: at most `maxLength` UTF-16 units.
 *
 * @since 0.1.0
 * @category cutting
 */
export const head = (text: string, maxLength: number): string => {
  const at = Math.max(0, Math.floor(maxLength))
  return text.slice(0, splitsPair(text, at) ? at - 1 : at)
}

/**
 * The text, or its beginning followed by `…` if it has more than `maxLength` UTF-16 units.
 *
 * @since 0.1.0
 * @category cutting
 */
export const shorten = (text: string, maxLength: number): string =>
  text.length > maxLength ? `${head(text, maxLength)}…` : text

/**
 * The end of a text: at most `maxLength` UTF-16 units.
 *
 * @since 0.1.0
 * @category cutting
 */
export const tail = (text: string, maxLength: number): string => {
  const at = Math.max(0, text.length - Math.max(0, Math.floor(maxLength)))
  return text.slice(splitsPair(text, at) ? at + 1 : at)
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80

/** The length of a UTF-8 character in bytes, by its first byte. */
const lengthOf = (byte: number): number => byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1

/**
 * The beginning of a UTF-8 text: at most `maxLength` bytes, without an incomplete character at the end. Bytes that are not UTF-8 are cut anywhere.
 *
 * @since 0.1.0
 * @category cutting
 */
export const headBytes = (bytes: Uint8Array, maxLength: number): Uint8Array => {
  const kept = bytes.subarray(0, Math.max(0, maxLength))
  let first = kept.length - 1
  while (first > kept.length - 4 && first > 0 && isContinuation(kept[first]!)) first--
  return first >= 0 && first + lengthOf(kept[first]!) > kept.length ? kept.subarray(0, first) : kept
}

/**
 * The end of a UTF-8 text: at most `maxLength` bytes, without an incomplete character at the beginning. Bytes that are not UTF-8 are cut anywhere.
 *
 * @since 0.1.0
 * @category cutting
 */
export const tailBytes = (bytes: Uint8Array, maxLength: number): Uint8Array => {
  const kept = bytes.subarray(Math.max(0, bytes.length - Math.max(0, maxLength)))
  let first = 0
  while (first < 4 && first < kept.length && isContinuation(kept[first]!)) first++
  return first < 4 ? kept.subarray(first) : kept
}
