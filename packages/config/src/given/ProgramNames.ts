/**
 * The names of a program's files and variables.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * The names, which also appear in messages.
 *
 * @since 0.1.0
 * @category models
 */
export interface Names {
  /** The directory below the user's directories for configuration, data and caches; with a dot before it, the one in a project. */
  readonly directory: string
  /** The configuration file, without `.json` or `.jsonc`. */
  readonly file: string
  /** What its own environment variables begin with, including the underscore. */
  readonly variables: string
  /** Its options for the fields of `Settings.Overrides`, such as `--mode`. A field without one is called a parameter. */
  readonly flags?: { readonly [parameter in OverrideName]?: string }
}

/**
 * The fields of `Settings.Overrides` that are settings.
 *
 * @since 0.1.0
 * @category models
 */
export type OverrideName = "model" | "fallback" | "crossRegion" | "maxCost" | "mode" | "yolo"

/**
 * The names that `Settings.layer`, `Directories.layer` and `ConfigEdit` use: those of altimate-code, unless a program provides its own.
 *
 * @since 0.1.0
 * @category services
 */
export class ProgramNames extends Context.Reference<ProgramNames>()("@altimate-code/config/ProgramNames", {
  defaultValue: (): Names => ({
    directory: "altimate-code",
    file: "altimate-code",
    variables: "ALTIMATE_CLI_",
    flags: {
      model: "--model",
      fallback: "--fallback-model",
      crossRegion: "--cross-region",
      maxCost: "--max-cost",
      mode: "--mode",
      yolo: "--yolo"
    }
  })
}) {}

/**
 * The name of one of the program's variables, such as `ALTIMATE_CLI_CONFIG`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const variable = <Name extends string>({ variables }: Names, name: Name): `${string}${Name}` =>
  `${variables}${name}`

/**
 * The name of an override, such as `--mode` or `the parameter mode`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const flag = ({ flags = {} }: Names, parameter: OverrideName): string =>
  flags[parameter] ?? `the parameter ${parameter}`
