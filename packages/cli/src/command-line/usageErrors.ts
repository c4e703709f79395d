/** Errors for unknown commands and options, with the closest match as a hint. */
import * as Suggest from "@altimate-code/system/Suggest"
import { argumentsOf, type CommandTree, nameOf, optionsOf } from "./commandTree.ts"
import { CliError } from "./failure/CliError.ts"
import { allGlobalOptions } from "./globalOptions.ts"
import * as Habits from "./habits.ts"

/** `Did you mean --model? ` if a known name is similar enough; otherwise empty. */
const suggestion = (given: string, known: ReadonlyArray<string>): string => {
  const [candidate] = Suggest.closest(given, known, {
    compareAs: (name) => name,
    maxDistance: () => Math.max(2, Math.floor(given.length / 3))
  })
  return candidate === undefined ? "" : `Did you mean ${candidate}? `
}

/** The key of a command or option in the tables of `Habits`. */
const keyOf = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, typed: string) =>
  [...path.slice(1).map(({ name }) => name), typed].join(" ")

/** An error in the command line. */
export const usage = (message: string, hint: string) => new CliError({ reason: "Usage", message, hint })

/** The hint if there is nothing more specific. */
export const seeHelp = <R, E>(path: ReadonlyArray<CommandTree<R, E>>): string =>
  `${nameOf(path)} --help shows what it accepts.`

/** A word that is not a command. `remark` adds a fact about it, for example that no directory has this name. */
export const unknownCommand = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, word: string, remark = ""): CliError => {
  const known = path.at(-1)!.children.flatMap(({ aliases, name }) => [name, ...aliases])
  return usage(
    `${nameOf(path)}: unknown command ${JSON.stringify(word)}${remark}.`,
    Habits.instead(Habits.commands, keyOf(path, word)) ?? suggestion(word, known) + seeHelp(path)
  )
}

/** All commands that accept an option of this name, from the root down. */
const accepting = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, option: string): ReadonlyArray<string> => [
  ...(optionsOf(path.at(-1)!).some(({ names }) => names.includes(option)) ? [nameOf(path)] : []),
  ...path.at(-1)!.children.flatMap((child) => accepting([...path, child], option))
]

/** A word that starts with a dash and is not an option of the command. */
export const unknownOption = <R, E>(path: ReadonlyArray<CommandTree<R, E>>, option: string): CliError => {
  const command = path.at(-1)!
  const known = [...optionsOf(command), ...allGlobalOptions].flatMap(({ names }) =>
    names.filter((name) => name.startsWith("--"))
  )
  const dashes = argumentsOf(command).some(({ isRepeated }) => isRepeated)
    ? " Put -- before words that start with a dash."
    : ""
  const meant = suggestion(option, known)
  const elsewhere = option.startsWith("--") && meant === "" ? accepting(path.slice(0, 1), option) : []
  return usage(
    `${nameOf(path)}: unknown option ${JSON.stringify(option)}.`,
    Habits.instead(Habits.options, keyOf(path, option), option) ??
      (elsewhere.length > 0 ? `It is an option of: ${elsewhere.join(", ")}.` : meant + seeHelp(path) + dashes)
  )
}
