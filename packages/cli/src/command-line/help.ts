/** Formats `--help`: at most one screen, in the same form for every command. */
import * as Option from "effect/Option"
import { argumentsOf, type CommandTree, nameOf, optionsOf } from "./commandTree.ts"
import { allGlobalOptions } from "./globalOptions.ts"
import type { Parameter } from "./parameter.ts"

/** Returns the first short and the first long spelling of an option. */
const mainNames = ({ names }: Parameter<unknown>): ReadonlyArray<string> => {
  const long = names.find((name) => name.startsWith("--"))
  const short = names.find((name) => !name.startsWith("--"))
  return [short, long].flatMap((name) => name === undefined ? [] : [name])
}

const optionLabel = (option: Parameter<unknown>) => {
  const [first = "", ...others] = mainNames(option)
  const spellings = first.startsWith("--") ? `    ${first}` : [first, ...others].join(", ")
  return spellings +
    Option.match(option.value, { onNone: () => "", onSome: (value) => ` ${value.replaceAll(" ", "")}` }) +
    (option.isRepeated ? " …" : "")
}

const optionText = (option: Parameter<unknown>) => {
  const others = option.names.filter((name) => !mainNames(option).includes(name))
  return option.description + (others.length > 0 ? ` Also ${others.join(", ")}.` : "")
}

const argLabel = ({ isOptional, isRepeated, names }: Parameter<unknown>) => {
  const name = names[0]!.replace(/^<|>$/g, "")
  return isRepeated ? `[${name}…]` : isOptional ? `[${name}]` : `<${name}>`
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

/** Formats the help of the last command of `path`, as plain text of at most 80 columns. */
export const render = <R, E>(path: ReadonlyArray<CommandTree<R, E>>): string => {
  const node = path.at(-1)!
  const args = argumentsOf(node)
  const options = optionsOf(node)
  const name = nameOf(path)

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

  const optionsUsage = options.length > 0 ? " [options]" : ""
  const usages = [
    ...(node.run !== undefined ? [`${name}${optionsUsage}${args.map((arg) => ` ${argLabel(arg)}`).join("")}`] : []),
    ...(node.children.length > 0 ? [`${name} <command>`] : [])
  ]

  return `${wrap(node.description, 0, 80)}\n\nUsage\n${usages.map((usage) => `  ${usage}`).join("\n")}\n` +
    table(
      "Commands",
      node.children.map((child) => [[child.name, ...child.aliases].join(", "), child.description])
    ) +
    table("Arguments", args.map((arg) => [argLabel(arg), arg.description])) +
    table("Options", options.map((option) => [optionLabel(option), optionText(option)])) +
    table("Global options", allGlobalOptions.map((option) => [optionLabel(option), option.description])) +
    (node.examples.length === 0
      ? ""
      : `\nExamples\n${node.examples.map(([line, purpose]) => `  # ${purpose}\n  $ ${line}`).join("\n")}\n`)
}

/** Formats the help of every command, by the words after the program's name: `session list`. */
export const renderAll = <R, E>(root: CommandTree<R, E>): Readonly<Record<string, string>> => {
  const texts: Record<string, string> = {}
  const visit = (path: ReadonlyArray<CommandTree<R, E>>, words: ReadonlyArray<string>) => {
    texts[words.join(" ")] = render(path)
    for (const child of path.at(-1)!.children) {
      for (const name of [child.name, ...child.aliases]) visit([...path, child], [...words, name])
    }
  }
  visit([root], [])
  return texts
}
