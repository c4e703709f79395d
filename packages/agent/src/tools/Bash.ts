/**
 * The tool that runs commands.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { locate } from "../internal/files/paths.ts"
import { judge } from "../internal/shell/judge.ts"
import { maybe, says, text, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"
import * as Shell from "../Shell.ts"
import { ToolCall } from "../ToolCall.ts"
import * as ToolTitle from "../ToolTitle.ts"

/**
 * Runs a command line.
 *
 * @since 0.1.0
 * @category tools
 */
export const Bash = tool(
  "bash",
  "Runs a command line with bash in the working directory. It has no input and no terminal: nothing can be typed, and no \
editor opens. Its output is cut in the middle when it is long. To look at files use read, glob and grep.",
  {
    command: text("The command line."),
    timeout: maybe(
      Schema.Number.pipe(Schema.between(1, 600)).annotations({
        description: "How many seconds it may take (default 120, at most 600)."
      })
    ),
    description: maybe(text("What it is for, in a few words, for the user who is asked to allow it."))
  }
)

/**
 * Asks for each part of the command line, then runs it; fails when the command does.
 *
 * @since 0.1.0
 * @category handlers
 */
export const bash = Effect.fn("Bash.bash")(function*(params: typeof Bash.parametersSchema.Type) {
  const { permit, storeProcess } = yield* ToolCall
  if (params.command.trim() === "") return yield* failed("The command is empty.")
  const parts = judge(params.command, yield* Shell.variables)
  // What can't be told may be a file that other programs execute, unless it takes a rule for any command to run the line.
  const isOpaque = parts.some(({ opaque, permission }) => permission === "bash" && opaque)
  // Where a redirection leads, and whether that is inside of the project, only the file system knows.
  const judged = yield* Effect.forEach(parts, (part) => {
    if (part.permission !== "edit") return Effect.succeed([part])
    if (part.opaque) return Effect.succeed([isOpaque ? part : { ...part, executedAs: [part.subject] }])
    return Effect.map(locate(part.subject), (target) => target.judged("edit"))
  })
  yield* permit({
    judged: judged.flat(),
    title: ToolTitle.of("bash", params),
    preview: { type: "command", text: params.command },
    ...(params.description === undefined ? {} : { purpose: params.description })
  })
  const { ending, ok, output } = yield* Shell.run({
    command: params.command,
    timeout: Duration.seconds(params.timeout ?? 120),
    onStart: (process) => Effect.mapError(storeProcess(process), ({ message }) => new Shell.ShellError({ message }))
  }).pipe(Effect.mapError(({ message }) => failed(message)))
  const told = output.trim() === "" ? "(no output)" : output.trimEnd()
  return ok ? says(told, ending) : yield* failed(`${told}\n\n(${ending})`, ending)
})
