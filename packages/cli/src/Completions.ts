/**
 * `--completions`: the script that teaches a shell the commands and options. Our own, because the generator of `@effect/cli` loses its way
 * in a program whose name has a dash, and offers options that this program does not have.
 */
import * as Option from "effect/Option"
import { globalOptions, type Shell } from "./Argv.ts"
import { type CommandTree, type Parameter, syntax } from "./CommandTree.ts"

interface Node {
  /** The commands after the program's name: `""`, `"auth"`, `"auth login"`. */
  readonly path: string
  readonly description: string
  readonly children: ReadonlyArray<string>
  readonly options: ReadonlyArray<Parameter>
}

const nodes = <R, E>(tree: CommandTree<R, E>, path = ""): ReadonlyArray<Node> => {
  const { description, options } = syntax(tree)
  return [
    { path, description, children: tree.children.map(({ name }) => name), options: [...options, ...globalOptions] },
    ...tree.children.flatMap((child) => nodes(child, `${path} ${child.name}`.trim()))
  ]
}

/** The values that an option has to choose from; none where any text or file will do. */
const choices = ({ value }: Parameter): ReadonlyArray<string> =>
  Option.match(value, {
    onNone: () => [],
    onSome: (value) => value.includes("|") ? value.split("|").map((choice) => choice.trim()) : []
  })

const bash = (name: string, all: ReadonlyArray<Node>): string => {
  const values = all.flatMap(({ options, path }) =>
    options.filter((option) => Option.isSome(option.value)).map((option) => {
      const patterns = option.names.map((name) => `"${path}:${name}"`).join("|")
      return `    ${patterns}) COMPREPLY=($(compgen ${
        choices(option).length > 0 ? `-W "${choices(option).join(" ")}"` : "-f"
      } -- "$current")); return ;;`
    })
  )
  const words = all.map(({ children, options, path }) =>
    `    "${path}") words="${[...children, ...options.flatMap(({ names }) => names)].join(" ")}" ;;`
  )
  return `_altimate_code() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${path:+$path }\${COMP_WORDS[i]}" in
      ${all.slice(1).map(({ path }) => `"${path}"`).join("|")}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path:$previous" in
${values.join("\n")}
  esac
  case "$path" in
${words.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _altimate_code ${name}
`
}

const zsh = (name: string, all: ReadonlyArray<Node>): string =>
  `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bash(name, all)}`

const fish = (name: string, all: ReadonlyArray<Node>): string => {
  const quote = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`
  const lines = all.flatMap(({ children, options, path }) => {
    const seen = path.split(" ").filter((command) => command !== "").map((command) =>
      `__fish_seen_subcommand_from ${command}`
    )
    const here = [...seen, ...(children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(" ")}`] : [])]
    const condition = here.length > 0 ? ` -n ${quote(here.join("; and "))}` : ""
    return [
      ...children.map((child) => {
        const { description } = all.find((node) => node.path === `${path} ${child}`.trim())!
        return `complete -c ${name} -f${condition} -a ${child} -d ${quote(description)}`
      }),
      ...options.map((option) => {
        const names = option.names.map((name) =>
          name.startsWith("--") ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`
        )
        const value = Option.isNone(option.value)
          ? ""
          : choices(option).length > 0
          ? ` -x -a ${quote(choices(option).join(" "))}`
          : " -r"
        return `complete -c ${name}${condition}${names.join("")}${value} -d ${quote(option.description)}`
      })
    ]
  })
  return `${lines.join("\n")}\n`
}

const generators = { bash, fish, zsh }

/** The completion script of a program for `shell`, to be evaluated by it. */
export const render = <R, E>(root: CommandTree<R, E>, shell: Shell): string => generators[shell](root.name, nodes(root))
