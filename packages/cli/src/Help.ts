/** `--help`: one screen, the same form for every command. */
import * as Option from "effect/Option"
import { globalOptions } from "./Argv.ts"
import { type CommandTree, type Parameter, syntax } from "./CommandTree.ts"

const optionLabel = ({ names, repeated, value }: Parameter) => {
  const [first = "", ...others] = names
  const spellings = first.startsWith("--") ? `    ${first}` : [first, ...others].join(", ")
  return spellings + Option.match(value, { onNone: () => "", onSome: (value) => ` ${value.replaceAll(" ", "")}` }) +
    (repeated ? " …" : "")
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
    table("Commands", node.children.map((child) => [child.name, syntax(child).description])) +
    table("Arguments", args.map((arg) => [argLabel(arg), arg.description])) +
    table("Options", options.map((option) => [optionLabel(option), option.description])) +
    table("Options of every command", globalOptions.map((option) => [optionLabel(option), option.description])) +
    (node.examples.length === 0
      ? ""
      : `\nExamples\n${node.examples.map(([line, purpose]) => `  # ${purpose}\n  $ ${line}`).join("\n")}\n`)
}
