/**
 * Names of what must not be shown.
 *
 * @since 0.1.0
 */

// `keybinds`, `keymap` and the like, and an author, are no secrets.
const secretName =
  /key(?!bind|board|map|word)|token|secret|passw|passphrase|pwd|auth(?!or(?!i[sz]))|credential|cookie|bearer|signature|headers?$/i

/**
 * Does what has this name, of a setting or an HTTP header, sound like a secret?
 *
 * @since 0.1.0
 * @category rendering
 */
export const isSecretName = (name: string): boolean => secretName.test(name)
