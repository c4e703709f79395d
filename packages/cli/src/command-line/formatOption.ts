import * as Options from "@effect/cli/Options"
import { option } from "./parameter.ts"

/** `--format` of the commands that list something. */
export const format = option(
  Options.choice("format", ["text", "json"]).pipe(Options.withDefault("text" as const)),
  { description: "text (default) or json." }
)
