/** Options of `run` and of the screen. */
import * as Options from "@effect/cli/Options"

export const modelOption = Options.text("model").pipe(
  Options.withAlias("m"),
  Options.withPseudoName("ID"),
  Options.withDescription("The model, instead of the configured one: amazon-bedrock/ID, or the ID alone."),
  Options.optional
)

export const sessionOptions = {
  continue: Options.boolean("continue").pipe(
    Options.withAlias("c"),
    Options.withDescription("Go on with the last session of this directory.")
  ),
  session: Options.text("session").pipe(
    Options.withAlias("s"),
    Options.withPseudoName("ID"),
    Options.withDescription("Go on with this session; the beginning of its ID is enough."),
    Options.optional
  )
}

export const yolo = Options.boolean("yolo").pipe(
  Options.withDescription("Ask nobody: allow every tool call that is not denied.")
)
