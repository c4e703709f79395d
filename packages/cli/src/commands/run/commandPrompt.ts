/** The prompt of a custom command: of `run --command NAME`, and of `run "/NAME …"`. */
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import * as CommandTemplate from "@altimate-code/agent/prompts/CommandTemplate"
import type { CustomCommand } from "@altimate-code/agent/prompts/CustomCommands"
import * as ExpandCommand from "@altimate-code/agent/prompts/ExpandCommand"
import type { Session } from "@altimate-code/agent/session/Session"
import * as Suggest from "@altimate-code/system/Suggest"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { CliError } from "../../command-line/failure/CliError.ts"
import * as CustomCommands from "../../workspace/customCommands.ts"

/** Finds the command, and fails if it waits for the user's trust. `notices` are about files that are left out, and settings without effect. */
export const find = Effect.fn("CommandPrompt.find")(function*(
  given: string,
  trustsProject: boolean,
  /** Follows the hint about a command that does not exist. */
  more = ""
) {
  const name = given.replace(/^\//, "")
  const { commands, notices } = yield* CustomCommands.find()
  const command = commands.find((command) => command.name === name)
  if (command === undefined) {
    const names = commands.map(({ name }) => name)
    const [near] = Suggest.closest(name, names)
    return yield* new CliError({
      reason: "Usage",
      message: [`There is no custom command ${JSON.stringify(name)}.`, ...notices].join("\n"),
      hint: (near !== undefined
        ? `Did you mean ${near}?`
        : names.length > 0
        ? `The commands here: ${names.join(", ")}${more === "" ? "" : "."}`
        : "A command is a Markdown file in .altimate-code/commands of the project or in ~/.config/altimate-code/commands.")
        + more
    })
  }
  if (!trustsProject && (yield* CustomCommands.isUntrusted(command))) {
    return yield* new CliError({
      reason: "Usage",
      message: `This project's command runs command lines and is not trusted yet:\n${
        CustomCommands.describe(command).trimEnd()
      }`,
      hint:
        "Nothing was run or sent. Review them, then trust this version with altimate-code trust, or only for this run with --trust-project."
    })
  }
  return { command, notices: [...notices, ...CustomCommands.describeIgnored(command)] }
})

/** The command in the first word of a prompt, and its arguments. None for a path, such as `/etc/hosts`, and for other prompts. */
const readTyped = ([first = "", ...words]: ReadonlyArray<string>) => {
  const found = /^\/([\p{L}\p{N}][\p{L}\p{N}_.:-]*)(?:\s+([^]*))?$/u.exec(first.trim())
  if (found === null) return Option.none()
  const [, name = "", rest] = found
  return Option.some({
    name,
    // In `run "/review a b"`, the user has not split the arguments.
    given: rest === undefined
      ? CommandTemplate.fromWords(words)
      : CommandTemplate.parseArguments([rest, ...words].join(" "))
  })
}

/**
 * Finds the command that the first word of the prompt names, as on the screen. A first word that looks like a command and is none is an error,
 * unless it is a path that exists: nobody wants to pay for an answer to it.
 */
export const findTyped = Effect.fn("CommandPrompt.findTyped")(
  function*(prompt: ReadonlyArray<string>, trustsProject: boolean) {
    const fs = yield* FileSystem.FileSystem
    const typed = readTyped(prompt)
    if (Option.isNone(typed)) return Option.none()
    const { given, name } = typed.value
    if (yield* Effect.orElseSucceed(fs.exists(`/${name}`), () => false)) return Option.none()
    const found = yield* find(name, trustsProject, " To send the text as a prompt, begin it with another character.")
    return Option.some({ ...found, given })
  }
)

/** Runs the command's command lines and inserts the words. */
export const expand = (command: CustomCommand, given: CommandTemplate.Arguments, session: Session) =>
  Effect.catchAll(
    Effect.map(ExpandCommand.expand(command, given, session), ({ prompt }) => prompt),
    ({ message, reason }) =>
      Effect.gen(function*() {
        const { mode } = yield* PermissionPolicy
        const isPlanning = mode !== undefined && (yield* SubscriptionRef.get(mode)) === "plan"
        const permissionHint = isPlanning
          ? "In plan mode no command runs. Use another mode: --mode ask"
          : "Allow the command under \"permission\" in your configuration. Unless a rule denies it, --yolo allows it too."
        const hints = {
          Unsafe: "In the command's file, write two command lines instead, or call a script with the argument.",
          NotPermitted: permissionHint,
          NotRun: "Run the command line yourself to see why."
        }
        return yield* new CliError({ reason: "Usage", message, hint: hints[reason] })
      })
  )
