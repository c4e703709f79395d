/** The options that every command has. */
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import type { Parameter } from "./commandTree.ts"

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

const flag = (names: ReadonlyArray<string>, description: string, value?: string): Parameter => ({
  names,
  value: Option.fromNullable(value),
  repeated: false,
  optional: true,
  description
})

export const globalOptions: ReadonlyArray<Parameter> = [
  flag(["--log-level"], "How much goes to the log file (default: INFO).", "DEBUG|INFO|WARN|ERROR"),
  flag(["--print-logs"], "Copy the log to stderr."),
  flag(["--dir"], "Work in this directory.", "PATH"),
  flag(["--completions"], "Print the completion script of a shell.", shells.join("|")),
  flag(["-h", "--help"], "Show this help."),
  flag(["-v", "--version"], "Show the version.")
]

/** By the value of `--log-level`. */
export const logLevels = new Map([
  ["DEBUG", LogLevel.Debug],
  ["INFO", LogLevel.Info],
  ["WARN", LogLevel.Warning],
  ["ERROR", LogLevel.Error]
])
