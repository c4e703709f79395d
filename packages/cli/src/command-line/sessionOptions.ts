/** Options of `run` and of the screen. */
import type { Overrides } from "@altimate-code/config/Settings"
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"

export const modelOption = Options.text("model").pipe(
  Options.withAlias("m"),
  Options.withPseudoName("ID"),
  Options.withDescription("Use this model, not the configured one."),
  Options.optional
)

export const crossRegionOption = Options.text("cross-region").pipe(
  Options.withPseudoName("VALUE"),
  Options.withDescription("auto, off or a prefix: us, eu, global, …"),
  Options.optional
)

/** What of the command line wins over the configuration. */
export const overrides = ({ crossRegion, model, yolo = false }: {
  readonly model?: Option.Option<string>
  readonly crossRegion: Option.Option<string>
  readonly yolo?: boolean
}): Overrides => ({
  yolo,
  ...(model !== undefined && Option.isSome(model) ? { model: model.value } : {}),
  ...(Option.isSome(crossRegion) ? { crossRegion: crossRegion.value } : {})
})

export const sessionOptions = {
  continue: Options.boolean("continue").pipe(
    Options.withAlias("c"),
    Options.withDescription("Resume this directory's last session.")
  ),
  session: Options.text("session").pipe(
    Options.withAlias("s"),
    Options.withAlias("r"),
    Options.withAlias("resume"),
    Options.withPseudoName("ID"),
    Options.withDescription("Resume this session."),
    Options.optional
  )
}

export const yolo = Options.boolean("yolo").pipe(
  Options.withAlias("dangerously-skip-permissions"),
  Options.withDescription("Allow all that is not denied.")
)
