/**
 * Options and arguments of commands. They are declared with `@effect/cli`, whose `Options.parse` and `Args.validate` decode and check the
 * values. The texts for help and completions are added to the declaration.
 */
import * as Args from "@effect/cli/Args"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Options from "@effect/cli/Options"
import type * as Usage from "@effect/cli/Usage"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import { CliError } from "./failure/CliError.ts"

/** The texts about a parameter. */
interface Remarks {
  /** One short sentence for the help. */
  readonly description: string
  /** What its value must be, for error messages: `a whole number from 1`. */
  readonly expects?: string
  /** Where to find a value, for the error about a missing one. */
  readonly valueHint?: string
  /** The values that shell completion offers. */
  readonly completes?: "directory" | ReadonlyArray<string>
}

/** How a parameter is written on the command line. */
interface Spelling {
  /** All spellings, the short one first: `["-m", "--model"]`. For an argument, its placeholder: `["<prompt>"]`. */
  readonly names: ReadonlyArray<string>
  /** The placeholder of its value: `ID`, `text | json`; none for a switch. */
  readonly value: Option.Option<string>
  readonly isOptional: boolean
  readonly isRepeated: boolean
}

/** An option, or an argument, with a value of type `A`. */
export type Parameter<A> =
  & Remarks
  & Spelling
  & ({ readonly _tag: "Option"; readonly declared: Options.Options<A> } | {
    readonly _tag: "Argument"
    readonly declared: Args.Args<A>
  })

/** The parameters of a command, by the names that its handler uses. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** The decoded values of parameters. */
export type Values<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer A> ? A : never }

const toSpelling = (usage: Usage.Usage): Spelling => {
  switch (usage._tag) {
    case "Named":
      return { names: usage.names, value: usage.acceptedValues, isOptional: false, isRepeated: false }
    case "Optional":
      return { ...toSpelling(usage.usage), isOptional: true }
    case "Repeated":
      return { ...toSpelling(usage.usage), isRepeated: true }
    default:
      throw new Error("A parameter is one option or one argument.")
  }
}

/** An option of a command. */
export const option = <A>(declared: Options.Options<A>, remarks: Remarks): Parameter<A> => ({
  _tag: "Option",
  declared,
  ...remarks,
  ...toSpelling(Options.getUsage(declared))
})

/** An argument of a command. */
export const argument = <A>(declared: Args.Args<A>, remarks: Remarks): Parameter<A> => ({
  _tag: "Argument",
  declared,
  ...remarks,
  ...toSpelling(Args.getUsage(declared))
})

/** Returns the values that an option accepts; empty if it accepts any text. */
export const choices = ({ value }: Spelling): ReadonlyArray<string> =>
  Option.match(value, {
    onNone: () => [],
    onSome: (value) => value.includes("|") ? value.split("|").map((choice) => choice.trim()) : []
  })

/** Returns the long spelling of an option, by which its values are stored. */
export const longName = ({ names }: Spelling): string => names.find((name) => name.startsWith("--")) ?? names[0]!

/** The parameters on a command line. */
export interface Given {
  /** The values of each option, by its long spelling; a switch has none. */
  readonly options: ReadonlyMap<string, ReadonlyArray<string>>
  /** The arguments, in order. */
  readonly words: ReadonlyArray<string>
}

const config = CliConfig.make({})

/** `@effect/cli` would ask for a missing option in the terminal, but the options are declared without that (`scripts/dependencies.mjs`). */
const withoutTerminal = <A, E, R>(self: Effect.Effect<A, E, R | Terminal.Terminal>) =>
  self as Effect.Effect<A, E, Exclude<R, Terminal.Terminal>>

/** Decodes the values of parameters. Fails if one is missing or invalid, or if there are too many arguments. */
export const decode = <P extends Parameters>(
  parameters: P,
  { options, words }: Given,
  /** The full name of the command, for error messages. */
  command: string
): Effect.Effect<Values<P>, CliError, FileSystem.FileSystem | Path.Path> =>
  withoutTerminal(Effect.gen(function*() {
    const refuse = (message: string) =>
      new CliError({ reason: "Usage", message, hint: `${command} --help shows what it accepts.` })
    const given = HashMap.fromIterable(options)
    const values: Record<string, unknown> = {}
    let rest = words
    for (const [key, parameter] of Object.entries(parameters)) {
      if (parameter._tag === "Option") {
        const name = longName(parameter)
        values[key] = yield* Effect.mapError(
          Options.parse(parameter.declared, given, config),
          () =>
            refuse(
              `${name} must be ${parameter.expects ?? "valid"}, but was given ${
                JSON.stringify(options.get(name)?.at(-1))
              }.`
            )
        )
      } else {
        const decoded = yield* Effect.mapError(
          Args.validate(parameter.declared, rest, config),
          () => refuse(`${command}: ${parameter.names[0]} is missing.`)
        )
        rest = decoded[0]
        values[key] = decoded[1]
      }
    }
    return rest.length === 0 ? values as Values<P> : yield* refuse(`${command}: too many arguments.`)
  }))
