/**
 * The programs in the pages about the libraries.
 *
 * Each `ts` block is a whole program. A `text` block after it is its output, and an `http` block the requests that arrive at the gateway. Comments
 * before it, which readers do not see, prepare its run:
 *
 *     <!-- sandbox: {"script": [{ "blocks": [{ "type": "text", "text": "Hello." }] }]} -->   the options of the sandbox
 *     <!-- files: {"letters/1.txt": "Dear …"} -->                                           files in its working directory
 *     <!-- answers: {"/v1/secret/bedrock": { "token": "…" }} -->                            what vault.example.com and other hosts answer
 */
import type * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export interface Program {
  /** The path of the page in the repository. */
  readonly page: string
  /** Of its first line. */
  readonly line: number
  readonly code: string
  readonly output: string | undefined
  /** What it writes to stderr. */
  readonly errors: string
  readonly requests: ReadonlyArray<string> | undefined
  readonly sandbox: Sandbox.Options
  readonly files: Readonly<Record<string, string>>
  /** JSON, by path, at `https://vault.example.com` and `https://collector.example.com`. */
  readonly answers: Readonly<Record<string, unknown>>
  /** The project whose packages it uses; by default the one with the packed libraries. In `oldest` they have the lowest versions of their peers. */
  readonly project?: "others" | "oldest"
  readonly stdin?: string
}

const root = fileURLToPath(new URL("../../../..", import.meta.url))

const list = (folder: string, pattern: RegExp) =>
  readdirSync(`${root}${folder}`).filter((name) => pattern.test(name)).map((name) => `${folder}/${name}`)

/** `docs/libraries`, and the packages' own pages. */
export const pages: ReadonlyArray<string> = [
  ...list("docs/libraries", /\.md$/),
  ...list("packages", /./).filter((path) => path !== "packages/cli").map((path) => `${path}/README.md`)
]

export const readPage = (page: string): string => readFileSync(`${root}${page}`, "utf8")

const empty = { sandbox: {}, files: {}, answers: {}, output: undefined, errors: "", requests: undefined }

const part =
  /^<!-- (?<name>sandbox|files|answers): (?<value>[^]*?) -->$|^```(?<language>ts|text|http)\n(?<text>[^]*?)^```$/gm

export const readPrograms = (page: string): ReadonlyArray<Program> => {
  const text = readPage(page)
  const programs: Array<Program> = []
  let prepared = {}
  for (const { groups = {}, index } of text.matchAll(part)) {
    const { language, name, text: block = "", value = "" } = groups
    const last = programs.at(-1)
    if (name !== undefined) {
      prepared = { ...prepared, [name]: JSON.parse(value) }
    } else if (language === "ts") {
      const line = text.slice(0, index).split("\n").length + 1
      programs.push({ ...empty, page, line, code: block, ...prepared })
      prepared = {}
    } else if (last !== undefined) {
      programs[programs.length - 1] = language === "text"
        ? { ...last, output: block }
        : { ...last, requests: block.trimEnd().split("\n") }
    }
  }
  return programs
}

/** A program in `examples`, with what it does there. */
export const readExample = (
  name: string,
  run: Partial<Pick<Program, "answers" | "errors" | "files" | "output" | "project" | "sandbox" | "stdin">>
): Program => {
  const page = `examples/${name}.ts`
  return { ...empty, page, line: 1, code: readPage(page), ...run }
}
