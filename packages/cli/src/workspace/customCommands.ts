/** The user's and the project's custom commands, and whether they may run command lines. */
import * as CustomCommands from "@altimate-code/agent/prompts/CustomCommands"
import * as TrustedFiles from "@altimate-code/config/trust/TrustedFiles"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as PromptSources from "./promptSources.ts"

/** `reserved` are the names of built-in commands, which win. */
export const find = (reserved: ReadonlyArray<string> = []) =>
  Effect.flatMap(PromptSources.find("commands"), (sources) => CustomCommands.find(sources, reserved))

const versionOf = ({ path, text }: CustomCommands.CustomCommand) => TrustedFiles.version(path, text)

/** Whether the command comes with the project, runs command lines, and the user has not trusted this version of its file. */
export const isUntrusted = (command: CustomCommands.CustomCommand) =>
  command.source.root === undefined || CustomCommands.commandLines(command).length === 0
    ? Effect.succeed(false)
    : Effect.map(TrustedFiles.has(versionOf(command)), (has) => !has)

/** Trusts these versions of the commands' files. */
export const trust = (commands: ReadonlyArray<CustomCommands.CustomCommand>) =>
  TrustedFiles.add(commands.map(versionOf))

/** The commands of the project that wait for the user's trust. */
export const findUntrusted = Effect.flatMap(find(), ({ commands }) => Effect.filter(commands, isUntrusted))

/** The command lines that a command runs, one line each. */
export const describe = (command: CustomCommands.CustomCommand): string =>
  [
    `  ${printable(`/${command.name} (${command.path})`)} runs:\n`,
    ...CustomCommands.commandLines(command).map((line) => `    ${printable(line)}\n`)
  ].join("")

/** Names the settings of the command's file that have no effect. */
export const describeIgnored = ({ ignored, name, path }: CustomCommands.CustomCommand): ReadonlyArray<string> =>
  ignored.length === 0 ? [] : [
    `/${name}: ${ignored.join(", ")} in ${path} ${
      ignored.length === 1 ? "has" : "have"
    } no effect here. The session's model, permissions and tools apply.`
  ]
