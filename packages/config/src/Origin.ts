/**
 * Where a setting's value came from.
 *
 * @since 0.1.0
 */
import { printable } from "@altimate-code/log/Printable"

/**
 * The kind of configuration file: the user's own, a project's, or the variable that names the file (`ALTIMATE_CLI_CONFIG`) or its directory
 * (`ALTIMATE_CLI_CONFIG_DIR`). See `ProgramNames` for other names.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope = "global" | "project" | `${string}CONFIG` | `${string}CONFIG_DIR`

/**
 * Where a value came from. Lines and columns count from 1 (columns in UTF-16 units, as in editors) and point at the key. `key` is the
 * dotted path as written in the file, for example `provider.amazon-bedrock.options.endpoint`. `Inline` is
 * the text of a variable (`ALTIMATE_CLI_CONFIG_CONTENT`).
 *
 * @since 0.1.0
 * @category models
 */
export type Origin =
  | {
    readonly _tag: "File"
    readonly path: string
    readonly scope: Scope
    readonly line: number
    readonly column: number
    readonly key: string
  }
  | {
    readonly _tag: "Inline"
    readonly variable: string
    readonly line: number
    readonly column: number
    readonly key: string
  }
  | { readonly _tag: "Environment"; readonly variable: string }
  | { readonly _tag: "Flag"; readonly flag: string }
  /** Given in code: `parameter` is the name of a field of `GivenSettings`. */
  | { readonly _tag: "Given"; readonly parameter: string }
  | { readonly _tag: "Default" }

/**
 * A value together with its origin.
 *
 * @since 0.1.0
 * @category models
 */
export interface Setting<A> {
  readonly value: A
  readonly origin: Origin
}

/**
 * The position of a value as it begins an error message, for example `/home/x/altimate-code.json:5:9`, `AWS_REGION`, `--model` or `the
 * parameter url`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const position = (origin: Origin): string => {
  switch (origin._tag) {
    case "File":
      return `${printable(origin.path)}:${origin.line}:${origin.column}`
    case "Inline":
      return `${origin.variable}:${origin.line}:${origin.column}`
    case "Environment":
      return origin.variable
    case "Flag":
      return origin.flag
    case "Given":
      return `the parameter ${origin.parameter}`
    case "Default":
      return "default"
  }
}

/**
 * The position and the kind of file, for example `/home/x/.config/altimate-code/altimate-code.json:5:9 (global config)`, `AWS_REGION`,
 * `--model` or `default`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (origin: Origin): string => {
  if (origin._tag !== "File") return position(origin)
  return `${position(origin)} (${
    origin.scope === "global" || origin.scope === "project" ? `${origin.scope} config` : origin.scope
  })`
}

/**
 * The source without a line or column: the file's path, the name of a variable, flag or parameter, or `default`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const source = (origin: Origin): string => {
  if (origin._tag === "File") return origin.path
  return origin._tag === "Inline" ? origin.variable : position(origin)
}
