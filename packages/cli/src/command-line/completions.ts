/**
 * Generates the scripts for `--completions`. Those of `@effect/cli` 0.77 do not work for a program whose name contains a dash, and offer
 * options that this program does not have.
 */
import * as Option from "effect/Option"
import { argumentsOf, type CommandTree, optionsOf } from "./commandTree.ts"
import { allGlobalOptions, type Shell } from "./globalOptions.ts"
import { choices, type Parameter } from "./parameter.ts"

interface Node {
  /** The commands after the program's name: `""`, `"auth"`, `"auth login"`. */
  readonly path: string
  readonly description: string
  /** The names and aliases of the subcommands. */
  readonly children: ReadonlyArray<readonly [name: string, description: string]>
  readonly options: ReadonlyArray<Parameter<unknown>>
  /** The completions of its first argument. */
  readonly argument: Parameter<unknown>["completes"]
}

/** The other name of the program. */
const shortName = "altimate"

const collectNodes = <R, E>(tree: CommandTree<R, E>, paths: ReadonlyArray<string> = [""]): ReadonlyArray<Node> => {
  const children = tree.children.flatMap((child) =>
    [child.name, ...child.aliases].map((name) => [name, child.description] as const)
  )
  return [
    ...paths.map((path) => ({
      path,
      description: tree.description,
      children,
      options: [...optionsOf(tree), ...allGlobalOptions],
      argument: argumentsOf(tree)[0]?.completes
    })),
    ...tree.children.flatMap((child) =>
      collectNodes(
        child,
        paths.flatMap((path) => [child.name, ...child.aliases].map((name) => `${path} ${name}`.trim()))
      )
    )
  ]
}

const bash = (name: string, all: ReadonlyArray<Node>): string => {
  const values = all.flatMap(({ options, path }) =>
    options.filter((option) => Option.isSome(option.value)).map((option) => {
      const patterns = option.names.map((name) => `"${path}:${name}"`).join("|")
      return `    ${patterns}) COMPREPLY=($(compgen ${
        choices(option).length > 0 ? `-W "${choices(option).join(" ")}"` : "-f"
      } -- "$current")); return ;;`
    })
  )
  const words = all.map(({ argument, children, options, path }) => {
    const names = [...children.map(([name]) => name), ...options.flatMap(({ names }) => names)]
    return `    "${path}") words="${[...Array.isArray(argument) ? argument : [], ...names].join(" ")}" ;;`
  })
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
complete -o bashdefault -o default -F _altimate_code ${name} ${shortName}
`
}

const zsh = (name: string, all: ReadonlyArray<Node>): string =>
  `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bash(name, all)}`

const fish = (name: string, all: ReadonlyArray<Node>): string => {
  const quote = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`
  const lines = all.flatMap(({ argument, children, options, path }) => {
    const seen = path.split(" ").filter((command) => command !== "").map((command) =>
      `__fish_seen_subcommand_from ${command}`
    )
    const below = children.map(([name]) => name)
    const here = [...seen, ...(below.length > 0 ? [`not __fish_seen_subcommand_from ${below.join(" ")}`] : [])]
    const condition = here.length > 0 ? ` -n ${quote(here.join("; and "))}` : ""
    const values = argument === "directory" ? "(__fish_complete_directories)" : argument?.join(" ")
    return [
      ...children.map(([child, description]) =>
        `complete -c ${name} -f${condition} -a ${child} -d ${quote(description)}`
      ),
      ...(values === undefined ? [] : [`complete -c ${name} -f${condition} -a ${quote(values)}`]),
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
  return `${lines.join("\n")}\ncomplete -c ${shortName} -w ${name}\n`
}

const generators = { bash, fish, zsh }

/** Generates the completion script of a program, which the shell evaluates. */
export const render = <R, E>(root: CommandTree<R, E>, shell: Shell): string =>
  generators[shell](root.name, collectNodes(root))
