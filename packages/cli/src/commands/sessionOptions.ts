/** Options of `run` and of the screen. */
import * as Options from "@effect/cli/Options"

export const modelOption = Options.text("model").pipe(
  Options.withAlias("m"),
  Options.withPseudoName("ID"),
  Options.withDescription("Use this model, not the configured one."),
  Options.optional
)

export const sessionOptions = {
  continue: Options.boolean("continue").pipe(
    Options.withAlias("c"),
    Options.withDescription("Go on with this directory's last session.")
  ),
  session: Options.text("session").pipe(
    Options.withAlias("s"),
    Options.withPseudoName("ID"),
    Options.withDescription("Go on with this one; a beginning is enough."),
    Options.optional
  )
}

export const yolo = Options.boolean("yolo").pipe(
  Options.withDescription("Ask nobody: allow what is not denied.")
)
