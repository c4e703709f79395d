/** Options of `run` and of the screen. */
import { type Mode, modes } from "@altimate-code/agent/permission/PermissionMode"
import type { Overrides } from "@altimate-code/config/Settings"
import { efforts } from "@altimate-code/model-id/Thinking"
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { option } from "./parameter.ts"

export const modelOption = option(
  Options.text("model").pipe(Options.withAlias("m"), Options.withPseudoName("ID"), Options.optional),
  { description: "Use this model instead of the configured one.", valueHint: "altimate-code models lists the IDs." }
)

export const fallbackModelOption = option(
  Options.text("fallback-model").pipe(Options.withPseudoName("ID"), Options.optional),
  { description: "Use this model when the other one is overloaded." }
)

export const crossRegionOption = option(
  Options.text("cross-region").pipe(Options.withPseudoName("VALUE"), Options.optional),
  { description: "Model ID prefix: auto, off, us, eu, global, …" }
)

export const maxCostOption = option(
  Options.float("max-cost").pipe(
    Options.withAlias("max-budget-usd"),
    Options.withPseudoName("USD"),
    Options.withSchema(Schema.Number.pipe(Schema.positive(), Schema.finite())),
    Options.optional
  ),
  {
    description: "Stop (exit 1) past this cost.",
    expects: "an amount of US dollars above 0"
  }
)

/** A whole number above zero. */
export const count = (name: string) =>
  Options.integer(name).pipe(Options.withPseudoName("N"), Options.withSchema(Schema.Int.pipe(Schema.positive())))

const levels = ["off", ...efforts] as const

export const effortOption = option(
  Options.choice("effort", levels).pipe(
    Options.withAlias("variant"),
    Options.withPseudoName("LEVEL"),
    Options.optional
  ),
  {
    description: "How much to think: off, low, …, max.",
    expects: levels.join(", "),
    completes: levels
  }
)

export const maxTokensOption = option(Options.optional(count("max-tokens")), {
  description: "Maximum tokens per answer (default: up to 32000).",
  expects: "a whole number from 1"
})

/** Returns the settings that the command line overrides. */
export const overrides = (
  {
    crossRegion,
    fallbackModel = Option.none(),
    maxCost = Option.none(),
    mode = Option.none(),
    model,
    yolo = false
  }: {
    readonly model?: Option.Option<string>
    readonly fallbackModel?: Option.Option<string>
    readonly crossRegion: Option.Option<string>
    readonly maxCost?: Option.Option<number>
    readonly mode?: Option.Option<Mode>
    readonly yolo?: boolean
  }
): Overrides => ({
  yolo,
  ...(Option.isSome(maxCost) ? { maxCost: maxCost.value } : {}),
  ...(Option.isSome(mode) ? { mode: mode.value } : {}),
  ...(model !== undefined && Option.isSome(model) ? { model: model.value } : {}),
  ...(Option.isSome(fallbackModel) ? { fallback: fallbackModel.value } : {}),
  ...(Option.isSome(crossRegion) ? { crossRegion: crossRegion.value } : {})
})

export const sessionOptions = {
  continue: option(Options.boolean("continue").pipe(Options.withAlias("c")), {
    description: "Resume the last session of this directory."
  }),
  session: option(
    Options.text("session").pipe(
      Options.withAlias("s"),
      Options.withAlias("r"),
      Options.withAlias("resume"),
      Options.withPseudoName("ID"),
      Options.optional
    ),
    {
      description: "Resume this session.",
      valueHint: "altimate-code session list shows the IDs; --continue resumes the last session of this directory."
    }
  )
}

export const modeOption = option(
  Options.choice("mode", modes).pipe(
    Options.withAlias("permission-mode"),
    Options.withPseudoName("MODE"),
    Options.optional
  ),
  {
    description: "Start in mode ask, accept-edits or plan.",
    expects: modes.join(", "),
    completes: modes
  }
)

export const yolo = option(Options.boolean("yolo").pipe(Options.withAlias("dangerously-skip-permissions")), {
  description: "Run every tool without asking, except what rules deny."
})
