/** The commands and what they accept, read from their `@effect/cli` definitions. */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import type * as Usage from "@effect/cli/Usage"
import * as Option from "effect/Option"

/** A command with its examples and the commands below it. */
export interface CommandTree<R, E> {
  readonly name: string
  /** Other names for it, such as `ls` for `list`. */
  readonly aliases: ReadonlyArray<string>
  // The value that a command parses to is between its options and its handler.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly command: Command.Command<any, R, E, any>
  /** False if it only holds other commands. */
  readonly acts: boolean
  /** A command line and what it is for. */
  readonly examples: ReadonlyArray<readonly [commandLine: string, purpose: string]>
  readonly children: ReadonlyArray<CommandTree<R, E>>
  /** Switches that run one of the children instead, with its name: `--print` runs `run`. */
  readonly shortcuts: Readonly<Record<string, string>>
}

/** A command that does something. */
export const action = <Name extends string, R, E, A>(
  command: Command.Command<Name, R, E, A>,
  examples: CommandTree<R, E>["examples"],
  children: ReadonlyArray<CommandTree<R, E>> = [],
  shortcuts: CommandTree<R, E>["shortcuts"] = {}
): CommandTree<R, E> => ({ name: nameOf(command), aliases: [], command, acts: true, examples, children, shortcuts })

/** The same command, under other names as well. */
export const aliased = <R, E>(tree: CommandTree<R, E>, ...aliases: ReadonlyArray<string>): CommandTree<R, E> => ({
  ...tree,
  aliases
})

/** A command that only holds other commands. */
export const group = <R, E>(
  name: string,
  description: string,
  children: ReadonlyArray<CommandTree<R, E>>,
  examples: CommandTree<R, E>["examples"] = []
): CommandTree<R, E> => ({
  name,
  aliases: [],
  command: Command.make(name).pipe(Command.withDescription(description)),
  acts: false,
  examples,
  children,
  shortcuts: {}
})

const nameOf = <Name extends string, R, E, A>(command: Command.Command<Name, R, E, A>): string =>
  [...CommandDescriptor.getNames(command.descriptor)][0]!

/** An option or an argument as the definition declares it. */
export interface Parameter {
  /** Every spelling, e.g. `["-m", "--model"]`; for an argument its placeholder, e.g. `["<prompt>"]`. */
  readonly names: ReadonlyArray<string>
  /** What its value stands for, e.g. `ID` or `text | json`; none for a switch. */
  readonly value: Option.Option<string>
  readonly repeated: boolean
  readonly optional: boolean
  readonly description: string
}

/** The values that an option has to choose from; none where any text will do. */
export const choices = ({ value }: Parameter): ReadonlyArray<string> =>
  Option.match(value, {
    onNone: () => [],
    onSome: (value) => value.includes("|") ? value.split("|").map((choice) => choice.trim()) : []
  })

/** What a command accepts, in the order of its definition. */
export interface Syntax {
  readonly description: string
  readonly options: ReadonlyArray<Parameter>
  readonly args: ReadonlyArray<Parameter>
}

type Listed = Omit<Parameter, "description">

const listed = (
  usage: Usage.Usage,
  flags: { readonly repeated: boolean; readonly optional: boolean }
): Array<Listed> => {
  switch (usage._tag) {
    case "Named":
      return [{ names: usage.names, value: usage.acceptedValues, ...flags }]
    case "Optional":
      return listed(usage.usage, { ...flags, optional: true })
    case "Repeated":
      return listed(usage.usage, { ...flags, repeated: true })
    case "Concat":
    case "Alternation":
      return [...listed(usage.left, flags), ...listed(usage.right, flags)]
    case "Empty":
    case "Mixed":
      return []
  }
}

/** The words of a styled text. */
const plain = (span: Span.Span): string => {
  switch (span._tag) {
    case "Text":
    case "URI":
      return span.value
    case "Sequence":
      return plain(span.left) + plain(span.right)
    case "Highlight":
    case "Strong":
    case "Weak":
      return plain(span.value)
  }
}

/** The paragraphs of a document, without their style. */
export const paragraphs = (doc: HelpDoc.HelpDoc): Array<string> => {
  switch (doc._tag) {
    case "Paragraph":
      return [plain(doc.value)]
    case "Sequence":
      return [...paragraphs(doc.left), ...paragraphs(doc.right)]
    default:
      return []
  }
}

const descriptions = (doc: HelpDoc.HelpDoc): Array<string> => {
  switch (doc._tag) {
    case "DescriptionList":
      // The library's words about the type come first, then ours, then the library's about being optional.
      return doc.definitions.map(([, body]) => paragraphs(body)[1] ?? "")
    case "Sequence":
      return [...descriptions(doc.left), ...descriptions(doc.right)]
    default:
      return []
  }
}

/** Reads what a command accepts from its definition. */
export const syntax = <R, E>(tree: CommandTree<R, E>): Syntax => {
  const descriptor = tree.command.descriptor
  const help = CommandDescriptor.getHelp(descriptor, CliConfig.make({ showBuiltIns: false }))
  const [, ...parameters] = listed(CommandDescriptor.getUsage(descriptor), { repeated: false, optional: false })
  const texts = descriptions(help)
  // Help lists arguments first, usage lists options first.
  const isOption = (parameter: Listed) => parameter.names.some((name) => name.startsWith("-"))
  const args = parameters.filter((parameter) => !isOption(parameter))
  const options = parameters.filter(isOption)
  return {
    description: paragraphs(help)[0] ?? "",
    args: args.map((parameter, index) => ({ ...parameter, description: texts[index] ?? "" })),
    options: options.map((parameter, index) => ({ ...parameter, description: texts[args.length + index] ?? "" }))
  }
}
