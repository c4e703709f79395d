import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import { readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** Which packages of ours a package may import; docs/architecture.md explains the floors. */
const floors: Record<string, ReadonlyArray<string>> = {
  sandbox: [],
  system: [],
  "model-id": ["system"],
  log: ["system"],
  config: ["system", "log"],
  network: ["system", "config", "log"],
  auth: ["system", "config", "network", "log"],
  provider: ["system", "config", "network", "auth", "model-id", "log"],
  agent: ["system"],
  tui: ["system", "agent"],
  cli: ["system", "model-id", "log", "config", "network", "auth", "provider", "agent", "tui", "sandbox"]
}

/** Maximum number of files in a folder, about as many as a reader can keep in mind. */
const filesPerFolder = 16

/**
 * Phrases of translated English, with what to write instead. Each is a whole phrase that no native speaker would write there, or a word
 * for which the project has another one.
 */
const phrases: ReadonlyArray<readonly [phrase: RegExp, instead: string]> = [
  [/\b(go|goes|going|went) on\b(?! (the|a|an|stdout|stderr)\b)/, "continue, resume"],
  [/\bstands? in(?! for)\b/, "is in"],
  [/\b(is|are|was|were|be|been) said\b/, "reported, shown, logged"],
  [/\btold\b/, "reported, shown; passed"],
  [/\ba person\b|\bpersons\b/, "the user"],
  [/\bwhoever\b/, "the caller, the operators"],
  [/\bpatience\b|\bpatiently\b/, "timeout, grace period, wait"],
  [/\b(on )?the way to (a|an|the) (host|gateway|server)\b/, "the route"],
  [/\bask(s|ed|ing)? (for )?again\b/, "retry"],
  [/\bsum(s|med|ming)? (it |them )?up\b/, "compact, summarize"],
  [/\bso many\b/, "how many, this many"],
  [/\bthat is to say\b|\bfirst of all\b/, "(nothing)"],
  [/\bwho asks\b/, "which credential"],
  [/\bthe house\b/, "the project"],
  [/\bfor ever\b/, "forever"],
  [/\ball the same\b/, "anyway"],
  [/\banew\b/, "again"],
  [/\bhand(s|ed|ing)? (it |them )?on\b/, "pass on, forward"],
  [/\b(that|which|who) (is|are) none\b/, "(what it is)"],
  [/\ba line each\b|\beach a line\b/, "one line per …"],
  [/\bgone\b/, "closed, removed, deleted"],
  [/\bword for word\b/, "verbatim"],
  [/\bbr(eak|eaks|oke|oken|eaking) off\b/, "is cut off"],
  [/\binstall \S+ again\b/, "reinstall"],
  [/\bends too early\b/, "is truncated"],
  [/\bmachine code\b/, "low-level code"],
  [/\/\*\* (is|are|does|do|can|may|has|have) [^.*]*\?/, "Whether … (a docstring states what its function answers)"],
  [/(\*\*|\.) (absent|true|false): [a-z]/, "If absent, …"]
]

/** Where such a phrase is right, with the reason. */
const rightPhrases: ReadonlyArray<{ readonly file: string; readonly phrase: string; readonly reason: string }> = [
  {
    file: "packages/agent/src/internal/shell/programs/git.ts",
    phrase: "patience",
    reason: "git's own option --patience"
  }
]

const root = fileURLToPath(new URL("../../..", import.meta.url))
const packages = join(root, "packages")

const filesBelow = (folder: string, pattern: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file))
    .map((file) => resolve(folder, file))

const sources = (name: string) => filesBelow(join(packages, name, "src"), /\.ts$/)

const imports = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!)

/** Groups of files that import each other, type-only imports included (Tarjan's strongly connected components). */
const circles = (graph: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const found: Array<ReadonlyArray<string>> = []
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: Array<string> = []
  const visit = (file: string): number => {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    stack.push(file)
    for (const next of graph.get(file)!) {
      if (!graph.has(next)) continue
      const reached = !order.has(next) ? visit(next) : stack.includes(next) ? order.get(next)! : Infinity
      lowest.set(file, Math.min(lowest.get(file)!, reached))
    }
    if (lowest.get(file) === order.get(file)) {
      const members = stack.splice(stack.indexOf(file))
      if (members.length > 1 || graph.get(file)!.includes(file)) found.push(members)
    }
    return lowest.get(file)!
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return found
}

describe("floors", () => {
  it("every package has a floor", () => {
    assert.sameMembers(readdirSync(packages), Object.keys(floors))
  })

  for (const [name, allowed] of Object.entries(floors)) {
    it(`${name} imports only packages below it`, () => {
      const files = sources(name)
      assert.isNotEmpty(files)
      for (const file of files) {
        for (const specifier of imports(file)) {
          const where = `${relative(packages, file)} imports ${specifier}`
          if (specifier.startsWith(".")) {
            assert.isTrue(resolve(dirname(file), specifier).startsWith(join(packages, name, "src") + sep), where)
          } else if (specifier.startsWith("@altimate-code/")) {
            assert.include(allowed, specifier.split("/")[1], where)
          } else {
            assert.notEqual(specifier, "altimate-code", where)
          }
        }
      }
    })

    it(`${name} declares no dependencies that it may not import`, () => {
      const { dependencies = {}, peerDependencies = {} } = JSON.parse(
        readFileSync(join(packages, name, "package.json"), "utf8")
      ) as { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> }
      const declared = Object.keys({ ...dependencies, ...peerDependencies })
        .filter((dependency) => dependency.startsWith("@altimate-code/"))
        .map((dependency) => dependency.split("/")[1]!)
      for (const dependency of declared) assert.include(allowed, dependency)
    })
  }
})

describe("files", () => {
  for (const name of Object.keys(floors)) {
    it(`of ${name} do not import each other in circles`, () => {
      const graph = new Map(
        sources(name).map((file) => [
          file,
          imports(file).filter((specifier) => specifier.startsWith(".")).map((specifier) =>
            resolve(dirname(file), specifier)
          )
        ])
      )
      assert.deepStrictEqual(
        circles(graph).map((files) => files.map((file) => relative(packages, file)).toSorted()),
        []
      )
    })

    it(`of ${name} have unique names`, () => {
      const names = sources(name).map((file) => basename(file).replace(/\.ts$/, "").toLowerCase()).toSorted()
      assert.deepStrictEqual(names.filter((each, index) => names.indexOf(each) !== index), [])
      const similar = names.flatMap((each) =>
        [`${each}s`, `${each}es`].filter((plural) => names.includes(plural)).map((plural) =>
          `${name}: ${each} ${plural}`
        )
      )
      assert.deepStrictEqual(similar, [])
    })

    it(`of ${name} are in folders of at most ${filesPerFolder} files`, () => {
      const folders = Object.entries(Arr.groupBy(sources(name), (file) => relative(packages, dirname(file))))
      const tooLarge = folders.filter(([, files]) => files.length > filesPerFolder)
      assert.deepStrictEqual(tooLarge.map(([folder, { length }]) => `${folder}: ${length}`), [])
    })
  }
})

describe("language", () => {
  const texts = [
    ...readdirSync(root).filter((file) => file.endsWith(".md")).map((file) => join(root, file)),
    ...filesBelow(join(root, "docs"), /\.(md|jsonc)$/),
    ...Object.keys(floors).flatMap((name) => [...sources(name), join(packages, name, "README.md")])
  ]

  for (const [phrase, instead] of phrases) {
    it(`has no ${phrase.source}; better: ${instead}`, () => {
      const found = texts.flatMap((path) => {
        const file = relative(root, path)
        // A phrase may be broken over two lines of a comment.
        const text = readFileSync(path, "utf8").replace(/\s*\n\s*(\*|\/\/|>)?\s*/g, " ")
        return [...text.matchAll(new RegExp(phrase.source, "gi"))]
          .map((match) => `${file}: …${text.slice(Math.max(0, match.index - 40), match.index + match[0].length + 30)}…`)
          .filter((hit) => !rightPhrases.some((right) => right.file === file && hit.includes(right.phrase)))
      })
      assert.isEmpty(found, found.join("\n"))
    })
  }
})
