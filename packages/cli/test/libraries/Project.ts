/** A project outside of the workspace that installs the packed libraries, compiles programs with two versions of TypeScript, and runs them. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { listening } from "../../../../test/Listening.ts"
import type { Program } from "./Programs.ts"

const root = fileURLToPath(new URL("../../../..", import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const execute = (
  command: string,
  args: ReadonlyArray<string>,
  { stdin = "", ...options }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly stdin?: string }
) =>
  Effect.async<Ended>((resume) => {
    const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "pipe"] })
    child.stdin.on("error", () => {}).end(stdin)
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text)
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text)
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => void child.kill())
  })

/**
 * Loads programs one after another, each when nothing of the one before is left to do, as if each were a process of its own. Its arguments are the path of
 * a program, the URL of its gateway, and so on.
 */
const runner = `
const programs = process.argv.slice(2)
let isLoaded = true
const next = async () => {
  if (!isLoaded) process.exit(13)
  const program = programs.shift()
  if (program === undefined) return
  process.env.GATEWAY_URL = programs.shift()
  process.stdout.write("\\f")
  process.stderr.write("\\f")
  process.chdir(program.slice(0, program.lastIndexOf("/")))
  isLoaded = false
  await import(program)
  isLoaded = true
}
process.on("beforeExit", next)
await next()
`

/**
 * Compiles with the older TypeScript. It also checks the declarations of the libraries, but not those of other packages, which expect \`skipLibCheck\`: they
 * take three times as long as all else.
 */
const compiler = `
import ts from "typescript"
const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile)
const home = process.cwd()
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, home, { skipLibCheck: false })
const program = ts.createProgram(fileNames, options)
const checked = program.getSourceFiles().filter(({ fileName }) => !/\\/node_modules\\/(?!@altimate-code\\/)/.test(fileName))
const found = [
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...checked.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
]
const names = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => home, getNewLine: () => "\\n" }
process.stdout.write(ts.formatDiagnostics(found, names))
`

const readJson = (path: string) => JSON.parse(readFileSync(`${root}${path}`, "utf8"))

/** Strict, as for the examples. Each program is compiled beside its source. */
const { outDir: _, ...compilerOptions } = readJson("examples/tsconfig.json").compilerOptions

/** The packages from npm that the examples name, as arguments of `npm install`. */
const peers = Object.entries<string>({
  ...readJson("examples/package.json").dependencies,
  ...readJson("examples/package.json").devDependencies
}).filter(([name]) => !name.startsWith("@altimate-code/")).map(([name, range]) => `${name}@${range}`)

const libraries = readdirSync(join(root, "dist")).filter((name) => /^altimate-code-[a-z]/.test(name)).map((name) =>
  join(root, "dist", name)
)

/**
 * The lowest versions that the peer ranges of the libraries allow, and of what those need: npm would install the newest that is allowed, which can need a
 * newer `effect` itself.
 */
const readLowest = Effect.map(
  Effect.forEach(
    libraries,
    (tarball) => execute("tar", ["-xzOf", tarball, "package/package.json"], { cwd: root, env: process.env })
  ),
  (manifests): Readonly<Record<string, string>> => ({
    ...Object.fromEntries(
      manifests.flatMap(({ stdout }) => Object.entries<string>(JSON.parse(stdout).peerDependencies)).map((
        [name, range]
      ) => [name, /\d+\.\d+\.\d+/.exec(range)![0]])
    ),
    "@effect/rpc": "0.71.0"
  })
)

/** Installs, and fails if npm finds that two packages do not fit together. */
const install = (home: string, packages: ReadonlyArray<string>, flags: ReadonlyArray<string> = []) =>
  Effect.gen(function*() {
    const all = ["--strict-peer-deps", "--prefer-offline", "--no-audit", "--no-fund", ...flags]
    // The whole environment: certificates and the registry of this machine are in it.
    const { code, stderr } = yield* execute("npm", ["install", ...all, ...libraries, ...packages], {
      cwd: home,
      env: process.env
    })
    assert.strictEqual(code, 0, stderr)
  })

/** Fails if npm cannot install the libraries with these versions; installs nothing. */
const resolve = (home: string, versions: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(home)
    yield* fs.writeFileString(join(home, "package.json"), JSON.stringify({ private: true }))
    yield* install(home, Object.entries(versions).map(([name, version]) => `${name}@${version}`), [
      "--package-lock-only"
    ])
  })

/** A program in the project: its folder is its working directory. */
interface Placed {
  readonly program: Program
  readonly script: string
  readonly gateway: Sandbox.Service
}

const gatewayUrl = "https://gw.example.com/bedrock/v1"
const otherUrl = /https:\/\/(?:vault|collector)\.example\.com/g

const startOther = (answers: Program["answers"]) =>
  Effect.map(
    listening(createServer(({ url = "" }, response) => {
      response.statusCode = Object.hasOwn(answers, url) ? 200 : 404
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify(answers[url] ?? {}))
    })),
    (port) => `http://127.0.0.1:${port}`
  )

const place = (home: string) => (program: Program, index: number) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const folder = join(home, program.project ?? "", `${index}`)
    const gateway = yield* Sandbox.make({ prefix: "/bedrock/v1", ...program.sandbox })
    const other = yield* startOther(program.answers)
    const files = { ...program.files, "program.ts": program.code }
    for (const [name, text] of Object.entries(files)) {
      yield* fs.makeDirectory(dirname(join(folder, name)), { recursive: true })
      yield* fs.writeFileString(
        join(folder, name),
        text.replaceAll(gatewayUrl, gateway.url).replaceAll(otherUrl, other)
      )
    }
    return { program, script: join(folder, "program.js"), gateway } satisfies Placed
  })

/** What a program wrote, and the requests that arrived at its gateway; nothing if one before it ended the process. */
export interface Outcome {
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  readonly requests: ReadonlyArray<Sandbox.RecordedRequest>
}

export interface Project {
  /** What the compilers reported. */
  readonly compiled: { readonly "5.9": string; readonly "7": string }
  readonly outcomes: ReadonlyMap<Program, Outcome>
}

/** Installs once, and runs the programs of each group in one process, two processes at a time. */
export const make = Effect.fn("Project.make")(
  function*(groups: ReadonlyArray<ReadonlyArray<Program>>) {
    const fs = yield* FileSystem.FileSystem
    const home = yield* Effect.flatMap(fs.makeTempDirectoryScoped({ prefix: "altimate-code-libraries-" }), fs.realPath)
    yield* fs.writeFileString(
      join(home, "package.json"),
      JSON.stringify({ private: true, type: "module", workspaces: ["others", "oldest"] })
    )
    // npm would let both projects share the libraries, with the newest of Effect's packages: so `oldest` gets copies, which find the AWS SDK of the other.
    const lowest = yield* readLowest
    yield* fs.makeDirectory(join(home, "oldest"))
    yield* fs.writeFileString(
      join(home, "oldest/package.json"),
      JSON.stringify({ name: "oldest", private: true, type: "module", dependencies: lowest })
    )
    // Other packages for Bedrock need other versions of Effect's packages.
    yield* fs.makeDirectory(join(home, "others"))
    yield* fs.copyFile(join(root, "examples/lines/package.json"), join(home, "others/package.json"))
    yield* Effect.all([install(home, peers), resolve(join(home, "resolved"), lowest)], { concurrency: 2 })
    yield* fs.copy(join(home, "node_modules/@altimate-code"), join(home, "oldest/node_modules/@altimate-code"))

    const placed = yield* Effect.forEach(groups.flat(), place(home))
    yield* fs.writeFileString(join(home, "runner.js"), runner)
    yield* fs.writeFileString(
      join(home, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["*/program.ts", "others/*/program.ts", "oldest/*/program.ts"] })
    )
    yield* fs.writeFileString(join(home, "compiler.js"), compiler)
    const options = { cwd: home, env: process.env }
    const [older, newer] = yield* Effect.all([
      execute(process.execPath, [join(home, "compiler.js")], options),
      execute(join(root, "node_modules/.bin/tsc"), ["--project", home, "--singleThreaded"], options)
    ], { concurrency: 2 })
    const locate = ({ stderr, stdout }: Ended) =>
      `${stdout}${stderr}`.replaceAll(/^(?:o\w+\/)?(\d+)\/program\.ts\((\d+)/gm, (_, index, line) => {
        const { page, line: first } = placed[Number(index)]!.program
        return `${page}(${first + Number(line) - 1}`
      })

    const outcomes = new Map<Program, Outcome>()
    const run = (group: ReadonlyArray<Program>) =>
      Effect.gen(function*() {
        const ours = placed.filter(({ program }) => group.includes(program))
        const scripts = ours.flatMap(({ gateway, script }) => [script, gateway.url])
        const { code, stderr, stdout } = yield* execute(process.execPath, [join(home, "runner.js"), ...scripts], {
          cwd: home,
          env: {
            HOME: home,
            PATH: process.env["PATH"],
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
            GATEWAY_TOKEN: "example-token"
          },
          ...(group[0]!.stdin !== undefined && { stdin: group[0]!.stdin })
        })
        const written = stdout.split("\f").slice(1)
        const errors = stderr.split("\f").slice(1)
        for (const [index, { gateway, program }] of ours.entries()) {
          const isLast = index === written.length - 1
          outcomes.set(program, {
            stdout: written[index],
            stderr: isLast && code !== 0 ? `${errors[index]}\nexit code ${code}` : errors[index],
            requests: yield* gateway.requests
          })
        }
      })
    yield* Effect.forEach(groups.filter(({ length }) => length > 0), run, { concurrency: 2, discard: true })
    return { compiled: { "5.9": locate(older), "7": locate(newer) }, outcomes } satisfies Project
  }
)
