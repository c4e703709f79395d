/**
 * Reads the command line before `@effect/cli` does: finds the command, takes the options that hold everywhere, and refuses what
 * is unknown. `@effect/cli` would take an unknown option behind an argument for another argument.
 */
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { closest, distance } from "fastest-levenshtein"
import { CliError } from "./CliError.ts"
import { type CommandTree, type Parameter, syntax } from "./CommandTree.ts"

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

/** The options that every command has, in any position before `--`. */
export interface Globals {
  readonly help: boolean
  readonly version: boolean
  readonly printLogs: boolean
  readonly logLevel: LogLevel.LogLevel
  readonly completions: Option.Option<Shell>
}

/** A command line that names a command and nothing unknown. */
export interface Argv<R, E> {
  readonly globals: Globals
  /** From the root to the command that was named. */
  readonly path: ReadonlyArray<CommandTree<R, E>>
  /** The command's own options and arguments, as `@effect/cli` reads them without a doubt: `--name value … -- argument …`. */
  readonly rest: ReadonlyArray<string>
}

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
  flag(["--completions"], "Print the completion script of a shell.", shells.join("|")),
  flag(["-h", "--help"], "Show this help."),
  flag(["-v", "--version"], "Show the version.")
]

const logLevels = new Map([
  ["DEBUG", LogLevel.Debug],
  ["INFO", LogLevel.Info],
  ["WARN", LogLevel.Warning],
  ["ERROR", LogLevel.Error]
])

/** ` Did you mean "--model"?`, when something known is near enough to be meant. */
const suggestion = (given: string, known: ReadonlyArray<string>): string => {
  const candidate = closest(given, known)
  return known.length > 0 && distance(given, candidate) <= Math.max(2, Math.floor(given.length / 3))
    ? `Did you mean ${candidate}? `
    : ""
}

/** Splits a command line; fails on an unknown command or option and on a missing value. */
export const parse = <R, E>(
  args: ReadonlyArray<string>,
  root: CommandTree<R, E>
): Either.Either<Argv<R, E>, CliError> => {
  const path = [root]
  const options = new Map<string, ReadonlyArray<ReadonlyArray<string>>>()
  const words: Array<string> = []
  const globals = {
    help: false,
    version: false,
    printLogs: false,
    logLevel: LogLevel.Info as LogLevel.LogLevel,
    completions: Option.none<Shell>()
  }

  let node = root
  let accepted = syntax(root)
  const commandLine = () => path.map(({ name }) => name).join(" ")
  const refuse = (message: string, hint: string) => Either.left(new CliError({ reason: "Usage", message, hint }))
  const seeHelp = () => `${commandLine()} --help shows what it accepts.`

  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!

    if (arg === "--") {
      words.push(...args.slice(i + 1))
      break
    }

    if (!arg.startsWith("-") || arg === "-") {
      const child = node.children.find(({ name }) => name === arg)
      if (child !== undefined && words.length === 0) {
        path.push(node = child)
        accepted = syntax(node)
      } else if (accepted.args.length > 0) {
        words.push(arg)
      } else if (node.children.length > 0) {
        const known = node.children.map(({ name }) => name)
        return refuse(`${commandLine()}: unknown command ${quote(arg)}.`, suggestion(arg, known) + seeHelp())
      } else {
        return refuse(`${commandLine()} takes no argument, but was given ${quote(arg)}.`, seeHelp())
      }
      continue
    }

    // --name, --name=value, -n, -n value, -nvalue
    const [name, attached] = split(arg)
    const parameter = [...accepted.options, ...globalOptions].find(({ names }) => names.includes(name))
    if (parameter === undefined) {
      const known = [...accepted.options, ...globalOptions].flatMap(({ names }) =>
        names.filter((name) => name.startsWith("--"))
      )
      const dashes = accepted.args.length > 0 ? ` Put -- before words that begin with a dash.` : ""
      return refuse(`${commandLine()}: unknown option ${quote(name)}.`, suggestion(name, known) + seeHelp() + dashes)
    }
    if (Option.isNone(parameter.value) && attached !== undefined) {
      return refuse(`${name} takes no value, but was given ${quote(attached)}.`, seeHelp())
    }

    let value = attached
    if (Option.isSome(parameter.value) && attached === undefined) {
      const next = args[i + 1]
      const isOption = next === "--" ||
        [...accepted.options, ...globalOptions].some(({ names }) => next !== undefined && names.includes(next))
      if (next === undefined || isOption) {
        return refuse(
          `${name} needs a value (${parameter.value.value}).`,
          isOption ? `If the value really is ${next}, write ${name}=${next}.` : seeHelp()
        )
      }
      value = next
      i++
    }
    if (value === "") {
      return refuse(
        `${name} needs a value (${Option.getOrElse(parameter.value, () => "")}), but was given an empty one.`,
        seeHelp()
      )
    }

    switch (parameter.names.at(-1)) {
      case "--help":
        globals.help = true
        break
      case "--version":
        globals.version = true
        break
      case "--print-logs":
        globals.printLogs = true
        break
      case "--log-level": {
        const level = logLevels.get(value!.toUpperCase())
        if (level === undefined) {
          return refuse(
            `--log-level does not know ${quote(value!)}.`,
            `Use one of ${[...logLevels.keys()].join(", ")}.`
          )
        }
        globals.logLevel = level
        break
      }
      case "--completions": {
        const shell = shells.find((shell) => shell === value)
        if (shell === undefined) {
          return refuse(`--completions does not know ${quote(value!)}.`, `Use one of ${shells.join(", ")}.`)
        }
        globals.completions = Option.some(shell)
        break
      }
      default: {
        const long = parameter.names.at(-1)!
        // Of an option that may be given once the last counts.
        if (!parameter.repeated) options.delete(long)
        options.set(long, [...options.get(long) ?? [], value === undefined ? [name] : asPair(long, value)])
      }
    }
  }

  const given = [...options.values()].flat(2)
  return Either.right({ globals, path, rest: words.length > 0 ? [...given, "--", ...words] : given })
}

/** `@effect/cli` takes `--name=value` only on one line, and a value that looks like an option for one. */
const asPair = (name: string, value: string): ReadonlyArray<string> =>
  /^--?[^\s=]+(=.*)?$/.test(value) ? [`${name}=${value}`] : [name, value]

const split = (arg: string): readonly [name: string, value: string | undefined] => {
  if (!arg.startsWith("--")) return [arg.slice(0, 2), arg.length > 2 ? arg.slice(2).replace(/^=/, "") : undefined]
  const equals = arg.indexOf("=")
  return equals === -1 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)]
}

const quote = (word: string) => JSON.stringify(word)
