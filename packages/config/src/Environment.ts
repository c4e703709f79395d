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
import type { Setting } from "./Origin.ts"

/**
 * Reads the exact value of the environment variable, blank or not. Values that are not strings are ignored: Node's environment inherits from
 * `Object`, so `constructor` exists without being a variable.
 *
 * @since 0.1.0
 * @category constructors
 */
export const readRaw = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.option(Config.string(name)).pipe(Effect.map(Option.filter(Predicate.isString)))

/**
 * Reads the value of the environment variable without surrounding white space. Blank counts as unset.
 *
 * @since 0.1.0
 * @category constructors
 */
export const readVariable = (name: string): Effect.Effect<Option.Option<string>> =>
  Effect.map(
    readRaw(name),
    (value) => value.pipe(Option.map((text) => text.trim()), Option.filter((text) => text !== ""))
  )

/**
 * Like `readVariable`, with the variable as the origin.
 *
 * @since 0.1.0
 * @category constructors
 */
export const readSetting = (variable: string): Effect.Effect<Option.Option<Setting<string>>> =>
  Effect.map(
    readVariable(variable),
    Option.map((value): Setting<string> => ({ value, origin: { _tag: "Environment", variable } }))
  )

/**
 * Reads a switch: on (`true`, `1`, `yes`, `on`), off (`false`, `0`, `no`, `off`), or none if it is not set. Fails with `Value` for any other
 * value.
 *
 * @since 0.1.0
 * @category constructors
 */
export const readFlag = (name: string): Effect.Effect<Option.Option<boolean>, ConfigError> =>
  Effect.flatMap(
    readVariable(name),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: (text) => {
        if (/^(true|1|yes|on)$/i.test(text)) return Effect.succeedSome(true)
        if (/^(false|0|no|off)$/i.test(text)) return Effect.succeedSome(false)
        return new ConfigError({
          reason: "Value",
          message: `${name}: expected true or false`,
          expected: "true or false",
          found: "something else",
          hint: `Set ${name} to true or false, or unset it.`
        })
      }
    })
  )
