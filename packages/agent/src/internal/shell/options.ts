/** Parses the options of a command. An option that is not listed makes the result uncertain. */
import type { ShellWord } from "./words.ts"

/** How a program parses its arguments. */
type Style =
  /** Like GNU's `getopt_long`: `-abc` is three options; a value can be any next word. */
  | "getopt"
  /** Like `find` and Go programs: `-name` is one option. */
  | "words"
  /** Like npm: a word that starts with `-` is never a value. */
  | "nopt"

export interface Options {
  readonly style: Style
  readonly flags: ReadonlySet<string>
  /** Options whose value is in the same or in the next word. */
  readonly values: ReadonlySet<string>
  /** Options with an optional value in the same word. */
  readonly attached: ReadonlySet<string>
}

/**
 * Parses a list of options: `-ab` is the flags `-a` and `-b`, `-k:` takes a value, `--color?:` takes an optional value after `=`, `-#` is
 * any number.
 */
export const options = (list: string, style: Style = "getopt"): Options => {
  const flags = new Set<string>()
  const values = new Set<string>()
  const attached = new Set<string>()
  for (const item of list.split(/\s+/).filter((item) => item !== "")) {
    if (item.endsWith("?:")) attached.add(item.slice(0, -2))
    else if (item.endsWith(":")) values.add(item.slice(0, -1))
    else if (item.startsWith("--") || style === "words") flags.add(item)
    else for (const letter of item.slice(1)) flags.add(`-${letter}`)
  }
  return { style, flags, values, attached }
}

export interface Read {
  readonly given: ReadonlyArray<{ readonly name: string; readonly value?: string | undefined }>
  readonly operands: ReadonlyArray<ShellWord>
}

/** Parses a cluster such as `-xzf`. `needs` is true if the next word is the value of the last option. */
const readCluster = (options: Options, cluster: string) => {
  const given: Array<{ name: string; value?: string }> = []
  if (/^-\d+$/.test(cluster) && options.flags.has("-#")) return { given: [{ name: "-#" }], needs: false }
  for (let at = 1; at < cluster.length; at += 1) {
    const name = `-${cluster[at]}`
    const rest = cluster.slice(at + 1)
    if (options.flags.has(name)) given.push({ name })
    else if (options.attached.has(name) || (options.values.has(name) && rest !== "")) {
      return { given: [...given, { name, value: rest }], needs: false }
    } else if (options.values.has(name)) return { given: [...given, { name }], needs: true }
    else return undefined
  }
  return { given, needs: false }
}

/** Finds the option whose value is in the same, non-literal word: `--format="$x"`, `-n"$x"`. */
const optionOf = (options: Options, { isSingle, start }: ShellWord): string | undefined => {
  const long = /^(--?[\w-]+)=/.exec(start)?.[1]
  const isCluster = long === undefined && options.style !== "words" && /^-[^-]/.test(start)
  const name = isCluster ? readCluster(options, start)?.given.at(-1)?.name : long
  return isSingle && name !== undefined && (options.values.has(name) || options.attached.has(name)) ? name : undefined
}

/**
 * Parses the options and operands of a call; `undefined` if an option is not listed, or if an unknown word might be an option.
 * With `stopsAtOperand`, all words after the first operand are operands.
 */
export const readOptions = (
  options: Options,
  words: ReadonlyArray<ShellWord>,
  stopsAtOperand = false
): Read | undefined => {
  const given: Array<Read["given"][number]> = []
  const operands: Array<ShellWord> = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!
    if (word.literal === "--") return { given, operands: [...operands, ...words.slice(at + 1)] }
    if (!word.mayBeOption || word.literal === "-") {
      if (stopsAtOperand) return { given, operands: words.slice(at) }
      operands.push(word)
      continue
    }
    if (word.literal === undefined) {
      const name = optionOf(options, word)
      if (name === undefined) return undefined
      given.push({ name })
      continue
    }
    const isLong = word.literal.startsWith("--") || options.style === "words"
    const equals = isLong ? word.literal.indexOf("=") : -1
    const name = equals === -1 ? word.literal : word.literal.slice(0, equals)
    const value = equals === -1 ? undefined : word.literal.slice(equals + 1)
    let needs = false
    if (isLong) {
      if (options.values.has(name)) needs = value === undefined
      else if (!options.attached.has(name) && !(options.flags.has(name) && value === undefined)) return undefined
      given.push({ name, value })
    } else {
      const cluster = readCluster(options, word.literal)
      if (cluster === undefined) return undefined
      given.push(...cluster.given)
      needs = cluster.needs
    }
    if (!needs) continue
    at += 1
    const next = words[at]
    if (next === undefined || !next.isSingle) return undefined
    // Only numbers usually start with `-`. For any other value, the list may be wrong about this option.
    if (next.literal === undefined ? options.style === "nopt" && next.mayBeOption : /^-\D/.test(next.literal)) {
      return undefined
    }
    given.push({ name: given.pop()!.name, value: next.literal })
  }
  return { given, operands }
}
