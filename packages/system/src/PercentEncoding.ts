/**
 * Decodes percent-encoded text.
 *
 * @since 0.1.0
 */

/** An encoded character: one byte of ASCII, or two to four bytes of another character. Source: RFC 3629, section 3. */
const encoded =
  /%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3}/gi

/**
 * Decodes each character separately, and leaves invalid sequences unchanged. (`decodeURIComponent` throws on a single `%` in a password, so that the
 * whole text would stay encoded.)
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
      // An overlong form or half a surrogate pair.
      return character
    }
  })
