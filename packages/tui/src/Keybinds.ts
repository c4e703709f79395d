/**
 * The `keybinds` of the configuration.
 *
 * @since 0.1.0
 */
import * as Keymap from "./internal/input/keymap.ts"

/**
 * The user's keys by opencode's name of the action: alternatives separated by commas, `none` or `false`.
 *
 * @since 0.1.0
 * @category models
 */
export type Keybinds = Keymap.Keybinds

/**
 * Sentences for the user about keys that can't be used, keys with two actions, and actions that have lost all their keys.
 *
 * @since 0.1.0
 * @category getters
 */
export const describeProblems = (keybinds: Keybinds): ReadonlyArray<string> => Keymap.make(keybinds).problems

/**
 * The key that changes the mode, as it is shown, e.g. `shift-tab`. Undefined if it has none.
 *
 * @since 0.1.0
 * @category getters
 */
export const labelOfMode = (keybinds: Keybinds): string | undefined => Keymap.labelOfMode(Keymap.make(keybinds).keymap)
