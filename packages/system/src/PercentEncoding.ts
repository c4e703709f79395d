/**
 * Percent-encoded text, as users write it in URLs.
 *
 * @since 0.1.0
 */

/** One encoded character: a byte of ASCII, or the two to four bytes of a longer one. Source: RFC 3629, section 3. */
const encoded =
  /%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3}/gi

/**
 * Decodes each character on its own. What encodes nothing stays as it is: `decodeURIComponent` throws at the lone `%` of a
 * password, and the whole text would be left encoded.
 *
 * @example `decode("p%40ss%zz")` is `p@ss%zz`
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (text: string): string =>
  text.replaceAll(encoded, (character) => {
    try {
      return decodeURIComponent(character)
    } catch {
      // Well-formed, but no character: an overlong form or half a surrogate pair.
      return character
    }
  })
