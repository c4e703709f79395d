/** The snippets of a page in `docs`, and functions that run them with the whole program against a sandbox. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { makeHome } from "../BuiltCli.ts"

export interface Snippet {
  readonly heading: string
  /** Counts from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
}

/** All fenced blocks of the page, in order. */
export const readSnippets = (page: string): ReadonlyArray<Snippet> => {
  const lines = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), "utf8").split("\n")
  const snippets: Array<Snippet> = []
  let heading = ""
  let open: { readonly language: string; readonly start: number } | undefined
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*```(\w*)$/.exec(line)
    if (open === undefined) {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading
      if (fence !== null) open = { language: fence[1]!, start: index + 1 }
    } else if (fence !== null) {
      snippets.push({
        heading,
        line: open.start + 1,
        language: open.language,
        text: lines.slice(open.start, index).join("\n")
      })
      open = undefined
    }
  }
  return snippets
}

const env = { AWS_BEARER_TOKEN_BEDROCK: "docs-token", USER: "ann" }

/** Where the sandbox is. It is not in the snippet, so it comes from the variable that overrides files. */
const connection = (url: string, model: string) =>
  JSON.stringify({ model: `amazon-bedrock/${model}`, provider: { "amazon-bedrock": { options: { baseURL: url } } } })

const defaultModel = "anthropic.claude-sonnet-4-6-v1"

/** Uses a configuration as the global file: each of its settings must have an effect, and a prompt must be answered. Returns the request. */
export const useConfiguration = ({ line, text }: Snippet, model = defaultModel) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make()
    const home = yield* makeHome
    yield* home.writeGlobalConfig(text)
    const run = (args: ReadonlyArray<string>) =>
      home.run(args, { env: { ...env, ALTIMATE_CLI_CONFIG_CONTENT: connection(sandbox.url, model) } })
    const unknown = yield* run(["config", "show", "--unknown"])
    assert.strictEqual(unknown.stdout, "All settings in the files have an effect here.\n", `line ${line}`)
    const { code, stderr } = yield* run(["run", "hi", "--no-tools"])
    assert.deepStrictEqual([code, stderr], [0, ""], `line ${line}`)
    const [request] = yield* sandbox.requests
    return request!
  })

/** Splits a command line at spaces outside of double quotes. */
export const splitWords = (line: string): ReadonlyArray<string> =>
  Array.from(line.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word)

/** Whether the line is the one of the page, in which `…` stands for any text. */
const matches = (expected: string, line: string): boolean =>
  new RegExp(`^${expected.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(
    line
  )

/**
 * Runs each `$ altimate-code …` of a console snippet, with the sandbox and the configuration, and looks for the lines below it, in this order, in
 * what it writes to stdout and then to stderr.
 */
export const runCommands = (
  { line, text }: Snippet,
  { configuration, sandbox: options = {} }: { readonly configuration: string; readonly sandbox?: Sandbox.Options }
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(options)
    const home = yield* makeHome
    yield* home.writeGlobalConfig(configuration)
    const results = []
    for (const block of text.split(/^\$ /m).slice(1)) {
      const [command = "", ...expected] = block.trimEnd().split("\n")
      const [program, ...args] = splitWords(command)
      assert.strictEqual(program, "altimate-code", `line ${line}`)
      const result = yield* home.run(args, {
        env: { ...env, ALTIMATE_CLI_CONFIG_CONTENT: connection(sandbox.url, defaultModel) }
      })
      const written = `${result.stdout}${result.stderr}`
      const missing = written.split("\n").reduce(
        (left, line) => left.length > 0 && matches(left[0]!, line) ? left.slice(1) : left,
        expected
      )
      assert.deepStrictEqual(missing, [], `line ${line}: not in\n${written}`)
      results.push(result)
    }
    return results
  })
