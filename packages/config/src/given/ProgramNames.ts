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
}

/**
 * The names that `Settings.layer`, `Directories.layer` and `ConfigEdit` use: those of altimate-code, unless a program provides its own.
 *
 * @since 0.1.0
 * @category services
 */
export class ProgramNames extends Context.Reference<ProgramNames>()("@altimate-code/config/ProgramNames", {
  defaultValue: (): Names => ({ directory: "altimate-code", file: "altimate-code", variables: "ALTIMATE_CLI_" })
}) {}

/**
 * The name of one of the program's variables, such as `ALTIMATE_CLI_CONFIG`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const variable = <Name extends string>({ variables }: Names, name: Name): `${string}${Name}` =>
  `${variables}${name}`
