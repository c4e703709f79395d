import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

/**
 * What the environment variable holds, blank or not. A string can be read in only one way wrongly, by not being there;
 * and Node's environment inherits from `Object`, so that `constructor` is there without being a variable.
 */
export const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.option(Config.string(name)).pipe(Effect.map(Option.filter(Predicate.isString)))

/** The same, where blank counts as unset. */
export const nonBlankVariable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.map(variable(name), Option.filter((value) => value.trim() !== ""))
