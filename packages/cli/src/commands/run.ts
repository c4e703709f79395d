/** `altimate-code run`: one prompt, its answer on stdout. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { action } from "../CommandTree.ts"
import { configured } from "../Configured.ts"
import { load } from "../Lazy.ts"

const options = {
  model: Options.text("model").pipe(
    Options.withAlias("m"),
    Options.withPseudoName("ID"),
    Options.withDescription("The model, instead of the configured one: amazon-bedrock/ID, or the ID alone."),
    Options.optional
  ),
  files: Options.text("file").pipe(
    Options.withAlias("f"),
    Options.withPseudoName("PATH"),
    Options.withDescription("Attach a text file, an image or a PDF."),
    Options.repeated
  ),
  system: Options.text("system").pipe(
    Options.withPseudoName("TEXT"),
    Options.withDescription("The system prompt."),
    Options.optional
  ),
  maxTokens: Options.integer("max-tokens").pipe(
    Options.withPseudoName("N"),
    Options.filterMap(Option.liftPredicate((tokens) => tokens > 0), "--max-tokens must be at least 1."),
    Options.withDescription("The most tokens the answer may have (default: the model's maximum, at most 8192)."),
    Options.optional
  ),
  format: Options.choice("format", ["text", "json"]).pipe(
    Options.withDescription("text (default): the answer as it comes; json: one event a line."),
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
    load(() => import("../RunPrompt.ts")).pipe(
      Effect.flatMap(({ runPrompt }) => runPrompt(given)),
      configured(Option.match(given.model, { onNone: () => ({}), onSome: (model) => ({ model }) }))
    )).pipe(Command.withDescription("Send one prompt and stream the answer to stdout.")),
  [
    ["altimate-code run \"What is a VPC endpoint?\"", "ask"],
    ["git diff | altimate-code run \"Review this change\"", "append what is piped in"],
    ["altimate-code run -f diagram.png -f spec.pdf \"Do these agree?\"", "attach files"],
    ["altimate-code run --format json \"hi\" | jq -r 'select(.type==\"text\").text'", "read it by a program"]
  ]
)
