/** `altimate-code`: the screen. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { CliError } from "../../command-line/failure/CliError.ts"
import { load } from "../../command-line/lazy.ts"
import { crossRegionOption, modelOption, overrides, sessionOptions, yolo } from "../../command-line/sessionOptions.ts"
import { Stdio } from "../../command-line/Stdio.ts"
import { configured } from "../../workspace/configured.ts"
import * as Trust from "../../workspace/projectTrust.ts"

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
  {
    model: modelOption,
    crossRegion: crossRegionOption,
    ...sessionOptions,
    yolo,
    // Both take effect when the command line is read: see `Argv` and `WorkingDirectory`.
    print: Options.boolean("print").pipe(
      Options.withAlias("p"),
      Options.withDescription("Do one task without the screen, as run does.")
    ),
    directory: Args.text({ name: "directory" }).pipe(
      Args.withDescription("Where to work, if not in this directory."),
      Args.optional
    )
  },
  (given) =>
    hasScreen.pipe(
      Effect.zipRight(load(() => import("./runScreen.ts"))),
      Effect.flatMap(({ runScreen }) => runScreen({ ...given, overrides: overrides(given) })),
      configured(overrides(given), Trust.ask, "send")
    )
).pipe(Command.withDescription("A terminal coding assistant for teams whose Amazon Bedrock sits behind a gateway."))
