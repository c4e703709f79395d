/**
 * Where a setting's value came from.
 *
 * @since 0.1.0
 */
import { place } from "./internal/file/place.ts"

/**
 * Which kind of configuration file: the user's own, a project's, the one that `ALTIMATE_CLI_CONFIG` names, or that in the directory that
 * `ALTIMATE_CLI_CONFIG_DIR` names.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope = "global" | "project" | "ALTIMATE_CLI_CONFIG" | "ALTIMATE_CLI_CONFIG_DIR"

/**
 * Where a value came from. Lines and columns count from 1 (columns in UTF-16 units, as editors do) and point at the
 * key; `key` is the dotted path as written in the file, for example `provider.amazon-bedrock.options.endpoint`.
 * `Inline` is `ALTIMATE_CLI_CONFIG_CONTENT`.
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
  | { readonly _tag: "Inline"; readonly line: number; readonly column: number; readonly key: string }
  | { readonly _tag: "Environment"; readonly variable: string }
  | { readonly _tag: "Flag"; readonly flag: string }
  | { readonly _tag: "Default" }

/**
 * A value together with where it came from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Setting<A> {
  readonly value: A
  readonly origin: Origin
}

/**
 * The origin in a few words for a person, for example
 * `/home/x/.config/altimate-code/altimate-code.json:5:9 (global config)`, `AWS_REGION`, `--model` or `default`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (origin: Origin): string => {
  if (origin._tag !== "File") return place(origin)
  return `${place(origin)} (${
    origin.scope === "global" || origin.scope === "project" ? `${origin.scope} config` : origin.scope
  })`
}

/**
 * Where it came from, without the place in it: the file's path, a variable's or a flag's name, or `default`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const source = (origin: Origin): string => {
  if (origin._tag === "File") return origin.path
  return origin._tag === "Inline" ? "ALTIMATE_CLI_CONFIG_CONTENT" : place(origin)
}
