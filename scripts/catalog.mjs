// Updates packages/model-id/src/internal/catalogData.ts from the npm packages that its header names, and prints what changed.
// With --latest it uses their newest versions, and names those in the header.
import { transformSync } from "esbuild"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const dataFile = `${root}packages/model-id/src/internal/catalogData.ts`

/** The packages, the preferred one first, and where each has its Bedrock models. */
const packages = [
  {
    name: "@earendil-works/pi-ai",
    file: "dist/providers/data/amazon-bedrock.json",
    models: (content) => Object.values(content["bedrock-converse-stream"])
  },
  {
    name: "@oh-my-pi/pi-catalog",
    file: "src/models.json",
    models: (content) => Object.values(content["amazon-bedrock"])
  }
]

const run = (command, args) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")}\n${stderr}`)
  return stdout.trim()
}

/** The package's Bedrock models by ID. */
const download = ({ file, models, name }, version, directory) => {
  const tarball = run("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", directory])
  const content = run("tar", ["-xzOf", join(directory, tarball), `package/${file}`])
  return new Map(models(JSON.parse(content)).map((model) => [model.id, model]))
}

const prefixes = ["us.", "", "global.", "eu."]

/** The model through its `us.` profile if it has one, since its prices are the ones in the catalog. */
const find = (models, id) => prefixes.flatMap((prefix) => models.get(prefix + id) ?? [])[0]

const smaller = (values) => {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

const price = ({ cacheRead, cacheWrite, input, output, tiers = [] }) => ({
  input,
  output,
  ...(cacheRead > 0 ? { cacheRead } : {}),
  ...(cacheWrite > 0 ? { cacheWrite } : {}),
  ...(tiers.length > 0 ? { upTo: tiers[0].inputTokensAbove } : {})
})

/** The facts that the packages state; of two limits the smaller one. */
const factsOf = (id, sources) => {
  const found = sources.flatMap((models) => find(models, id) ?? [])
  const [first] = found
  return first === undefined ? undefined : {
    name: first.name.replace(/ \((US|EU|Global)\)$/, ""),
    contextWindow: smaller(found.map(({ contextWindow }) => contextWindow)),
    maxOutput: smaller(found.map(({ maxTokens }) => maxTokens)),
    reasoning: first.reasoning,
    image: first.input.includes("image"),
    price: price(first.cost)
  }
}

const digits = (value) => value >= 1000 ? String(value).replace(/\B(?=(\d{3})+$)/g, "_") : String(value)

const source = (field, value) => {
  if (typeof value === "string") return `${field}: ${JSON.stringify(value)}`
  if (typeof value !== "object") return `${field}: ${typeof value === "number" ? digits(value) : value}`
  return `${field}: { ${Object.entries(value).map(([name, number]) => `${name}: ${digits(number)}`).join(", ")} }`
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

/** One model's source text, with the facts from the packages. */
const update = (block, model, facts, report) => {
  const elsewhere = [...block.matchAll(/^ {4}\/\/ ([\w, ]+): /gm)].flatMap(([, fields]) => fields.split(", "))
  report.kept += elsewhere.length
  if (facts === undefined) {
    report.unknown.push(model.id)
    return block
  }
  let text = block
  for (const field of ["name", "contextWindow", "maxOutput", "reasoning", "price"]) {
    if (elsewhere.includes(field) || same(model[field], facts[field])) continue
    report.changes.push(`${model.id}: ${field} ${JSON.stringify(model[field])} → ${JSON.stringify(facts[field])}`)
    const line = new RegExp(`^ {4}${field}: .*?(,?)\n`, "m")
    if (facts[field] === undefined) text = text.replace(line, "").replace(/,\n {2}\}$/, "\n  }")
    else if (line.test(text)) text = text.replace(line, (_, comma) => `    ${source(field, facts[field])}${comma}\n`)
    else text = text.replace(/\n {2}\}$/, `,\n    ${source(field, facts[field])}\n  }`)
  }
  if (!elsewhere.includes("images") && model.input.image !== facts.image) {
    report.changes.push(`${model.id}: the packages say images: ${facts.image}; change its "input" by hand`)
  }
  return text
}

const before = readFileSync(dataFile, "utf8")
const script = transformSync(before, { loader: "ts", format: "esm" }).code
const { catalogData } = await import(`data:text/javascript,${encodeURIComponent(script)}`)
const byId = new Map(catalogData.map((model) => [model.id, model]))

const directory = mkdtempSync(join(tmpdir(), "altimate-code-catalog-"))
try {
  let text = before
  const sources = []
  for (const each of packages) {
    const pinned = new RegExp(`${each.name} (\\d+\\.\\d+\\.\\d+)`).exec(text)?.[1]
    if (pinned === undefined) throw new Error(`${dataFile} does not name a version of ${each.name}.`)
    const version = process.argv.includes("--latest") ? run("npm", ["view", each.name, "version"]) : pinned
    text = text.replace(`${each.name} ${pinned}`, `${each.name} ${version}`)
    sources.push(download(each, version, directory))
    console.log(`${each.name} ${version}: ${sources.at(-1).size} entries`)
  }

  const report = { changes: [], kept: 0, unknown: [] }
  text = text.replaceAll(/^ {2}\{\n {4}\.\.\.[^]*?^ {2}\}/gm, (block) => {
    const id = /^ {4}id: "(.*)"/m.exec(block)?.[1]
    return update(block, byId.get(id), factsOf(id, sources), report)
  })
  if (text !== before) writeFileSync(dataFile, text)

  const bare = (id) => id.replace(/^(us|eu|global|jp|apac|au|us-gov|ca|in)\./, "")
  const others = new Set(sources.flatMap((models) => [...models.keys()].map(bare)).filter((id) => !byId.has(id)))
  console.log(report.changes.length === 0 ? "No facts changed." : report.changes.join("\n"))
  console.log(`${report.kept} facts from other sources were left as they are; comments in the file name them.`)
  console.log(`In no package, left as they are: ${report.unknown.join(", ")}`)
  console.log(`In a package but not in the catalog: ${[...others].toSorted().join(", ")}`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
