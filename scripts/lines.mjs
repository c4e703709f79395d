// Counts the lines of the programs in examples/lines, and writes the table of docs/libraries/README.md. With `--check` it only compares.
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const page = `${root}docs/libraries/README.md`

/** Each use, as the table describes it. */
export const uses = {
  answer: "An answer, through a gateway with a bearer token",
  stream: "The same, streamed",
  object: "A value of a schema's type",
  tool: "A tool, called until the model is done",
  vault: "A token from a vault, cached for ten minutes",
  prefix: "A Claude ID with the prefix of the region",
  retry: "Up to ten minutes of waiting for a rate limit, with Retry-After",
  failure: "The status and AWS's name of a failure"
}

export const packages = {
  ours: "`provider`",
  "effect-ai": "`@effect/ai-amazon-bedrock`",
  "ai-sdk": "`@ai-sdk/amazon-bedrock`"
}

/** Without blank lines and comments. */
export const countLines = (code) =>
  code.replaceAll(/^\s*\/\*[^]*?\*\/\s*$/gm, "").split("\n").filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length

const count = (use, name) => countLines(readFileSync(`${root}examples/lines/${use}/${name}.ts`, "utf8"))

const rows = [
  `| use | ${Object.values(packages).join(" | ")} |`,
  `|---|${Object.keys(packages).map(() => "---:|").join("")}`,
  ...Object.entries(uses).map(([use, text]) =>
    `| [${text}](../../examples/lines/${use}) | ${Object.keys(packages).map((name) => count(use, name)).join(" | ")} |`
  )
]

const [start, end] = ["<!-- lines: written by scripts/lines.mjs -->", "<!-- end of lines -->"]

const update = () => {
  const listed = readdirSync(`${root}examples/lines`).filter((name) => !name.includes(".")).toSorted()
  if (listed.join() !== Object.keys(uses).toSorted().join()) throw new Error(`examples/lines has ${listed.join(", ")}`)
  const before = readFileSync(page, "utf8")
  const [head, rest] = before.split(start)
  const after = `${head}${start}\n\n${rows.join("\n")}\n\n${end}${rest.split(end)[1]}`
  if (after === before) return
  if (process.argv.includes("--check")) {
    throw new Error("docs/libraries/README.md has another table: run node scripts/lines.mjs")
  }
  writeFileSync(page, after)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) update()
