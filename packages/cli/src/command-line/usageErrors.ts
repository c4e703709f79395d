/** Makes errors for unknown commands and options, with a suggestion as the hint. */
import * as Suggest from "@altimate-code/system/Suggest"
import { argumentsOf, type CommandTree, nameOf, optionsOf } from "./commandTree.ts"
import { CliError } from "./failure/CliError.ts"
import { allGlobalOptions } from "./globalOptions.ts"
import * as Habits from "./habits.ts"

/** Returns `Did you mean --model? ` if a known name is similar enough; otherwise empty. */
const suggest = (given: string, known: ReadonlyArray<string>): string => {
  const [candidate] = Suggest.closest(given, known, {
    compareAs: (name) => name,
    maxDistance: () => Math.max(2, Math.floor(given.length / 3))
  })
  return candidate === undefined ? "" : `Did you mean ${candidate}? `
}

/** Returns the key of a command or option in the tables of `Habits`. */
const keyOf = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, typed: string) =>
  [...path.slice(1).map(({ name }) => name), typed].join(" ")

/** Makes an error about the command line. */
export const usage = (message: string, hint: string) => new CliError({ reason: "Usage", message, hint })

/** The hint for errors that have no more specific one. */
export const seeHelp = <R, E>(path: ReadonlyArray<CommandTree<R, E>>): string =>
  `${nameOf(path)} --help shows what it accepts.`

/** Makes the error for a word that is not a command. `remark` adds a fact, for example that no directory has this name. */
export const unknownCommand = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, word: string, remark = ""): CliError => {
  const known = path.at(-1)!.children.flatMap(({ aliases, name }) => [name, ...aliases])
  return usage(
    `${nameOf(path)}: unknown command ${JSON.stringify(word)}${remark}.`,
    Habits.findHint(Habits.commands, keyOf(path, word)) ?? suggest(word, known) + seeHelp(path)
  )
}

/** Finds all commands that accept an option of this name, from the root down. */
const findCommandsAccepting = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, option: string): ReadonlyArray<string> => [
  ...(optionsOf(path.at(-1)!).some(({ names }) => names.includes(option)) ? [nameOf(path)] : []),
  ...path.at(-1)!.children.flatMap((child) => findCommandsAccepting([...path, child], option))
]

/** Makes the error for a word that starts with a dash and is not an option of the command. */
export const unknownOption = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, option: string): CliError => {
  const command = path.at(-1)!
  const known = [...optionsOf(command), ...allGlobalOptions].flatMap(({ names }) =>
    names.filter((name) => name.startsWith("--"))
  )
  const dashes = argumentsOf(command).some(({ isRepeated }) => isRepeated)
    ? " Put -- before words that start with a dash."
    : ""
  const meant = suggest(option, known)
  const elsewhere = option.startsWith("--") && meant === "" ? findCommandsAccepting(path.slice(0, 1), option) : []
  return usage(
    `${nameOf(path)}: unknown option ${JSON.stringify(option)}.`,
    Habits.findHint(Habits.options, keyOf(path, option), option) ??
      (elsewhere.length > 0 ? `It is an option of: ${elsewhere.join(", ")}.` : meant + seeHelp(path) + dashes)
  )
}
