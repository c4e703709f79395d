/**
 * The prompt of the screen, shown while the rest of a program is still loading. This module loads nothing that only a session needs.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as ShownPrompt from "./internal/screen/shownPrompt.ts"

/**
 * What the prompt looks like. A `Host` has all of it.
 *
 * @since 0.1.0
 * @category models
 */
export type Look = ShownPrompt.Look

/**
 * The prompt on the terminal: give it to `Screen.run`.
 *
 * @since 0.1.0
 * @category models
 */
export type EarlyPrompt = ShownPrompt.ShownPrompt

/**
 * Shows the prompt on the terminal of the process, which restores the terminal when the scope closes. Typed text appears at once; the first other key and
 * all keys after it wait for `Screen.run`, except Ctrl-C, which is SIGINT until then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const show: (look: Look) => Effect.Effect<EarlyPrompt, never, Scope.Scope> = ShownPrompt.show
