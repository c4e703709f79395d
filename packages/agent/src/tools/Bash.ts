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
and editors don't work. Long output is cut in the middle. To look at files use read, glob and grep. Start what runs long (servers, watchers, \
slow builds) with background instead of `&`.",
  {
    command: string("The command line."),
    timeout: optional(
      Schema.Number.pipe(Schema.between(1, 600)).annotations({
        description: "Time limit in seconds (default 120, at most 600). None applies in the background."
      })
    ),
    background: optional(Schema.Boolean.annotations({
      description:
        "Returns at once with the ID of a background task, which tasks reads and ends. It ends at the latest with the session; without a \
screen, that is after your final answer."
    })),
    description: optional(string("The purpose in a few words, for the user who decides whether to allow the command."))
  }
)

const startInBackground = (command: string) =>
  Effect.gen(function*() {
    const { tasks } = yield* ToolCall
    // Loaded only now: most sessions have no background commands.
    const background = yield* Effect.promise(() => import("../internal/shell/run/backgroundCommand.ts"))
    const { id } = yield* tasks.start(command, background.startInBackground(command)).pipe(
      Effect.mapError(({ message }) => failed(message))
    )
    return textOutput(
      `Started as background task ${id}. To read its output: tasks with action "read" and id "${id}"; to end it: action "end".`,
      `background task ${id}`
    )
  })

/**
 * Asks for permission for each part of the command line, then runs it; fails if the command fails. With `background`, it returns once the
 * command has started.
 *
 * @since 0.1.0
 * @category handlers
 */
export const bash = Effect.fnUntraced(function*(params: typeof Bash.parametersSchema.Type) {
  const { permit, showOutput, storeProcess } = yield* ToolCall
  if (params.command.trim() === "") return yield* failed("The command is empty.")
  yield* permit({
    ...yield* commandAction(params.command),
    ...(params.description === undefined ? {} : { purpose: params.description }),
    ...(params.background === true ? { isInBackground: true } : {})
  })
  if (params.background === true) return yield* startInBackground(params.command)
  const { ending, ok, output } = yield* Shell.run({
    command: params.command,
    timeout: Duration.seconds(params.timeout ?? 120),
    onOutput: showOutput,
    onStart: (process) => Effect.mapError(storeProcess(process), ({ message }) => new Shell.ShellError({ message }))
  }).pipe(Effect.mapError(({ message }) => failed(message)))
  const text = output.trim() === "" ? "(no output)" : output.trimEnd()
  return ok ? textOutput(text, ending) : yield* failed(`${text}\n\n(${ending})`, ending)
})
