/** Recognizes calls of bash's built-ins that do not evaluate their arguments a second time. */
import { type CallAnalysis, type CallAnalyzer, certain, joinWords, uncertain } from "../callAnalysis.ts"
import { options, readOptions } from "../options.ts"
import { binaryTests, numberTests, unaryTests } from "../syntax.ts"
import { isHarmlessExport, isHarmlessName, isPlainName } from "../variables.ts"
import type { ShellWord } from "../words.ts"

type Builtin = (words: ReadonlyArray<ShellWord>, environment: ReadonlySet<string>) => CallAnalysis

const certainIf = (isCertain: boolean): CallAnalysis => ({ isCertain })

const harmless: Builtin = () => certain

/** Harmless only without arguments. */
const harmlessWithoutArguments: Builtin = (words) => certainIf(words.length === 0)

/** Harmless with these options; the operands are names of variables to set. */
const makeNameSetter = (list: string): Builtin => {
  const accepted = options(list)
  return (words, environment) => {
    const read = readOptions(accepted, words)
    if (read === undefined) return uncertain
    const array = read.given.filter(({ name }) => name === "-a").map(({ value }) => value)
    return certainIf(
      [...array, ...read.operands.map(({ literal }) => literal)].every((name) => isPlainName(name, environment))
    )
  }
}

/** Harmless with these options and any operands. */
const acceptOptions = (list: string): Builtin => {
  const accepted = options(list)
  return (words) => certainIf(readOptions(accepted, words, true) !== undefined)
}

/** In `declare a=$x` bash evaluates a value that looks like an array. */
const isSafeDeclaration = (word: ShellWord, environment: ReadonlySet<string>): boolean => {
  const [, name, value] = /^(\w+)(?:\+?=(.*))?$/s.exec(word.start) ?? []
  if (!isPlainName(name, environment)) return false
  if (word.assignment?.value.type === "ArrayValue") return word.assignment.index === undefined
  return word.isSingle && (word.literal !== undefined || (value ?? "") !== "") && value?.startsWith("(") !== true
}

const makeDeclaration = (list: string): Builtin => {
  const accepted = options(list)
  return (words, environment) => {
    const read = readOptions(accepted, words)
    return certainIf(read !== undefined && read.operands.every((word) => isSafeDeclaration(word, environment)))
  }
}

const analyzeExport: Builtin = (words) => {
  const read = readOptions(options("-p"), words)
  return certainIf(
    read !== undefined && read.operands.every((word) => isHarmlessExport(word) || isHarmlessName(word.literal ?? ""))
  )
}

const analyzeLet: Builtin = (words) =>
  certainIf(words.every(({ literal }) => /^[\d\s()+*/%<>=!&|^~?:,-]+$/.test(literal ?? "")))

/** `set -a` exports all later variables; `set -k` treats any word with `=` as a variable. */
const analyzeSet: Builtin = (words) => {
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

const analyzeShopt: Builtin = (words) =>
  certainIf(
    words.every(({ literal }) =>
      /^(?:-[suqp]|globstar|nullglob|dotglob|failglob|nocaseglob|inherit_errexit|lastpipe)$/.test(literal ?? "")
    )
  )

/** `[ $x ]` can become any test, even one that evaluates code. If each operand is a single word, the operator shows what it does. */
const analyzeTest: Builtin = (words) => {
  const bare = words.at(-1)?.literal === "]" ? words.slice(0, -1) : words
  if (bare.every(({ literal }) => literal !== undefined)) {
    return certainIf(bare.every(({ literal }) => literal !== "-v" && literal !== "-R"))
  }
  const operands = bare.slice(bare.findIndex(({ literal }) => literal !== "!"))
  if (!operands.every(({ isSingle }) => isSingle)) return uncertain
  switch (operands.length) {
    case 1:
      return certain
    case 2:
      return certainIf(unaryTests.has(operands[0]!.literal ?? ""))
    case 3: {
      const operator = operands[1]!.literal ?? ""
      return certainIf(binaryTests.has(operator) || numberTests.has(operator))
    }
    default:
      return uncertain
  }
}

/** `printf %n PATH` sets a variable. */
const setsVariable = /%[^%A-Za-z]*[hjlLtz]*n/

const analyzePrintf: Builtin = (words) => {
  const [format, ...values] = words[0]?.literal === "--" ? words.slice(1) : words
  if (format?.mayBeOption === true && words[0]?.literal !== "--") return uncertain
  return certainIf(
    format?.literal === undefined
      ? format?.isSingle !== false && values.length === 0
      : !setsVariable.test(format.literal.replaceAll("%%", ""))
  )
}

const analyzeGetopts: Builtin = ([accepted, name], environment) =>
  certainIf(accepted?.isSingle === true && !accepted.mayBeOption && isPlainName(name?.literal, environment))

/** The arguments are code, and not certain, because they have already been expanded once. */
const analyzeEval: Builtin = (words) =>
  words.length === 0
    ? certain
    : { isCertain: false, code: [joinWords(words.filter(({ literal }) => literal !== "--"))] }

const analyzeTrap: Builtin = (words) => {
  const [action] = words.filter(({ literal }) => literal !== "--")
  if (action === undefined) return certain
  return words.length < 2 || action.literal === "-" || action.literal === ""
    ? uncertain
    : { isCertain: false, code: [action.literal] }
}

const changeDirectory: Builtin = () => ({ isCertain: true, changesDirectory: true })

const all = (names: string, builtin: Builtin) => names.split(" ").map((name) => [name, builtin] as const)

const builtins: ReadonlyMap<string, Builtin> = new Map([
  ...all(
    ": true false echo pwd break continue exit return shift times umask ulimit type kill fg bg disown dirs suspend",
    harmless
  ),
  ...all("logout help caller", harmless),
  ...all("alias bind compgen complete compopt enable fc hash history source . unalias", harmlessWithoutArguments),
  ...all("cd pushd popd", changeDirectory),
  ...all("declare typeset", makeDeclaration("-aAglurpfF")),
  ...all("local readonly", makeDeclaration("-aArp")),
  ...all("mapfile readarray", makeNameSetter("-t -d: -n: -s: -O: -u:")),
  ...all("test [", analyzeTest),
  ["eval", analyzeEval],
  ["export", analyzeExport],
  ["getopts", analyzeGetopts],
  ["jobs", acceptOptions("-lnprs")],
  ["let", analyzeLet],
  ["printf", analyzePrintf],
  ["read", makeNameSetter("-rse -a: -d: -i: -n: -N: -p: -t: -u:")],
  ["set", analyzeSet],
  ["shopt", analyzeShopt],
  ["trap", analyzeTrap],
  ["unset", makeNameSetter("-vf")],
  ["wait", acceptOptions("-fn")]
])

/** Finds the analyzer for a bash built-in; `undefined` for other commands. */
export const findBuiltinAnalyzer = (name: string, environment: ReadonlySet<string>): CallAnalyzer | undefined => {
  const builtin = builtins.get(name)
  return builtin === undefined ? undefined : (words) => builtin(words, environment)
}
