/** The prompt of `run --command NAME`. */
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import * as CommandTemplate from "@altimate-code/agent/prompts/CommandTemplate"
import type { CustomCommand } from "@altimate-code/agent/prompts/CustomCommands"
import * as ExpandCommand from "@altimate-code/agent/prompts/ExpandCommand"
import type { Session } from "@altimate-code/agent/session/Session"
import * as Suggest from "@altimate-code/system/Suggest"
import * as Effect from "effect/Effect"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { CliError } from "../../command-line/failure/CliError.ts"
import * as CustomCommands from "../../workspace/customCommands.ts"

/** Finds the command, and fails if it waits for the user's trust. `notices` are about files that are left out, and settings without effect. */
export const find = Effect.fn("CommandPrompt.find")(function*(given: string, trustsProject: boolean) {
  const name = given.replace(/^\//, "")
  const { commands, notices } = yield* CustomCommands.find()
  const command = commands.find((command) => command.name === name)
  if (command === undefined) {
    const names = commands.map(({ name }) => name)
    const [near] = Suggest.closest(name, names)
    return yield* new CliError({
      reason: "Usage",
      message: [`There is no custom command ${JSON.stringify(name)}.`, ...notices].join("\n"),
      hint: near !== undefined
        ? `Did you mean ${near}?`
        : names.length > 0
        ? `The commands here: ${names.join(", ")}`
        : "A command is a Markdown file in .altimate-code/commands of the project or in ~/.config/altimate-code/commands."
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

/** Runs the command's command lines and inserts the words. */
export const expand = (command: CustomCommand, words: ReadonlyArray<string>, session: Session) =>
  Effect.catchAll(
    Effect.map(ExpandCommand.expand(command, CommandTemplate.fromWords(words), session), ({ prompt }) => prompt),
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
