/** The rows of docs/coming-from.md. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const page = readFileSync(fileURLToPath(new URL("../../../../docs/coming-from.md", import.meta.url)), "utf8")

/** What a piece of code on the page is, by its form. */
export type Thing =
  | { readonly kind: "command"; readonly text: string; readonly args: ReadonlyArray<string> }
  | {
    readonly kind: "setting"
    readonly text: string
    readonly key: string
    /** A configuration file that has it. */
    readonly file: unknown
    /** The same file without it, with all that is around it. */
    readonly without: unknown
  }
  | { readonly kind: "slash" | "variable" | "file"; readonly text: string }

export interface Row {
  readonly tool: string
  readonly there: Thing
  readonly here: "the same" | "nothing needed" | "not here" | Thing
}

const words = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)

const thing = (text: string): Thing => {
  if (/^(opencode|claude|altimate|altimate-code)( |$)/.test(text)) {
    return { kind: "command", text, args: words(text).slice(1) }
  }
  const [, key, value] = /^([^\s:]+): (.*)$/.exec(text) ?? []
  if (key !== undefined) {
    const names = key.split(".")
    const within = (names: ReadonlyArray<string>, value: unknown) =>
      names.reduceRight((inner, name) => ({ [name]: inner }), value)
    const file = within(names, JSON.parse(value!))
    return { kind: "setting", text, key, file, without: within(names.slice(0, -1), {}) }
  }
  return { kind: /^\/[a-z]+$/.test(text) ? "slash" : /^[A-Z0-9_]+$/.test(text) ? "variable" : "file", text }
}

const code = (cell: string): string | undefined => /^`(.*)`$/.exec(cell)?.[1]

const result = (cell: string): Row["here"] => {
  const text = code(cell)
  if (text !== undefined) return thing(text)
  if (cell === "the same" || cell === "nothing needed" || cell === "not here") return cell
  throw new Error(`docs/coming-from.md: ${JSON.stringify(cell)} is none of the results that the page explains`)
}

export const rows: ReadonlyArray<Row> = page.split(/^## /m).slice(1).flatMap((section) =>
  section.split("\n").filter((line) => /^\| (?!there )/.test(line)).map((line) => {
    const [there = "", here = ""] = line.split("|").slice(1).map((cell) => cell.trim())
    return { tool: section.split("\n")[0]!, there: thing(code(there) ?? ""), here: result(here) }
  })
)

/** The command lines of this program in the remarks and in the text. */
export const mentioned: ReadonlyArray<Thing> = [...page.matchAll(/`(altimate-code [^`]*)`/g)].map(([, text]) =>
  thing(text!)
)
