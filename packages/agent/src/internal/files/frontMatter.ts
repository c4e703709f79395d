/** Reads Markdown files that begin with settings between two lines of `---` (YAML front matter). */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"

export interface FrontMatter {
  /** The settings, each as a text. A list is as it is written on its line. */
  readonly settings: ReadonlyMap<string, string>
  readonly body: string
  /** What is wrong with the settings and what to do, to follow the file's path. */
  readonly problem?: string
}

const block = /^\uFEFF?---[ \t]*\r?\n(?:([^]*?)\r?\n)?---[ \t]*(?:\r?\n([^]*))?$/

/** A text that means the same in YAML. */
const plain = /^(?!- |.*(: | #|:$))[^\s"'[\]{}>|&*!%@`#?,].*$/

const toText = (value: unknown): string =>
  typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value)

const unquote = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value

/**
 * Each line as `name: value`. Existing commands often have values that are not YAML, such as `argument-hint: [branch] [title]`. None if a line has
 * another form.
 */
const readLines = (text: string): ReadonlyMap<string, string> | undefined => {
  const settings = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue
    const [, name, value] = /^([\w-]+):(?:[ \t]+(.*))?$/.exec(line) ?? []
    if (name === undefined) return undefined
    settings.set(name, (value ?? "").trim())
  }
  return settings
}

const readLine = (text: string, name: string): string =>
  text.split(/\r?\n/).find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim() ?? ""

/** Separates the settings from the text. Without settings the whole file is text. */
export const parse = (file: string): Effect.Effect<FrontMatter> =>
  Effect.gen(function*() {
    const found = block.exec(file)
    if (found === null) {
      const isOpen = /^\uFEFF?---[ \t]*\r?\n/.test(file)
      return {
        settings: new Map(),
        body: file,
        ...(isOpen ? { problem: "its first line is ---, but no other line ends the settings: add a line of ---" } : {})
      }
    }
    const [, text = "", body = ""] = found
    const lines = readLines(text)
    // Most settings are plain, and YAML's parser is large.
    if (lines !== undefined && [...lines.values()].every((value) => plain.test(value))) return { settings: lines, body }
    const { parseYaml } = yield* Effect.promise(() => import("./parseYaml.ts"))
    const { line, value } = parseYaml(text)
    if (Predicate.isRecord(value)) {
      return {
        settings: new Map(
          // A hint such as [branch] is meant literally, although it is a list in YAML.
          Object.entries(value).map((
            [name, value]
          ) => [name, Array.isArray(value) ? readLine(text, name) : toText(value)])
        ),
        body
      }
    }
    if (value === null) return { settings: new Map(), body }
    if (lines !== undefined) {
      return { settings: new Map(Array.from(lines, ([name, value]) => [name, unquote(value)])), body }
    }
    return {
      settings: new Map(),
      body,
      problem: `its settings are not YAML${
        line === undefined ? "" : ` (line ${line + 1})`
      }: write each as "name: value", and a value with a colon in quotes`
    }
  })
