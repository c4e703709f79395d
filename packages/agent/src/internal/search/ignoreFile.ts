/** Parses and applies `.gitignore` files. Source: gitignore(5). */
import { gitFlavor, sourceOf, toRegExp } from "./globPattern.ts"

interface Rule {
  readonly isNegated: boolean
  readonly isForDirectories: boolean
  /** Whether it matches the name alone, instead of the path relative to the file's directory. */
  readonly isForName: boolean
  readonly expression: RegExp
}

export interface IgnoreFile {
  readonly directory: string
  readonly rules: ReadonlyArray<Rule>
  /** For a fast check: matches if any rule for names matches. `undefined` without such rules. */
  readonly names: RegExp | undefined
  /** The same for rules that match paths. */
  readonly paths: RegExp | undefined
}

const parseRule = (line: string): Rule | undefined => {
  const text = line.replace(/\r$/, "").replace(/(?<!\\)((?:\\\\)*) +$/, "$1")
  if (text === "" || text.startsWith("#")) return undefined
  const isNegated = text.startsWith("!")
  const pattern = isNegated ? text.slice(1) : text
  const isForDirectories = pattern.endsWith("/")
  const path = isForDirectories ? pattern.slice(0, -1) : pattern
  if (path === "") return undefined
  const isForName = !path.includes("/")
  const expression = toRegExp(`^${sourceOf(path.replace(/^\//, ""), gitFlavor)}$`)
  return { isNegated, isForDirectories, isForName, expression }
}

export const parse = (directory: string, text: string): IgnoreFile => {
  const rules = text.replace(/^\uFEFF/, "").split("\n").flatMap((line) => parseRule(line) ?? [])
  const unionOf = (isForName: boolean) => {
    const sources = rules.filter((rule) => rule.isForName === isForName).map(({ expression }) => expression.source)
    return sources.length === 0 ? undefined : new RegExp(sources.join("|"))
  }
  return { directory, rules, names: unionOf(true), paths: unionOf(false) }
}

/** Whether the ignore files ignore this name. They are ordered from the outermost to the innermost, which takes precedence. */
export const isIgnored = (
  files: ReadonlyArray<IgnoreFile>,
  directory: string,
  name: string,
  isDirectory: boolean
): boolean => {
  for (let at = files.length - 1; at >= 0; at -= 1) {
    const { directory: top, names, paths, rules } = files[at]!
    const relative = paths === undefined ? "" : pathFrom(top, directory, name)
    if (names?.test(name) !== true && paths?.test(relative) !== true) continue
    const rule = rules.findLast(({ expression, isForDirectories, isForName }) =>
      (isDirectory || !isForDirectories) && expression.test(isForName ? name : relative)
    )
    if (rule !== undefined) return !rule.isNegated
  }
  return false
}

const pathFrom = (top: string, directory: string, name: string): string =>
  directory === top ? name : `${directory.slice(top.endsWith("/") ? top.length : top.length + 1)}/${name}`
