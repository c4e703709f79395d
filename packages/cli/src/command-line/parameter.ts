/**
 * Options and arguments of commands. They are declared with `@effect/cli`, whose `Options.parse` and `Args.validate` also decode and check
 * the values; what help and completions print is beside the declaration.
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

/** What is known about a parameter besides its declaration. */
interface Remarks {
  /** For help, in one short sentence. */
  readonly description: string
  /** What its value must be, for the error: `at least 1`. */
  readonly expects?: string
  /** What a shell offers as its value. */
  readonly completes?: "directory" | ReadonlyArray<string>
}

/** How a parameter is written on the command line. */
interface Spelling {
  /** Every spelling, the short one first: `["-m", "--model"]`. For an argument, its placeholder: `["<prompt>"]`. */
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

/** The parameters of a command, under the names that its handler uses. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** The decoded values of parameters. */
export type Values<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer A> ? A : never }

const spelling = (usage: Usage.Usage): Spelling => {
  switch (usage._tag) {
    case "Named":
      return { names: usage.names, value: usage.acceptedValues, isOptional: false, isRepeated: false }
    case "Optional":
      return { ...spelling(usage.usage), isOptional: true }
    case "Repeated":
      return { ...spelling(usage.usage), isRepeated: true }
    default:
      throw new Error("A parameter is one option or one argument.")
  }
}

/** An option of a command. */
export const option = <A>(declared: Options.Options<A>, remarks: Remarks): Parameter<A> => ({
  _tag: "Option",
  declared,
  ...remarks,
  ...spelling(Options.getUsage(declared))
})

/** An argument of a command. */
export const argument = <A>(declared: Args.Args<A>, remarks: Remarks): Parameter<A> => ({
  _tag: "Argument",
  declared,
  ...remarks,
  ...spelling(Args.getUsage(declared))
})

/** The values that an option can have; empty if it takes any text. */
export const choices = ({ value }: Spelling): ReadonlyArray<string> =>
  Option.match(value, {
    onNone: () => [],
    onSome: (value) => value.includes("|") ? value.split("|").map((choice) => choice.trim()) : []
  })

/** The long spelling of an option, under which its values are collected. */
export const longName = ({ names }: Spelling): string => names.find((name) => name.startsWith("--")) ?? names[0]!

/** What a command line gives for parameters. */
export interface Given {
  /** The values of each option by its long spelling; none for a switch. */
  readonly options: ReadonlyMap<string, ReadonlyArray<string>>
  /** The arguments, in their order. */
  readonly words: ReadonlyArray<string>
}

const config = CliConfig.make({})

/** Decodes the values of parameters. Fails if one is missing or not accepted, or if an argument is left over. */
export const decode = <P extends Parameters>(
  parameters: P,
  { options, words }: Given,
  /** The command, as it was typed, for the errors. */
  command: string
): Effect.Effect<Values<P>, CliError, FileSystem.FileSystem | Path.Path | Terminal.Terminal> =>
  Effect.gen(function*() {
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
  })
