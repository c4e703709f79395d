/**
 * How much the model may do without asking the user.
 *
 * @since 0.1.0
 */

/**
 * All modes, in the order in which the user goes through them.
 *
 * @since 0.1.0
 * @category models
 */
export const modes = ["ask", "accept-edits", "plan"] as const

/**
 * - `ask`: the rules decide
 * - `accept-edits`: edits in the project need no permission, except those that a rule names and those of files that may contain secrets or
 *   that other programs execute
 * - `plan`: only reading and searching
 *
 * @since 0.1.0
 * @category models
 */
export type Mode = (typeof modes)[number]
