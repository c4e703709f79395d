/** `altimate-code run`: one task, its answer on stdout. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { action } from "../../command-line/commandTree.ts"
import { load } from "../../command-line/lazy.ts"
import { crossRegionOption, modelOption, overrides, sessionOptions, yolo } from "../../command-line/sessionOptions.ts"
import { configured } from "../../workspace/configured.ts"
import * as Trust from "../../workspace/projectTrust.ts"

const options = {
  model: modelOption,
  crossRegion: crossRegionOption,
  files: Options.text("file").pipe(
    Options.withAlias("f"),
    Options.withPseudoName("PATH"),
    Options.withDescription("Attach a text file, an image or a PDF."),
    Options.repeated
  ),
  title: Options.text("title").pipe(
    Options.withAlias("n"),
    Options.withAlias("name"),
    Options.withPseudoName("TITLE"),
    Options.withDescription("The session's title in lists."),
    Options.optional
  ),
  system: Options.text("system").pipe(
    Options.withAlias("system-prompt"),
    Options.withPseudoName("TEXT"),
    Options.withDescription("The system prompt."),
    Options.optional
  ),
  maxTokens: Options.integer("max-tokens").pipe(
    Options.withPseudoName("N"),
    Options.filterMap(Option.liftPredicate((tokens) => tokens > 0), "--max-tokens must be at least 1."),
    Options.withDescription("Most tokens per answer (default: 8192 or less)."),
    Options.optional
  ),
  noTools: Options.boolean("no-tools").pipe(
    Options.withDescription("The question alone: no tools, no AGENTS.md.")
  ),
  maxSteps: Options.integer("max-steps").pipe(
    Options.withAlias("max-turns"),
    Options.withPseudoName("N"),
    Options.filterMap(Option.liftPredicate((steps) => steps > 0), "--max-steps must be at least 1."),
    Options.withDescription("Requests per task (default: 50)."),
    Options.withDefault(50)
  ),
  ...sessionOptions,
  yolo,
  trustProject: Options.boolean("trust-project").pipe(
    Options.withDescription("Trust this project's altimate-code.json, this time.")
  ),
  format: Options.choice("format", ["text", "json"]).pipe(
    Options.withDescription("text (default), or json: one event a line."),
    Options.withDefault("text" as const)
  ),
  prompt: Args.text({ name: "prompt" }).pipe(
    Args.withDescription("The prompt; what is piped into stdin is appended to it."),
    Args.repeated
  )
}

export const run = action(
  Command.make("run", options, (given) =>
    // The model, the AWS SDK and all that they need are loaded here and not before.
    load(() => import("./runPrompt.ts")).pipe(
      Effect.flatMap(({ runPrompt }) => runPrompt(given)),
      configured({ ...overrides(given), trustProject: given.trustProject }, Trust.refuse, "send")
    )).pipe(Command.withDescription("Do one task: the answer on stdout, tool calls on stderr.")),
  [
    ["altimate-code run \"What is a VPC endpoint?\"", "ask"],
    ["altimate-code run --yolo \"Make the tests pass\"", "do it, and ask nobody"],
    ["git diff | altimate-code run \"Review this change\"", "append what is piped in"],
    ["altimate-code run --format json \"hi\" | jq -r 'select(.type==\"text\").text'", "read it by a program"]
  ]
)
