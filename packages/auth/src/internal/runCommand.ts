/** Runs the command that prints a token. */
import * as CommandOutput from "@altimate-code/system/CommandOutput"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The command could not be started, failed, or did not end in time; `message` can contain the last line of its stderr. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly message: string }> {}

/** The command's stdout. `say` receives its stderr, line by line. */
export const runCommand = (
  command: CommandOutput.Command,
  { say, timeLimit }: {
    readonly say: (line: string) => Effect.Effect<void>
    readonly timeLimit: Duration.Duration
  }
): Effect.Effect<Uint8Array, CommandFailed> =>
  CommandOutput.run(command, {
    what: "token",
    // The command may need AWS credentials to get a new token, but never the token that it replaces.
    environment: { ...process.env, AWS_BEARER_TOKEN_BEDROCK: undefined },
    timeLimit,
    say
  }).pipe(Effect.mapError((message) => new CommandFailed({ message })))
