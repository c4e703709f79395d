/** Arguments that bash's built-ins do not evaluate a second time. */
import { options, readOptions } from "../options.ts"
import { certain, joinWords, type Reader, type Reading, uncertain } from "../callAnalysis.ts"
import { binaryTests, numberTests, unaryTests } from "../syntax.ts"
import { isHarmlessExport, isHarmlessName, isPlainName } from "../variables.ts"
import type { ShellWord } from "../words.ts"

type Builtin = (words: ReadonlyArray<ShellWord>, environment: ReadonlySet<string>) => Reading

const reading = (isCertain: boolean): Reading => ({ isCertain })

const harmless: Builtin = () => certain

/** Harmless without arguments. */
const alone: Builtin = (words) => reading(words.length === 0)

/** Harmless with these options; the operands are names of variables to set. */
const settingNames = (list: string): Builtin => {
  const accepted = options(list)
  return (words, environment) => {
    const read = readOptions(accepted, words)
    if (read === undefined) return uncertain
    const array = read.given.filter(({ name }) => name === "-a").map(({ value }) => value)
    return reading(
      [...array, ...read.operands.map(({ literal }) => literal)].every((name) => isPlainName(name, environment))
    )
  }
}

/** Harmless with these options and any operands. */
const accepting = (list: string): Builtin => {
  const accepted = options(list)
  return (words) => reading(readOptions(accepted, words, true) !== undefined)
}

/** In `declare a=$x` bash evaluates a value that looks like an array. */
const isSafeDeclaration = (word: ShellWord, environment: ReadonlySet<string>): boolean => {
  const [, name, value] = /^(\w+)(?:\+?=(.*))?$/s.exec(word.start) ?? []
  if (!isPlainName(name, environment)) return false
  if (word.assignment?.value.type === "ArrayValue") return word.assignment.index === undefined
  return word.isSingle && (word.literal !== undefined || (value ?? "") !== "") && value?.startsWith("(") !== true
}

const declaring = (list: string): Builtin => {
  const accepted = options(list)
  return (words, environment) => {
    const read = readOptions(accepted, words)
    return reading(read !== undefined && read.operands.every((word) => isSafeDeclaration(word, environment)))
  }
}

const exporting: Builtin = (words) => {
  const read = readOptions(options("-p"), words)
  return reading(
    read !== undefined && read.operands.every((word) => isHarmlessExport(word) || isHarmlessName(word.literal ?? ""))
  )
}

const letting: Builtin = (words) =>
  reading(words.every(({ literal }) => /^[\d\s()+*/%<>=!&|^~?:,-]+$/.test(literal ?? "")))

/** `set -a` exports all later variables; `set -k` treats any word with `=` as a variable. */
const setting: Builtin = (words) => {
  for (let at = 0; at < words.length; at += 1) {
    const { literal, mayBeOption } = words[at]!
    if (literal === "--" || literal === "-" || (!mayBeOption && literal?.startsWith("+") === false)) return certain
    if (!/^[-+](?:[eufxvCE]+o?|o)$/.test(literal ?? "")) return uncertain
    if (!literal!.endsWith("o")) continue
    at += 1
    if (!/^(?:errexit|nounset|pipefail|xtrace|noglob|noclobber|verbose|errtrace)$/.test(words[at]?.literal ?? "")) {
      return uncertain
    }
  }
  return certain
}

const shopping: Builtin = (words) =>
  reading(
    words.every(({ literal }) =>
      /^(?:-[suqp]|globstar|nullglob|dotglob|failglob|nocaseglob|inherit_errexit|lastpipe)$/.test(literal ?? "")
    )
  )

/** `[ $x ]` can become any test, even one that evaluates; with single words the operator decides. */
const testing: Builtin = (words) => {
  const bare = words.at(-1)?.literal === "]" ? words.slice(0, -1) : words
  if (bare.every(({ literal }) => literal !== undefined)) {
    return reading(bare.every(({ literal }) => literal !== "-v" && literal !== "-R"))
  }
  const operands = bare.slice(bare.findIndex(({ literal }) => literal !== "!"))
  if (!operands.every(({ isSingle }) => isSingle)) return uncertain
  switch (operands.length) {
    case 1:
      return certain
    case 2:
      return reading(unaryTests.has(operands[0]!.literal ?? ""))
    case 3: {
      const operator = operands[1]!.literal ?? ""
      return reading(binaryTests.has(operator) || numberTests.has(operator))
    }
    default:
      return uncertain
  }
}

/** `printf %n PATH` sets a variable. */
const setsVariable = /%[^%A-Za-z]*[hjlLtz]*n/

const printing: Builtin = (words) => {
  const [format, ...values] = words[0]?.literal === "--" ? words.slice(1) : words
  if (format?.mayBeOption === true && words[0]?.literal !== "--") return uncertain
  return reading(
    format?.literal === undefined
      ? format?.isSingle !== false && values.length === 0
      : !setsVariable.test(format.literal.replaceAll("%%", ""))
  )
}

const gettingOptions: Builtin = ([accepted, name], environment) =>
  reading(accepted?.isSingle === true && !accepted.mayBeOption && isPlainName(name?.literal, environment))

/** Judged as code, and opaque, because the arguments have been expanded once before. */
const evaluating: Builtin = (words) =>
  words.length === 0
    ? certain
    : { isCertain: false, code: [joinWords(words.filter(({ literal }) => literal !== "--"))] }

const trapping: Builtin = (words) => {
  const [action] = words.filter(({ literal }) => literal !== "--")
  if (action === undefined) return certain
  return words.length < 2 || action.literal === "-" || action.literal === ""
    ? uncertain
    : { isCertain: false, code: [action.literal] }
}

const moving: Builtin = () => ({ isCertain: true, changesDirectory: true })

const all = (names: string, builtin: Builtin) => names.split(" ").map((name) => [name, builtin] as const)

const builtins: ReadonlyMap<string, Builtin> = new Map([
  ...all(
    ": true false echo pwd break continue exit return shift times umask ulimit type kill fg bg disown dirs suspend",
    harmless
  ),
  ...all("logout help caller", harmless),
  ...all("alias bind compgen complete compopt enable fc hash history source . unalias", alone),
  ...all("cd pushd popd", moving),
  ...all("declare typeset", declaring("-aAglurpfF")),
  ...all("local readonly", declaring("-aArp")),
  ...all("mapfile readarray", settingNames("-t -d: -n: -s: -O: -u:")),
  ...all("test [", testing),
  ["eval", evaluating],
  ["export", exporting],
  ["getopts", gettingOptions],
  ["jobs", accepting("-lnprs")],
  ["let", letting],
  ["printf", printing],
  ["read", settingNames("-rse -a: -d: -i: -n: -N: -p: -t: -u:")],
  ["set", setting],
  ["shopt", shopping],
  ["trap", trapping],
  ["unset", settingNames("-vf")],
  ["wait", accepting("-fn")]
])

/** Reads a call of a bash built-in; `undefined` for other commands. */
export const readBuiltin = (name: string, environment: ReadonlySet<string>): Reader | undefined => {
  const builtin = builtins.get(name)
  return builtin === undefined ? undefined : (words) => builtin(words, environment)
}
