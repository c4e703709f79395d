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
