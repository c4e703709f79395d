/** `altimate-code run`: runs one task and writes the answer to stdout. */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { command } from "../../command-line/commandTree.ts"
import { load } from "../../command-line/lazy.ts"
import { argument, option } from "../../command-line/parameter.ts"
import {
  count,
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
import * as Trust from "../../workspace/projectTrust.ts"
import { withSettings } from "../../workspace/withSettings.ts"

const parameters = {
  model: modelOption,
  fallbackModel: fallbackModelOption,
  crossRegion: crossRegionOption,
  files: option(
    Options.text("file").pipe(Options.withAlias("f"), Options.withPseudoName("PATH"), Options.repeated),
    { description: "Attach a text file, an image or a PDF." }
  ),
  command: option(Options.text("command").pipe(Options.withPseudoName("NAME"), Options.optional), {
    description: "Run a custom command; the prompt is its arguments."
  }),
  title: option(
    Options.text("title").pipe(
      Options.withAlias("n"),
      Options.withAlias("name"),
      Options.withPseudoName("TITLE"),
      Options.optional
    ),
    { description: "The session's title in lists." }
  ),
  system: option(
    Options.text("system").pipe(Options.withAlias("system-prompt"), Options.withPseudoName("TEXT"), Options.optional),
    { description: "The system prompt." }
  ),
  effort: effortOption,
  maxTokens: maxTokensOption,
  noTools: option(Options.boolean("no-tools"), { description: "Send only the prompt: no tools, no AGENTS.md." }),
  maxSteps: option(count("max-steps").pipe(Options.withAlias("max-turns"), Options.withDefault(50)), {
    description: "Maximum requests (default: 50).",
    expects: "a whole number from 1"
  }),
  maxCost: maxCostOption,
  ...sessionOptions,
  mode: modeOption,
  yolo,
  trustProject: option(Options.boolean("trust-project"), {
    description: "Trust the project's configuration for this run."
  }),
  format: option(Options.choice("format", ["text", "json"]).pipe(Options.withDefault("text" as const)), {
    description: "text (default) or json: one event per line."
  }),
  prompt: argument(Args.repeated(Args.text({ name: "prompt" })), {
    description: "The prompt or a custom /COMMAND. Text piped into stdin is appended."
  })
}

export const run = command("run", {
  description: "Do one task. The answer goes to stdout, tool calls go to stderr.",
  examples: [
    ["altimate-code run --mode plan \"Support Node 24\"", "print a plan, change nothing"],
    ["altimate-code run --yolo \"Make the tests pass\"", "run tools without asking"],
    ["git diff | altimate-code run \"Review this change\"", "append piped text to the prompt"],
    ["altimate-code run --format json \"hi\" | jq -r 'select(.type==\"text\").text'", "process the output"]
  ],
  parameters,
  run: (given) =>
    // The model, the AWS SDK and their dependencies are loaded only here.
    load(() => import("./runPrompt.ts")).pipe(
      Effect.flatMap(({ runPrompt }) => runPrompt(given)),
      withSettings({ ...overrides(given), trustProject: given.trustProject }, Trust.refuse, "send")
    )
})
