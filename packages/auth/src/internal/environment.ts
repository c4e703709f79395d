import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** What the environment variable holds, without the white space around it; blank or not. */
export const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.option(Config.string(name)).pipe(Effect.map(Option.map((value) => value.trim())))

/** The same, where blank counts as unset. */
export const nonBlankVariable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.map(variable(name), Option.filter((value) => value !== ""))
