/** `sed` and `awk`: scripts in an argument that can also run commands and write files. */
import { options, readOptions } from "../options.ts"
import { type Reader, uncertain } from "../reading.ts"

const address = String.raw`(?:\d+|\$|\/(?:\\.|[^\\\/\n\[])+\/)`
const addresses = String.raw`(?:${address}(?:,(?:\+?${address}))?\s*!?\s*)?`
/** A delimiter in brackets ends the pattern in GNU sed, and does not in BSD's: a script with brackets has to have them closed before it. */
const part = (delimiter: string) => String.raw`(?:\\[^\n]|\[[^\]${delimiter}\n]+\]|[^\\\[${delimiter}\n])*`
const substitute = [..."/|#,@!:~%"]
  .map((delimiter) => `s\\${delimiter}${part(delimiter)}\\${delimiter}${part(delimiter)}\\${delimiter}[gpiI\\d]*`)
  .join("|")
const sedCommand = String.raw`${addresses}(?:[pdqDPnNhHgGx=]|q\d+|${substitute})`
/** Prints, deletes, substitutes. `e` and `w` are not in it, nor what reads or continues elsewhere. */
const harmlessSed = new RegExp(String.raw`^\s*(?:${sedCommand}\s*(?:[;\n]\s*|$))*$`)

const sedOptions = options(
  "-nErsuz -e: -i --in-place --quiet --silent --regexp-extended --separate --unbuffered --null-data --expression: --posix --sandbox"
)

export const sed: Reader = (words) => {
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

/** What a program may begin with: a pattern in which `|` is a choice. */
const pattern = /^\s*!?\/(?:[^/\\[\n]|\\[^\n])*\//

/** All of awk's ways out are in its grammar: pipes, redirections, `getline`, `system`, and gawk's `@`. */
const isHarmlessAwk = (program: string): boolean => {
  // Before anything is printed `>` compares; `||` is no pipe.
  const rest = program.replace(pattern, "").replaceAll(/(?<!\|)\|\|(?!\|)/g, "")
  const [compares = "", ...prints] = rest.split(/(?=print)/)
  return !/[|@`]|getline|\\\n/.test(rest) && !/>>|[|@`]/.test(compares) && !prints.join("").includes(">") &&
    [...program.matchAll(/([A-Za-z_]\w*)\s*\(/g)].every(([, name]) => awkFunctions.has(name!))
}

export const awk: Reader = (words) => {
  const own = readOptions(awkOptions, words, true)
  const program = own?.operands[0]?.literal
  return { isCertain: program !== undefined && isHarmlessAwk(program) }
}
