/** Analyzes calls of interpreters. Shell code can be analyzed, code in other languages can't. */
import { type CallAnalysis, type CallAnalyzer, certain, uncertain } from "../callAnalysis.ts"
import { type Options, options, readOptions } from "../options.ts"
import type { ShellWord } from "../words.ts"

const shells = new Set(["bash", "sh", "dash", "zsh", "ksh", "ash"])

/** Options that neither contain nor load code; `node --test ./a.js` runs a visible file. */
const harmlessOptions: ReadonlyArray<readonly [name: RegExp, options: Options]> = [
  [/^(?:python[\d.]*|pypy\d*)$/, options("-bBdEhIOPqsSuvV -W:")],
  [
    /^(?:node|nodejs|tsx|ts-node)$/,
    options(
      "--test --watch --check -c --no-warnings --enable-source-maps --experimental-strip-types --test-name-pattern: --test-timeout: \
--test-concurrency: --trace-warnings --trace-deprecation --max-old-space-size?:"
    )
  ],
  [/^perl$/, options("-cTtuUwW")],
  [/^ruby$/, options("-cvwW?:")],
  [/^php$/, options("-lvm")],
  [
    /^deno$/,
    options(
      "-qA --quiet --allow-all --allow-read?: --allow-write?: --allow-net?: --allow-env?: --allow-run?: --watch --no-check"
    )
  ],
  [/^java$/, options("-jar: -cp: -classpath:", "words")]
]

/** `deno eval` and `deno repl` accept code. */
const denoCommands = new Set("bench check doc fmt info lint run task test".split(" "))

const noOptions = options("")

const languages =
  /^(?:python[\d.]*|pypy\d*|node|nodejs|deno|tsx|ts-node|ruby|irb|perl|php|lua(?:jit)?|java|tclsh|osascript|fish|pwsh|R|Rscript|julia|guile|groovy|scala|elixir|erl|ghci|swift)$/

export const isShell = (name: string): boolean => shells.has(name)

export const isInterpreter = (name: string): boolean => isShell(name) || languages.test(name)

/** A file such as `/dev/stdin` or `/proc/self/fd/0`, whose content is unknown. */
const isDevice = (path: string): boolean => /^\/(?:dev|proc)\//.test(path)

/** Whether the interpreter may read its code from stdin. */
const readsCode = (name: string, words: ReadonlyArray<ShellWord>): boolean => {
  const literals = words.map(({ literal }) => literal)
  if (words.some(({ start }) => start === "-" || isDevice(start)) || (isShell(name) && literals.includes("-s"))) {
    return true
  }
  if (words.length === 1 && (literals[0] === "--version" || literals[0] === "--help")) return false
  if (words.length === 1 && literals[0] === "-v" && /^node(?:js)?$/.test(name)) return false
  if (/^node(?:js)?$/.test(name) && literals.includes("--test")) return false
  return literals.every((word) => word?.startsWith("-") === true)
}

/** Shell options that take a value. */
const valued = new Set(["-o", "+o", "-O", "+O", "--rcfile", "--init-file"])

/** The index of the code in `bash -c code`; `undefined` without `-c`. */
const codeAt = (words: ReadonlyArray<string | undefined>): number | undefined => {
  let hasCode = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (word === "--") return hasCode ? at + 1 : undefined
    if (word === undefined || !/^[-+]/.test(word)) return hasCode ? at : undefined
    if (/^-[a-zA-Z]*c/.test(word)) hasCode = true
    // For `-oc`, shells disagree about which word is the code.
    if (/^-(?:[a-zA-Z]*c[a-zA-Z]*[oO]|[a-zA-Z]*[oO][a-zA-Z]*c)/.test(word)) return words.length
    if (valued.has(word) || /^-[a-zA-Z]*o$/.test(word)) at += 1
  }
  return hasCode ? words.length : undefined
}

/** Options that do not change the meaning of the code. */
const isHarmlessOption = (word: string | undefined): boolean =>
  /^(?:-[euxvnfclo]+|-o|errexit|nounset|pipefail|xtrace|--|--norc|--noprofile)$/.test(word ?? "")

/** Analyzes a call of a shell; `undefined` for other commands. The content of a script file is not analyzed. */
export const analyzeShell = (name: string, words: ReadonlyArray<ShellWord>): CallAnalysis | undefined => {
  if (!isShell(name)) return undefined
  const literals = words.map(({ literal }) => literal)
  const at = codeAt(literals)
  if (at === undefined) return readsCode(name, words) ? uncertain : certain
  const code = literals[at]
  // Other shells parse code differently: `[[` is a command for dash, and zsh runs code in globs.
  const isRead = name === "bash" || (/^(?:sh|dash|ash)$/.test(name) && code?.includes("[[") === false)
  return { isCertain: isRead && literals.slice(0, at).every(isHarmlessOption), code: [code] }
}

/** Analyzes a call of another interpreter. For unlisted interpreters, no option is known to be harmless. */
const analyzeLanguage = (name: string, words: ReadonlyArray<ShellWord>): CallAnalysis => {
  if (readsCode(name, words)) return uncertain
  const [, accepted = noOptions] = harmlessOptions.find(([names]) => names.test(name)) ?? []
  // In `python -m module …` the remaining words belong to the module.
  const module = name.startsWith("py") ? words.findIndex(({ start }) => start.startsWith("-m")) : -1
  const own = module === -1 ? words : words.slice(0, module)
  const asks = words.length === 1 && /^(?:--version|--help|-v)$/.test(words[0]!.literal ?? "")
  const read = readOptions(accepted, own, true)
  const isCommand = name !== "deno" || denoCommands.has(read?.operands[0]?.literal ?? "")
  return { isCertain: asks || (read !== undefined && isCommand) }
}

/** Finds the analyzer for an interpreter; `undefined` for other commands. */
export const findInterpreterAnalyzer = (name: string): CallAnalyzer | undefined => {
  if (isShell(name)) return (words) => analyzeShell(name, words)!
  return isInterpreter(name) ? (words) => analyzeLanguage(name, words) : undefined
}
