/** `altimate-code`: the screen. */
import * as Command from "@effect/cli/Command"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { CliError } from "../CliError.ts"
import { configured } from "../Configured.ts"
import { load } from "../Lazy.ts"
import { Stdio } from "../Stdio.ts"
import * as Trust from "../Trust.ts"
import { crossRegionOption, modelOption, overrides, sessionOptions, yolo } from "./sessionOptions.ts"

const hasScreen = Effect.gen(function*() {
  const { interactive } = yield* Stdio
  const term = yield* Effect.orElseSucceed(Config.string("TERM"), () => "")
  if (interactive && term !== "dumb") return
  return yield* new CliError({
    reason: "Usage",
    message: interactive
      ? "The screen can't be shown: TERM is dumb."
      : "The screen needs a terminal for input and output.",
    hint: "Use altimate-code run \"…\" for one task; altimate-code --help shows all commands."
  })
})

export const screen = Command.make(
  "altimate-code",
  { model: modelOption, crossRegion: crossRegionOption, ...sessionOptions, yolo },
  (given) =>
    hasScreen.pipe(
      Effect.zipRight(load(() => import("../RunScreen.ts"))),
      Effect.flatMap(({ runScreen }) => runScreen({ ...given, overrides: overrides(given) })),
      configured(overrides(given), Trust.ask, "send")
    )
).pipe(Command.withDescription("A terminal coding assistant for teams whose Amazon Bedrock sits behind a gateway."))
