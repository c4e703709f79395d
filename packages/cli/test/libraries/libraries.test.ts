import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFileSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { make, type Project } from "./Project.ts"
// @ts-expect-error scripts have no types
import * as Lines from "../../../../scripts/lines.mjs"
import { pages, type Program, readExample, readPage, readPrograms } from "./Programs.ts"

const only = process.env["LIBRARY_PAGES"]
const chapters = pages.filter((page) => only === undefined || new RegExp(only).test(page)).map((page) => ({
  page,
  programs: readPrograms(page)
})).filter(({ programs }) => programs.length > 0)

const answering = (...texts: ReadonlyArray<string>) => ({
  script: texts.map((text) => ({ blocks: [{ type: "text", text }] as const }))
})

const examples = [
  readExample("chat", {
    sandbox: answering("Hello Ann.", "Your name is Ann."),
    stdin: "I am Ann.\nWhat is my name?\n\n",
    output: "> Hello Ann.\n> Your name is Ann.\n> "
  }),
  readExample("review", {
    sandbox: {
      script: [{
        blocks: [{
          type: "toolUse",
          name: "review",
          input: { findings: [] }
        }]
      }]
    },
    stdin: "--- a\n+++ b\n",
    output: ""
  }),
  readExample("assistant", {
    sandbox: {
      script: [
        { blocks: [{ type: "toolUse", name: "glob", input: { pattern: "*.md" } }] },
        { blocks: [{ type: "text", text: "There is one page." }] }
      ]
    },
    files: { "notes.md": "# Notes\n" },
    output: "There is one page.\n",
    errors: "glob *.md: 1 file\n"
  })
]

const exampleProject = JSON.parse(readPage("examples/package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The programs of `examples/lines`, by column. */
const uses = readdirSync(new URL("../../../../examples/lines", import.meta.url)).filter((name) => !name.includes("."))
const columns = (["ours", "effect-ai", "ai-sdk"] as const).map((column) =>
  uses.map((use) =>
    readExample(`lines/${use}/${column}`, {
      ...JSON.parse(readPage(`examples/lines/${use}/run.json`)) as Pick<Program, "answers" | "output" | "sandbox">,
      ...(column !== "ours" && { project: "others" })
    })
  )
)

class Compiled extends Context.Tag("Compiled")<Compiled, Project>() {}

/** `node:test` reports when its process ends. */
const isTest = ({ code }: Program) => code.includes("node:test")
const [runnable, tests] = Arr.partition(chapters.flatMap(({ programs }) => programs), isTest)
const [ours = [], ...others] = columns
const [alone, together] = Arr.partition(examples, ({ stdin }) => stdin === undefined)

/** The programs that need no packages of Effect but the peers of the libraries, with the lowest versions of those. */
const withOldest = runnable.filter(({ code }) => !/ from "@effect\/(?!ai"|platform")/.test(code)).map((
  program
): Program => ({ ...program, project: "oldest" }))

/** A process loads Effect and the AWS SDK once, not once for every program. Only a program with standard input has one of its own. */
const groups = only === undefined
  ? [
    ...Arr.split([...runnable, ...together, ...ours], 2),
    tests,
    withOldest,
    ...alone.map((program) => [program]),
    ...others
  ]
  : [runnable, tests, withOldest]

const project = Layer.scoped(Compiled, make(groups)).pipe(
  Layer.provide(NodeContext.layer)
)

const isPackage = (name: string) => !name.startsWith("node:") && name !== "node"

/** As the pages name them: `3` for Effect itself, and two numbers for a package that is not stable. */
const supported: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries<string>({ ...exampleProject.dependencies, ...exampleProject.devDependencies })
    .map(([name, range]) => [name, /[1-9]\d*|0\.\d+/.exec(range)![0]])
)

/** The requests in the form of an `http` block: only the headers that the block has. */
const describeRequests = (program: Program, { outcomes }: Project): ReadonlyArray<string> => {
  const shown = new Set(program.requests?.map((line) => /^([a-z-]+): /.exec(line)?.[1]))
  return outcomes.get(program)!.requests.flatMap(({ headers, method, path }) => [
    `${method} ${path}`,
    ...Object.entries(headers).filter(([name]) => shown.has(name)).map(([name, value]) => `${name}: ${value}`)
  ])
}

layer(project)("the packed libraries", (it) => {
  for (const version of ["5.9", "7"] as const) {
    it.effect(`compile every program of their pages with TypeScript ${version}`, () =>
      Effect.map(Compiled, ({ compiled }) => assert.strictEqual(compiled[version], "")))
  }

  /** As a terminal shows it: a carriage return begins the line again. */
  const shown = (text: string) => text.replaceAll(/^.*\r/gm, "")

  const check = (program: Program, project: Project) => {
    const where = `${program.page}:${program.line}`
    const { stderr, stdout } = project.outcomes.get(program)!
    assert.strictEqual(stderr, program.errors, where)
    assert.isDefined(stdout, `${where} did not run, because a program before it ended the process`)
    if (program.output !== undefined) assert.strictEqual(shown(stdout!), program.output, where)
    if (program.requests !== undefined) {
      assert.deepStrictEqual(describeRequests(program, project), program.requests, where)
    }
  }

  it.effect("run their programs with the lowest versions of their peers", () =>
    Effect.map(Compiled, (project) => withOldest.forEach((program) => check(program, project))))

  for (const { page, programs } of chapters) {
    it.effect(`run every program of ${page}`, () =>
      Effect.map(Compiled, (project) => programs.forEach((program) => check(program, project))))

    const imported = new Set(
      programs.flatMap(({ code }) => [...code.matchAll(/ from "((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name]) => name!))
    )
    it(`are all named by ${page}, with their versions`, () => {
      const named = [...readPage(page).matchAll(/^npm install (?:--save-dev )?(.*)$/gm)].flatMap(([, names]) =>
        names!.split(" ")
      )
      for (const name of imported) {
        if (!isPackage(name)) continue
        assert.include(named.map((each) => each.replace(/(?<=.)@[\d.]+$/, "")), name, page)
      }
      for (const each of named) {
        const [, name, version] = /^(.+?)(?:@([\d.]+))?$/.exec(each)!
        if (name!.startsWith("@altimate-code/")) continue
        assert.strictEqual(version, supported[name!], `${page}: ${each}`)
      }
    })
  }

  if (only === undefined) {
    for (const example of examples) {
      it.effect(`run ${example.page}`, () => Effect.map(Compiled, (project) => check(example, project)))
    }
    for (const program of columns.flat()) {
      it.effect(`print the same in ${program.page} as with other packages`, () =>
        Effect.map(Compiled, (project) => check(program, project)))
    }
  }
})

describe("the pages about the libraries", () => {
  it("have the current table of lines", () => {
    execFileSync(process.execPath, [
      fileURLToPath(new URL("../../../../scripts/lines.mjs", import.meta.url)),
      "--check"
    ])
  })

  it("replace each decision with a program of less than 15 lines", () => {
    for (const { code, line } of readPrograms("docs/libraries/policies.md")) {
      assert.isBelow(Lines.countLines(code), 15, `line ${line}`)
    }
  })
})
