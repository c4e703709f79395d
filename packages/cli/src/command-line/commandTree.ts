/** The commands and what they accept. */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import type { CliError } from "./failure/CliError.ts"
import { decode, type Given, type Parameter, type Parameters, type Values } from "./parameter.ts"

/** What help shows of a command. */
interface Presentation {
  readonly description: string
  /** A command line and what it is for. */
  readonly examples: ReadonlyArray<readonly [commandLine: string, purpose: string]>
}

/** A command and its subcommands. */
export interface CommandTree<R, E> extends Presentation {
  readonly name: string
  /** Other names for it, such as `ls` for `list`. */
  readonly aliases: ReadonlyArray<string>
  readonly parameters: Parameters
  /** Runs the command, called as `command`, with what is given; undefined if it only groups other commands. */
  readonly run: ((given: Given, command: string) => Effect.Effect<void, E, R>) | undefined
  readonly children: ReadonlyArray<CommandTree<R, E>>
  /** Switches that run one of the children instead, by its name: `--print` runs `run`. */
  readonly shortcuts: Readonly<Record<string, string>>
}

/** What every command needs to decode its parameters. */
type Decoding = FileSystem.FileSystem | Path.Path | Terminal.Terminal

/** A command that does something. */
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

/** The same command, under other names as well. */
export const aliased = <R, E>(tree: CommandTree<R, E>, ...aliases: ReadonlyArray<string>): CommandTree<R, E> => ({
  ...tree,
  aliases
})

/** A command that only groups other commands. */
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

/** The command that `path` leads to, as it is typed: `altimate-code auth login`. */
export const nameOf = <R, E>(path: ReadonlyArray<CommandTree<R, E>>): string => path.map(({ name }) => name).join(" ")

const parametersOf = <R, E>({ parameters }: CommandTree<R, E>, tag: Parameter<unknown>["_tag"]) =>
  Object.values(parameters).filter(({ _tag }) => _tag === tag)

/** The options of a command alone, in the order of their declaration. */
export const optionsOf = <R, E>(tree: CommandTree<R, E>): ReadonlyArray<Parameter<unknown>> =>
  parametersOf(tree, "Option")

/** The arguments of a command, in the order of their declaration. */
export const argumentsOf = <R, E>(tree: CommandTree<R, E>): ReadonlyArray<Parameter<unknown>> =>
  parametersOf(tree, "Argument")
