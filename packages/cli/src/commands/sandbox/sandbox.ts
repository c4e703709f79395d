/** `altimate-code sandbox`: a gateway on this machine, to try things out. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { action } from "../../command-line/commandTree.ts"
import { load } from "../../command-line/lazy.ts"

const options = {
  port: Options.integer("port").pipe(
    Options.withPseudoName("PORT"),
    Options.filterMap(
      Option.liftPredicate((port) => port >= 0 && port <= 65_535),
      "--port must be a port's number: 0 to 65535."
    ),
    Options.withDescription("The port to listen on, on 127.0.0.1 only (default: a free one)."),
    Options.withDefault(0)
  ),
  prefix: Options.text("prefix").pipe(
    Options.withPseudoName("PATH"),
    Options.withDescription("The path in front of /model (default: /bedrock/v1)."),
    Options.withDefault("/bedrock/v1")
  ),
  script: Options.text("script").pipe(
    Options.withPseudoName("PATH"),
    Options.withDescription("Play the turns and faults of a JSON file instead of making up answers."),
    Options.optional
  )
}

export const sandbox = action(
  Command.make("sandbox", options, (given) =>
    // The server and its protocol are loaded here and not before.
    Effect.flatMap(load(() => import("./runSandbox.ts")), ({ runSandbox }) => runSandbox(given))).pipe(
      Command.withDescription("Start a Bedrock gateway on this machine, to try things out.")
    ),
  [
    ["altimate-code sandbox", "start it; Ctrl-C stops it"],
    ["altimate-code sandbox --script faults.json", "see how a throttled or truncated answer looks"]
  ]
)
