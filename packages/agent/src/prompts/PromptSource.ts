/**
 * A directory with commands or skills.
 *
 * @since 0.1.0
 */

/**
 * Of sources with a command or skill of the same name, the first one counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface PromptSource {
  /** Absolute; it need not exist. */
  readonly directory: string
  /** The project's root, if the directory comes with the project. Links out of the project are not followed. */
  readonly root?: string
}
