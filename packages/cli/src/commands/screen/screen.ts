/** `altimate-code`: the screen. */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { command } from "../../command-line/commandTree.ts"
import { CliError } from "../../command-line/failure/CliError.ts"
import { load } from "../../command-line/lazy.ts"
import { argument, option } from "../../command-line/parameter.ts"
import {
  crossRegionOption,
  effortOption,
  fallbackModelOption,
  maxCostOption,
  maxTokensOption,
  modelOption,
  modeOption,
  overrides,
  sessionOptions,
  yolo
} from "../../command-line/sessionOptions.ts"
import { Stdio } from "../../command-line/Stdio.ts"
import * as Trust from "../../workspace/projectTrust.ts"
import { withSettings } from "../../workspace/withSettings.ts"

const requireTerminal = Effect.gen(function*() {
  const { isInteractive } = yield* Stdio
  const term = yield* Effect.orElseSucceed(Config.string("TERM"), () => "")
  if (isInteractive && term !== "dumb") return
  return yield* new CliError({
    reason: "Usage",
    message: isInteractive
      ? "The screen cannot be shown on this terminal: TERM is \"dumb\"."
      : "The screen cannot be shown: standard input or output is not a terminal.",
    hint: "Use altimate-code run \"…\" to run a single prompt. altimate-code --help shows all commands."
  })
})

export const screen = command("altimate-code", {
  description: "A terminal coding assistant for teams whose Amazon Bedrock is behind a gateway.",
  examples: [["altimate-code run \"why does this fail?\" -f build.log", "do one task, with the answer on stdout"]],
  parameters: {
    model: modelOption,
    fallbackModel: fallbackModelOption,
    crossRegion: crossRegionOption,
    maxCost: maxCostOption,
    effort: effortOption,
    maxTokens: maxTokensOption,
    ...sessionOptions,
    mode: modeOption,
    yolo,
    // Both take effect while the command line is read: see `Argv` and `WorkingDirectory`.
    print: option(Options.boolean("print").pipe(Options.withAlias("p")), {
      description: "Do one task without the screen, like run."
    }),
    directory: argument(Args.optional(Args.text({ name: "directory" })), {
      description: "The directory to work in (default: this one).",
      completes: "directory"
    })
  },
  run: (given) =>
    requireTerminal.pipe(
      Effect.zipRight(load(() => import("./runScreen.ts"))),
      Effect.flatMap(({ runScreen }) => runScreen({ ...given, overrides: overrides(given) })),
      withSettings(overrides(given), Trust.ask, "send")
    )
})
