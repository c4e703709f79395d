/** Runs the command that prints a token. */
import * as CommandOutput from "@altimate-code/system/CommandOutput"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The command could not be started, failed, or timed out. `message` can contain the last line of its stderr. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly message: string }> {}

/** Returns the command's stdout. `onStderr` receives its stderr line by line. */
export const runCommand = (
  command: CommandOutput.Command,
  { environment, onStderr, timeLimit }: {
    readonly environment: Readonly<Record<string, string | undefined>>
    readonly onStderr: (line: string) => Effect.Effect<void>
    readonly timeLimit: Duration.Duration
  }
): Effect.Effect<Uint8Array, CommandFailed> =>
  CommandOutput.run(command, {
    outputName: "token",
    // The command may need AWS credentials to get a token, but not the token that it replaces.
    environment: { ...environment, AWS_BEARER_TOKEN_BEDROCK: undefined },
    timeLimit,
    onStderrLine: onStderr
  }).pipe(Effect.mapError((message) => new CommandFailed({ message })))
