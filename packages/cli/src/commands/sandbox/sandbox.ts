/** `altimate-code sandbox`: a gateway on this machine, to try things out. */
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { command } from "../../command-line/commandTree.ts"
import { load } from "../../command-line/lazy.ts"
import { option } from "../../command-line/parameter.ts"

export const sandbox = command("sandbox", {
  description: "Start a Bedrock gateway on this machine, to try things out.",
  examples: [
    ["altimate-code sandbox", "start it; Ctrl-C stops it"],
    ["altimate-code sandbox --script faults.json", "see a throttled or truncated answer"]
  ],
  parameters: {
    port: option(
      Options.integer("port").pipe(
        Options.withPseudoName("PORT"),
        Options.withSchema(Schema.Int.pipe(Schema.between(0, 65_535))),
        Options.withDefault(0)
      ),
      { description: "The port on 127.0.0.1 to listen on (default: a free one).", expects: "from 0 to 65535" }
    ),
    prefix: option(
      Options.text("prefix").pipe(Options.withPseudoName("PATH"), Options.withDefault("/bedrock/v1")),
      { description: "The path in front of /model (default: /bedrock/v1)." }
    ),
    models: option(
      Options.choice("models", ["aws", "gateway", "none"]).pipe(Options.withDefault("aws" as const)),
      { description: "Which list of models it has: AWS's, a gateway's own, or none (default: aws)." }
    ),
    script: option(Options.text("script").pipe(Options.withPseudoName("PATH"), Options.optional), {
      description: "Play the turns and faults in this JSON file instead of generated answers."
    })
  },
  // The server and its protocol are loaded only here.
  run: (given) => Effect.flatMap(load(() => import("./runSandbox.ts")), ({ runSandbox }) => runSandbox(given))
})
