/** The options that every command has, in any position before `--`. */
import * as Options from "@effect/cli/Options"
import * as LogLevel from "effect/LogLevel"
import { option, type Parameter, type Values } from "./parameter.ts"

const shells = ["bash", "zsh", "fish"] as const

/** The shells for which completions exist. */
export type Shell = (typeof shells)[number]

/** The declarations. Each key is the name of the decoded value. */
export const globalOptions = {
  logLevel: option(
    Options.choiceWithValue("log-level", [
      ["DEBUG", LogLevel.Debug],
      ["INFO", LogLevel.Info],
      ["WARN", LogLevel.Warning],
      ["ERROR", LogLevel.Error]
    ]).pipe(Options.withDefault(LogLevel.Info)),
    { description: "Level of detail in the log file (default: INFO)." }
  ),
  printLogs: option(Options.boolean("print-logs"), { description: "Copy the log to stderr." }),
  directory: option(Options.text("dir").pipe(Options.withPseudoName("PATH"), Options.optional), {
    description: "Work in this directory."
  }),
  completions: option(Options.optional(Options.choice("completions", shells)), {
    description: "Print the completion script for a shell."
  }),
  help: option(Options.boolean("help").pipe(Options.withAlias("h")), { description: "Show this help." }),
  version: option(Options.boolean("version").pipe(Options.withAlias("v")), { description: "Show the version." })
}

/** Their values. */
export type Globals = Values<typeof globalOptions>

/** The declarations as a list. */
export const allGlobalOptions: ReadonlyArray<Parameter<unknown>> = Object.values(globalOptions)
