/**
 * Parses the command line: finds the command, collects the values of its options, and rejects anything unknown. docs/architecture.md
 * explains why the tokenizer of `@effect/cli` is not used.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { argumentsOf, type CommandTree, nameOf, optionsOf } from "./commandTree.ts"
import type { CliError } from "./failure/CliError.ts"
import { allGlobalOptions } from "./globalOptions.ts"
import { choices, type Given, longName, type Parameter } from "./parameter.ts"
import { seeHelp, unknownCommand, unknownOption, usage } from "./usageErrors.ts"

/** A parsed command line. */
export interface Argv<R, E> extends Given {
  /** The commands from the root to the one that was named. */
  readonly path: ReadonlyArray<CommandTree<R, E>>
}

/** Parses a command line. Fails if a command or an option is unknown, or if a value is missing or not one of the choices. */
export const parse = <R, E>(
  args: ReadonlyArray<string>,
  root: CommandTree<R, E>
): Either.Either<Argv<R, E>, CliError> =>
  Either.gen(function*() {
    const path = [root]
    const options = new Map<string, ReadonlyArray<string>>()
    /** The spelling that was typed for each option, by its long spelling. */
    const typed = new Map<string, string>()
    const words: Array<string> = []

    const node = () => path.at(-1)!
    const known = () => [...optionsOf(node()), ...allGlobalOptions]
    const refuse = (message: string, hint = seeHelp(path)) => Either.left(usage(message, hint))

    const readWord = (word: string): Either.Either<void, CliError> => {
      const { children } = node()
      const child = children.find(({ aliases, name }) => name === word || aliases.includes(word))
      if (child !== undefined && words.length === 0) path.push(child)
      else if (word === "help" && children.length > 0 && words.length === 0) options.set("--help", [])
      else if (argumentsOf(node()).length > 0) words.push(word)
      else if (children.length > 0) return Either.left(unknownCommand(path, word))
      else return refuse(`${nameOf(path)} takes no argument, but was given ${quote(word)}.`)
      return Either.void
    }

    /** Returns the number of following tokens that belong to the option: 0 or 1. */
    const readOption = (arg: string, next: string | undefined): Either.Either<number, CliError> => {
      const [name, attached] = split(arg)
      const parameter = known().find(({ names }) => names.includes(name))
      if (parameter === undefined) return Either.left(unknownOption(path, name))
      const long = longName(parameter)
      if (Option.isNone(parameter.value)) {
        if (attached !== undefined) return refuse(`${name} takes no value, but was given ${quote(attached)}.`)
        const shortcut = node().children.find(({ name }) => name === node().shortcuts[long])
        if (shortcut !== undefined) path.push(shortcut)
        else {
          options.set(long, [])
          typed.set(long, name)
        }
        return Either.right(0)
      }
      if (attached === undefined) {
        if (next === undefined) return refuse(`${name} needs a value (${parameter.value.value}).`, parameter.valueHint)
        if (next === "--" || known().some(({ names }) => names.includes(next))) {
          return refuse(
            `${name} needs a value (${parameter.value.value}).`,
            `If the value really is ${next}, write ${name}=${next}.`
          )
        }
      }
      const value = attached ?? next!
      if (value === "") return refuse(`${name} needs a value (${parameter.value.value}), but was given an empty one.`)
      const chosen = choose(parameter, value)
      if (chosen === undefined) {
        return refuse(`${name} does not accept ${quote(value)}.`, `Use one of ${choices(parameter).join(", ")}.`)
      }
      // The last value of an option that is not repeatable applies.
      options.set(long, [...parameter.isRepeated ? options.get(long) ?? [] : [], chosen])
      typed.set(long, name)
      return Either.right(attached === undefined ? 1 : 0)
    }

    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!
      if (arg === "--") {
        words.push(...args.slice(i + 1))
        break
      }
      if (!arg.startsWith("-") || arg === "-") yield* readWord(arg)
      else i += yield* readOption(arg, args[i + 1])
    }
    // An option that was given before the command must also be an option of the command itself.
    for (const [long, name] of typed) {
      if (!known().some((parameter) => longName(parameter) === long)) yield* Either.left(unknownOption(path, name))
    }
    return { path, options, words }
  })

/** Returns the value, or the choice that differs only in case; undefined if it is none of the choices. */
const choose = (parameter: Parameter<unknown>, value: string): string | undefined =>
  choices(parameter).length === 0
    ? value
    : choices(parameter).find((choice) => choice.toLowerCase() === value.toLowerCase())

/** `--name`, `--name=value`, `-n`, `-nvalue`, `-n=value` */
const split = (arg: string): readonly [name: string, value: string | undefined] => {
  if (!arg.startsWith("--")) return [arg.slice(0, 2), arg.length > 2 ? arg.slice(2).replace(/^=/, "") : undefined]
  const equals = arg.indexOf("=")
  return equals === -1 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)]
}

const quote = (word: string) => JSON.stringify(word)
