/**
 * Reads the command line before `@effect/cli` does: finds the command, takes the options that hold everywhere, and refuses what
 * is unknown. `@effect/cli` would take an unknown option behind an argument for another argument.
 */
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { choices, type CommandTree, syntax } from "./commandTree.ts"
import type { CliError } from "./failure/CliError.ts"
import { globalOptions, logLevels, type Shell, shells } from "./globalOptions.ts"
import { nameOf, seeHelp, unknownCommand, unknownOption, usage } from "./usageErrors.ts"

/** The options that every command has, in any position before `--`. */
export interface Globals {
  readonly help: boolean
  readonly version: boolean
  readonly printLogs: boolean
  readonly logLevel: LogLevel.LogLevel
  readonly completions: Option.Option<Shell>
  /** Where to work, if not in the directory that the program was started in. */
  readonly directory: Option.Option<string>
}

/** A command line that names a command and nothing unknown. */
export interface Argv<R, E> {
  readonly globals: Globals
  /** From the root to the command that was named. */
  readonly path: ReadonlyArray<CommandTree<R, E>>
  /** The command's own options and arguments, as `@effect/cli` reads them without a doubt: `--name value … -- argument …`. */
  readonly rest: ReadonlyArray<string>
  /** The arguments among them. */
  readonly words: ReadonlyArray<string>
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
    completions: Option.none<Shell>(),
    directory: Option.none<string>()
  }

  let node = root
  let accepted = syntax(root)
  const enter = (child: CommandTree<R, E>) => {
    path.push(node = child)
    accepted = syntax(child)
  }
  const refuse = (message: string, hint: string) => Either.left(usage(message, hint))

  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!

    if (arg === "--") {
      words.push(...args.slice(i + 1))
      break
    }

    if (!arg.startsWith("-") || arg === "-") {
      const child = node.children.find(({ aliases, name }) => name === arg || aliases.includes(arg))
      if (child !== undefined && words.length === 0) {
        enter(child)
      } else if (arg === "help" && node.children.length > 0 && words.length === 0) {
        globals.help = true
      } else if (accepted.args.length > 0) {
        words.push(arg)
      } else if (node.children.length > 0) {
        return Either.left(unknownCommand(path, arg))
      } else {
        return refuse(`${nameOf(path)} takes no argument, but was given ${quote(arg)}.`, seeHelp(path))
      }
      continue
    }

    // --name, --name=value, -n, -n value, -nvalue
    const [name, attached] = split(arg)
    const parameter = [...accepted.options, ...globalOptions].find(({ names }) => names.includes(name))
    if (parameter === undefined) return Either.left(unknownOption(path, name))
    if (Option.isNone(parameter.value) && attached !== undefined) {
      return refuse(`${name} takes no value, but was given ${quote(attached)}.`, seeHelp(path))
    }

    let value = attached
    if (Option.isSome(parameter.value) && attached === undefined) {
      const next = args[i + 1]
      const isOption = next === "--" ||
        [...accepted.options, ...globalOptions].some(({ names }) => next !== undefined && names.includes(next))
      if (next === undefined || isOption) {
        return refuse(
          `${name} needs a value (${parameter.value.value}).`,
          isOption ? `If the value really is ${next}, write ${name}=${next}.` : seeHelp(path)
        )
      }
      value = next
      i++
    }
    if (value === "") {
      return refuse(
        `${name} needs a value (${Option.getOrElse(parameter.value, () => "")}), but was given an empty one.`,
        seeHelp(path)
      )
    }

    const allowed = choices(parameter)
    if (allowed.length > 0) {
      const given = value!.toLowerCase()
      const chosen = allowed.find((choice) => choice.toLowerCase() === given)
      if (chosen === undefined) {
        return refuse(`${name} does not accept ${quote(value!)}.`, `Use one of ${allowed.join(", ")}.`)
      }
      value = chosen
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
      case "--log-level":
        globals.logLevel = logLevels.get(value!)!
        break
      case "--completions":
        globals.completions = Option.fromNullable(shells.find((shell) => shell === value))
        break
      case "--dir":
        globals.directory = Option.some(value!)
        break
      default: {
        const long = parameter.names.find((name) => name.startsWith("--"))!
        const shortcut = node.children.find(({ name }) => name === node.shortcuts[long])
        if (shortcut !== undefined) {
          enter(shortcut)
          break
        }
        // Of an option that may be given once the last counts.
        if (!parameter.repeated) options.delete(long)
        options.set(long, [...options.get(long) ?? [], value === undefined ? [name] : asPair(long, value)])
      }
    }
  }

  const given = [...options.values()].flat(2)
  return Either.right({ globals, path, rest: words.length > 0 ? [...given, "--", ...words] : given, words })
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
