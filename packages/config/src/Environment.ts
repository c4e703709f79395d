/**
 * Environment variables, read from the `ConfigProvider`.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

/**
 * What the environment variable holds, to the letter, blank or not. A string can be read in only one way wrongly, by not
 * being there; and Node's environment inherits from `Object`, so that `constructor` is there without being a variable.
 *
 * @since 0.1.0
 * @category constructors
 */
export const raw = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.option(Config.string(name)).pipe(Effect.map(Option.filter(Predicate.isString)))

/**
 * What the environment variable holds, without the white space around it. Blank counts as unset.
 *
 * @since 0.1.0
 * @category constructors
 */
export const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.map(raw(name), (value) => value.pipe(Option.map((text) => text.trim()), Option.filter((text) => text !== "")))
