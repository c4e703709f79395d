/** Recognizes harmless scripts of `sed` and `awk`; others can run commands and write files. */
import { type CallAnalyzer, uncertain } from "../callAnalysis.ts"
import { options, readOptions } from "../options.ts"

const address = String.raw`(?:\d+|\$|\/(?:\\.|[^\\\/\n\[])+\/)`
const addresses = String.raw`(?:${address}(?:,(?:\+?${address}))?\s*!?\s*)?`
/** A delimiter inside brackets ends the pattern in GNU sed but not in BSD sed, so brackets must be closed before the delimiter. */
const part = (delimiter: string) => String.raw`(?:\\[^\n]|\[[^\]${delimiter}\n]+\]|[^\\\[${delimiter}\n])*`
const substitute = [..."/|#,@!:~%"]
  .map((delimiter) => `s\\${delimiter}${part(delimiter)}\\${delimiter}${part(delimiter)}\\${delimiter}[gpiI\\d]*`)
  .join("|")
const sedCommand = String.raw`${addresses}(?:[pdqDPnNhHgGx=]|q\d+|${substitute})`
/** Commands that print, delete or substitute. Excludes `e`, `w`, and commands that read files or branch. */
const harmlessSed = new RegExp(String.raw`^\s*(?:${sedCommand}\s*(?:[;\n]\s*|$))*$`)

const sedOptions = options(
  "-nErsuz -e: -i --in-place --quiet --silent --regexp-extended --separate --unbuffered --null-data --expression: --posix --sandbox"
)

export const sed: CallAnalyzer = (words) => {
  const own = readOptions(sedOptions, words)
  if (own === undefined) return uncertain
  const expressions = own.given.filter(({ name }) => name === "-e" || name === "--expression").map(({ value }) => value)
  const scripts = expressions.length > 0 ? expressions : [own.operands[0]?.literal]
  const files = expressions.length > 0 ? own.operands : own.operands.slice(1)
  const isHarmless = scripts.every((script) => script !== undefined && harmlessSed.test(script))
  if (!own.given.some(({ name }) => name === "-i" || name === "--in-place")) return { isCertain: isHarmless }
  const literals = files.flatMap(({ literal }) => literal ?? [])
  return { isCertain: isHarmless && literals.length === files.length, files: literals }
}

const awkOptions = options("-F: -v: --field-separator: --assign: --posix --traditional")

const awkFunctions = new Set(
  ("atan2 and asort asorti close compl cos delete else exit exp fflush for gensub gsub if in index int length log lshift match mktime \
or print printf rand return rshift sin split sprintf sqrt srand strftime strtonum sub substr systime tolower toupper while xor")
    .split(" ")
)

/** A pattern at the start of a program, in which `|` is an alternative. */
const pattern = /^\s*!?\/(?:[^/\\[\n]|\\[^\n])*\//

/** Excludes everything in awk that can run commands or access files: pipes, redirections, `getline`, `system`, and gawk's `@`. */
const isHarmlessAwk = (program: string): boolean => {
  // Before a print statement `>` is a comparison; `||` is not a pipe.
  const rest = program.replace(pattern, "").replaceAll(/(?<!\|)\|\|(?!\|)/g, "")
  const [compares = "", ...prints] = rest.split(/(?=print)/)
  return !/[|@`]|getline|\\\n/.test(rest) && !/>>|[|@`]/.test(compares) && !prints.join("").includes(">") &&
    [...program.matchAll(/([A-Za-z_]\w*)\s*\(/g)].every(([, name]) => awkFunctions.has(name!))
}

export const awk: CallAnalyzer = (words) => {
  const own = readOptions(awkOptions, words, true)
  const program = own?.operands[0]?.literal
  return { isCertain: program !== undefined && isHarmlessAwk(program) }
}
