import * as Options from "@effect/cli/Options"

/** `--format` of the commands that list something. */
export const format = Options.choice("format", ["text", "json"]).pipe(
  Options.withDescription("text (default) or json."),
  Options.withDefault("text" as const)
)
