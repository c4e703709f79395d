/** The commands with their options and arguments. */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type { CliError } from "./failure/CliError.ts"
import { decode, type Given, type Parameter, type Parameters, type Values } from "./parameter.ts"

/** The description of a command in its help. */
interface Presentation {
  readonly description: string
  /** Command lines with their purposes. */
  readonly examples: ReadonlyArray<readonly [commandLine: string, purpose: string]>
}

/** A command and its subcommands. */
export interface CommandTree<R, E> extends Presentation {
  readonly name: string
  /** Other names for it, such as `ls` for `list`. */
  readonly aliases: ReadonlyArray<string>
  readonly parameters: Parameters
  /** Runs the command. `command` is its full name for messages. Undefined for a group of commands. */
  readonly run: ((given: Given, command: string) => Effect.Effect<void, E, R>) | undefined
  readonly children: ReadonlyArray<CommandTree<R, E>>
  /** Switches that run a subcommand, by its name: `--print` runs `run`. */
  readonly shortcuts: Readonly<Record<string, string>>
}

/** The services for decoding parameters. */
type Decoding = FileSystem.FileSystem | Path.Path

/** Defines a command. */
export const command = <const P extends Parameters, R, E>(
  name: string,
  { parameters, run, ...presentation }: Presentation & {
    readonly parameters: P
    readonly run: (values: Values<P>) => Effect.Effect<void, E, R>
  }
): CommandTree<R | Decoding, E | CliError> => ({
  ...presentation,
  name,
  aliases: [],
  parameters,
  run: (given, command) => Effect.flatMap(decode(parameters, given, command), run),
  children: [],
  shortcuts: {}
})

/** Adds other names to a command. */
export const withAliases = <R, E>(tree: CommandTree<R, E>, ...aliases: ReadonlyArray<string>): CommandTree<R, E> => ({
  ...tree,
  aliases
})

/** Defines a group of commands. */
export const group = <R, E>(
  name: string,
  description: string,
  children: ReadonlyArray<CommandTree<R, E>>
): CommandTree<R, E> => ({
  name,
  description,
  aliases: [],
  parameters: {},
  run: undefined,
  examples: [],
  children,
  shortcuts: {}
})

/** Returns the full name of the last command of `path`: `altimate-code auth login`. */
export const nameOf = <R, E>(path: ReadonlyArray<CommandTree<R, E>>): string => path.map(({ name }) => name).join(" ")

const parametersOf = <R, E>({ parameters }: CommandTree<R, E>, tag: Parameter<unknown>["_tag"]) =>
  Object.values(parameters).filter(({ _tag }) => _tag === tag)

/** Returns a command's own options, without the global ones, in the order of declaration. */
export const optionsOf = <R, E>(tree: CommandTree<R, E>): ReadonlyArray<Parameter<unknown>> =>
  parametersOf(tree, "Option")

/** Returns the arguments of a command, in the order of declaration. */
export const argumentsOf = <R, E>(tree: CommandTree<R, E>): ReadonlyArray<Parameter<unknown>> =>
  parametersOf(tree, "Argument")
