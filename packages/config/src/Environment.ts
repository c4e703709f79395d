/**
 * Environment variables, read from the `ConfigProvider`.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { ConfigError } from "./ConfigError.ts"

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

/**
 * Is the variable switched on (`true`, `1`, `yes`, `on`) or off (`false`, `0`, `no`, `off`)? None when it is not set. Fails with `Value` when
 * it holds something else: whoever set it meant something by it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const flag = (name: string): Effect.Effect<Option.Option<boolean>, ConfigError> =>
  Effect.flatMap(
    variable(name),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: (text) => {
        if (/^(true|1|yes|on)$/i.test(text)) return Effect.succeedSome(true)
        if (/^(false|0|no|off)$/i.test(text)) return Effect.succeedSome(false)
        return new ConfigError({
          reason: "Value",
          message: `${name}: expected true or false, found something else`,
          expected: "true or false",
          found: "something else",
          hint: `Set ${name} to true or false, or unset it.`
        })
      }
    })
  )
