/** `--help`: one screen, the same form for every command. */
import * as Option from "effect/Option"
import { type CommandTree, type Parameter, syntax } from "./commandTree.ts"
import { globalOptions } from "./globalOptions.ts"

/** The spelling of an option that is shown first: its short and its long name, where it has both. */
const mainNames = ({ names }: Parameter): ReadonlyArray<string> => {
  const long = names.find((name) => name.startsWith("--"))
  const short = names.find((name) => !name.startsWith("--"))
  return [short, long].flatMap((name) => name === undefined ? [] : [name])
}

const optionLabel = (option: Parameter) => {
  const [first = "", ...others] = mainNames(option)
  const spellings = first.startsWith("--") ? `    ${first}` : [first, ...others].join(", ")
  return spellings +
    Option.match(option.value, { onNone: () => "", onSome: (value) => ` ${value.replaceAll(" ", "")}` }) +
    (option.repeated ? " …" : "")
}

const optionText = (option: Parameter) => {
  const others = option.names.filter((name) => !mainNames(option).includes(name))
  return option.description + (others.length > 0 ? ` Also ${others.join(", ")}.` : "")
}

const argLabel = ({ names, optional, repeated }: Parameter) => {
  const name = names[0]!.replace(/^<|>$/g, "")
  return `${optional || repeated ? `[${name}` : `<${name}`}${repeated ? "…" : ""}${optional || repeated ? "]" : ">"}`
}

const wrap = (text: string, indent: number, width: number): string => {
  const lines = [""]
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!
    if (line !== "" && indent + line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`
  }
  return lines.join(`\n${" ".repeat(indent)}`)
}

/** The help of the last command of `path`, as plain text of at most 80 columns. */
export const render = <R, E>(path: ReadonlyArray<CommandTree<R, E>>): string => {
  const node = path.at(-1)!
  const { args, description, options } = syntax(node)
  const name = path.map(({ name }) => name).join(" ")

  const table = (title: string, rows: ReadonlyArray<readonly [label: string, text: string]>): string => {
    if (rows.length === 0) return ""
    const longest = rows.map(([label]) => label.length).filter((length) => length <= 30)
    const column = Math.max(0, ...longest) + 4
    const lines = rows.map(([label, text]) => {
      const start = `  ${label}`.padEnd(column)
      return start + (start.length > column ? `\n${" ".repeat(column)}` : "") + wrap(text, column, 80)
    })
    return `\n${title}\n${lines.join("\n")}\n`
  }

  const own = options.length > 0 ? " [options]" : ""
  const usages = [
    ...(node.acts ? [`${name}${own}${args.map((arg) => ` ${argLabel(arg)}`).join("")}`] : []),
    ...(node.children.length > 0 ? [`${name} <command>`] : [])
  ]

  return `${wrap(description, 0, 80)}\n\nUsage\n${usages.map((usage) => `  ${usage}`).join("\n")}\n` +
    table(
      "Commands",
      node.children.map((child) => [[child.name, ...child.aliases].join(", "), syntax(child).description])
    ) +
    table("Arguments", args.map((arg) => [argLabel(arg), arg.description])) +
    table("Options", options.map((option) => [optionLabel(option), optionText(option)])) +
    table("Options of every command", globalOptions.map((option) => [optionLabel(option), option.description])) +
    (node.examples.length === 0
      ? ""
      : `\nExamples\n${node.examples.map(([line, purpose]) => `  # ${purpose}\n  $ ${line}`).join("\n")}\n`)
}
