/** Runs a command for the token that it prints. */
import * as CommandOutput from "@altimate-code/system/CommandOutput"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"

/** What it prints, as `CommandOutput.run`. */
export const runCommand = (
  command: CommandOutput.Command,
  { say, timeLimit }: {
    readonly say: (line: string) => Effect.Effect<void>
    readonly timeLimit: Duration.Duration
  }
): Effect.Effect<Uint8Array, string> =>
  CommandOutput.run(command, {
    what: "token",
    // It may need AWS credentials to get a token; the token that there is it does not need.
    environment: { ...process.env, AWS_BEARER_TOKEN_BEDROCK: undefined },
    timeLimit,
    say
  })
