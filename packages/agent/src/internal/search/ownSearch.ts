/** Lines by a regular expression, found without `rg`; the output is the same. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
// The language of `rg`, and like it in linear time: no pattern of the model's makes the program hang.
import { RE2JS } from "re2js"
import * as Files from "../../Files.ts"
import { failed } from "../failures.ts"
import type { Found, Query } from "./ripgrep.ts"

const mostBytes = 2 * 1024 * 1024

export const search = Effect.fn("ownSearch.search")(function*(query: Query) {
  const path = yield* Path.Path
  const expression = yield* Effect.try({
    try: () => RE2JS.compile(query.pattern, query.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0),
    catch: (error) => failed(error instanceof Error ? error.message : String(error))
  })
  const directory = query.isDirectory ? query.target : path.dirname(query.target)
  const files = query.isDirectory
    ? (yield* Effect.mapError(Files.matching(directory, pattern(query.glob)), ({ message }) => failed(message)))
      .toSorted(byPath)
    : [path.basename(query.target)]
  const readable = query.isDirectory ? yield* query.readable(files) : new Set(files)
  const found: Array<string> = []
  for (const file of files.filter((file) => readable.has(file))) {
    if (found.length >= query.most) break
    const text = yield* textOf(path.join(directory, file))
    if (text === undefined) continue
    const lines = matches(file, text, expression, query.context)
    if (found.length > 0 && lines.length > 0 && query.context > 0) found.push("--")
    found.push(...lines)
  }
  return { lines: found.slice(0, query.most), leftOut: files.length - readable.size } satisfies Found
})

/** As `rg` reads it: without a slash a pattern fits names in every directory, and `!` turns it around. */
export const pattern = (glob: string | undefined): string => {
  if (glob === undefined || glob === "") return "**/*"
  if (glob.startsWith("!")) return `!${pattern(glob.slice(1))}`
  return glob.includes("/") ? glob.replace(/^\//, "") : `**/${glob}`
}

/** The order of `rg`: name by name, so that a directory's files stay together. */
const byPath = (a: string, b: string): number => a.replaceAll("/", "\0") < b.replaceAll("/", "\0") ? -1 : 1

/** Undefined for what is not text, too large, or not to be read. */
const textOf = (file: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { size, type } = yield* fs.stat(file)
    if (type !== "File" || size > mostBytes) return undefined
    const bytes = yield* fs.readFile(file)
    return bytes.includes(0) ? undefined : new TextDecoder().decode(bytes)
  }).pipe(Effect.orElseSucceed(() => undefined))

const matches = (file: string, text: string, expression: RE2JS, context: number): ReadonlyArray<string> => {
  const lines = text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  const fitting = new Set(
    lines.flatMap((line, index) => expression.matcher(line.replace(/\r$/, "")).find() ? [index] : [])
  )
  const shown: Array<string> = []
  let last = -1
  lines.forEach((line, index) => {
    const near = [...Array(2 * context + 1).keys()].some((offset) => fitting.has(index + offset - context))
    if (!near) return
    if (last !== -1 && index > last + 1 && context > 0) shown.push("--")
    last = index
    const mark = fitting.has(index) ? ":" : "-"
    shown.push(`${file}${mark}${index + 1}${mark}${line.replace(/\r$/, "")}`)
  })
  return shown
}
