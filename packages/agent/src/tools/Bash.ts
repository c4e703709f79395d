/**
 * The tool that runs commands.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { commandAction } from "../internal/shell/commandAction.ts"
import { optional, string, textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"
import * as Shell from "../Shell.ts"
import { ToolCall } from "./ToolCall.ts"

/**
 * Runs a command line.
 *
 * @since 0.1.0
 * @category tools
 */
export const Bash = tool(
  "bash",
  "Runs a command line with bash in the working directory, without a terminal and with empty stdin: interactive programs \
and editors don't work. Long output is cut in the middle. To look at files use read, glob and grep.",
  {
    command: string("The command line."),
    timeout: optional(
      Schema.Number.pipe(Schema.between(1, 600)).annotations({
        description: "Time limit in seconds (default 120, at most 600)."
      })
    ),
    description: optional(string("The purpose in a few words, for the user who decides whether to allow the command."))
  }
)

/**
 * Asks for permission for each part of the command line, then runs it; fails if the command fails.
 *
 * @since 0.1.0
 * @category handlers
 */
export const bash = Effect.fn("Bash.bash")(function*(params: typeof Bash.parametersSchema.Type) {
  const { permit, showOutput, storeProcess } = yield* ToolCall
  if (params.command.trim() === "") return yield* failed("The command is empty.")
  yield* permit({
    ...yield* commandAction(params.command),
    ...(params.description === undefined ? {} : { purpose: params.description })
  })
  const { ending, ok, output } = yield* Shell.run({
    command: params.command,
    timeout: Duration.seconds(params.timeout ?? 120),
    onOutput: showOutput,
    onStart: (process) => Effect.mapError(storeProcess(process), ({ message }) => new Shell.ShellError({ message }))
  }).pipe(Effect.mapError(({ message }) => failed(message)))
  const text = output.trim() === "" ? "(no output)" : output.trimEnd()
  return ok ? textOutput(text, ending) : yield* failed(`${text}\n\n(${ending})`, ending)
})
