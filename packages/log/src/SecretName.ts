/**
 * Names that suggest a secret.
 *
 * @since 0.1.0
 */

// Not `keybinds`, `keymap` and the like, not an author, and not a number of tokens (`maxTokens`, `budget_tokens`).
const secretName =
  /key(?!bind|board|map|word)|(?<!max_?|budget_?)token|secret|passw|passphrase|pwd|auth(?!or(?!i[sz]))|credential|cookie|bearer|signature|headers?$/i

/**
 * Whether the name of a setting, variable or HTTP header suggests that its value is a secret.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isSecretName = (name: string): boolean => secretName.test(name)

/** Shorter values with harmless names may be common words. */
const minSecretLength = 16

/**
 * The parts of an HTTP header that have to be masked: the value, and what follows its scheme (as in `Basic dXNlcjpwYXNz`). None if neither the
 * name nor the length of the value suggests a secret, such as in `organization: default`.
 *
 * @since 0.1.0
 * @category getters
 */
export const findHeaderSecrets = (name: string, value: string): ReadonlyArray<string> =>
  isSecretName(name) || value.length >= minSecretLength ? [...new Set([value, value.split(" ").at(-1)!])] : []
