/** The benchmarks, without timing anything: that they measure what they claim to measure. */
import { Entry } from "@altimate-code/agent/session/Session"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
// @ts-expect-error scripts have no types
import * as Answers from "../../../scripts/bench/answers.mjs"
// @ts-expect-error scripts have no types
import * as Baselines from "../../../scripts/bench/baselines.mjs"
// @ts-expect-error scripts have no types
import * as Pairs from "../../../scripts/bench/pairs.mjs"
// @ts-expect-error scripts have no types
import * as Scenes from "../../../scripts/bench/scenes.mjs"
// @ts-expect-error scripts have no types
import * as Table from "../../../scripts/bench/table.mjs"
import { bin } from "./BuiltCli.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const scripts = join(root, "scripts")

const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "altimate-code-bench-test-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

const gateway = Effect.acquireRelease(
  Effect.promise(async () => {
    const child = spawn(process.execPath, [join(scripts, "bench/gateway.mjs")], { stdio: ["pipe", "pipe", "inherit"] })
    const [url] = await once(createInterface({ input: child.stdout }), "line")
    return { child, url: url as string }
  }),
  ({ child }) => Effect.sync(() => child.stdin.end())
)

/** Where the commands are run, and with what. */
const scene = Effect.gen(function*() {
  const directory = yield* temporaryDirectory
  const { url } = yield* gateway
  const home: string = Scenes.makeHome(join(directory, "home"), url)
  const project: string = Scenes.makeProject(join(directory, "project"))
  const run = (file: string, args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
    Effect.promise(async () => {
      const child = spawn(process.execPath, [file, ...args], {
        cwd: project,
        env: { ...Scenes.makeEnvironment(home), ENDPOINT: url, ...env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let stdout = ""
      let stderr = ""
      child.stdout.setEncoding("utf8").on("data", (text) => stdout += text)
      child.stderr.setEncoding("utf8").on("data", (text) => stderr += text)
      const [code] = await once(child, "close")
      assert.strictEqual(code, 0, stderr)
      return { stdout, stderr }
    })
  return { directory, home, project, url, run }
})

/** The payloads of an event stream. */
const readEvents = (bytes: Buffer): ReadonlyArray<any> => { // oxlint-disable-line typescript/no-explicit-any
  const events = []
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at)
    events.push(JSON.parse(bytes.subarray(at + 12 + bytes.readUInt32BE(at + 4), at + size - 4).toString()))
    at += size
  }
  return events
}

const post = (url: string, prompt: string) =>
  Effect.promise(async () => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify({ messages: [prompt] }) })
    assert.strictEqual(response.status, 200)
    return readEvents(Buffer.from(await response.arrayBuffer()))
  })

describe("The gateway of the benchmarks", () => {
  it.scoped("answers every program with the same text", () =>
    Effect.gen(function*() {
      const { directory, run } = yield* scene
      const programs = yield* Effect.promise(
        (): Promise<Record<string, string>> => Baselines.bundlePrograms(directory)
      )
      assert.deepStrictEqual(Object.keys(programs), ["sdk", "codec", "library"])
      for (const [prompt, expected] of [["hello", Answers.shortText], ["bench:deltas:1234", Answers.textOf(1234)]]) {
        for (const program of Object.values(programs)) {
          assert.strictEqual((yield* run(program, [prompt])).stdout, expected, program)
        }
        assert.strictEqual((yield* run(bin, ["run", prompt])).stdout.trimEnd(), expected.trimEnd())
      }
    }))

  it.scoped("sends as many deltas as the prompt says, in Bedrock's events and in Claude's", () =>
    Effect.gen(function*() {
      const { url } = yield* gateway
      const converse = yield* post(`${url}/model/sonnet/converse-stream`, "bench:deltas:300")
      const texts = converse.flatMap((event) => event.delta?.text ?? [])
      assert.lengthOf(texts, 300)
      assert.strictEqual(texts.join(""), Answers.textOf(300))
      const invoke = (yield* post(`${url}/model/sonnet/invoke-with-response-stream`, "bench:deltas:300"))
        .map(({ bytes }) => JSON.parse(Buffer.from(bytes, "base64").toString()))
      assert.deepStrictEqual(invoke.flatMap((event) => event.delta?.text ?? []), texts)
      assert.deepStrictEqual([invoke.at(0).type, invoke.at(-1).type], ["message_start", "message_stop"])
      // Titles and the like do not take part.
      const small = yield* post(`${url}/model/haiku/converse-stream`, "bench:deltas:300")
      assert.strictEqual(small.flatMap((event) => event.delta?.text ?? []).join(""), Answers.shortText)
    }))

  it.scoped("calls a tool as often as the prompt says, and then answers", () =>
    Effect.gen(function*() {
      const { run } = yield* scene
      const { stderr, stdout } = yield* run(bin, ["run", "bench:reads:50"])
      assert.strictEqual(stdout.trimEnd(), Answers.shortText)
      assert.lengthOf(stderr.match(/read src\/file-\d+\.ts +60 lines/g) ?? [], 50)
    }))

  it.scoped("paces an answer", () =>
    Effect.gen(function*() {
      const { url } = yield* gateway
      const started = performance.now()
      const events = yield* post(`${url}/model/sonnet/converse-stream`, "bench:paced:500")
      assert.lengthOf(events.filter(({ delta }) => delta !== undefined), 500)
      assert.isAtLeast(performance.now() - started, 990)
    }))
})

describe("The sessions of the benchmarks", () => {
  it.scoped("are what the program writes", () =>
    Effect.gen(function*() {
      const { home, project, run } = yield* scene
      yield* run(bin, ["run", "bench:reads:2"])
      const sessions = join(home, ".local/share/altimate-code/session")
      const parse = (file: string) =>
        readFileSync(join(sessions, file), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line))
      const fieldsOf = (lines: ReadonlyArray<object>) =>
        Object.fromEntries(lines.map((line) => ["type" in line ? line.type : "", Object.keys(line).toSorted()]))
      const real = fieldsOf(parse(readdirSync(sessions)[0]!))
      const { file, id, size } = Scenes.writeSession(home, project, 500_000)
      const lines = parse(`${id}.jsonl`)
      assert.strictEqual(statSync(file).size, size)
      assert.isAtLeast(size, 500_000)
      for (const line of lines) {
        assert.deepStrictEqual(Schema.encodeSync(Entry)(Schema.decodeUnknownSync(Entry)(line)) as unknown, line)
      }
      const { summary, ...written } = fieldsOf(lines)
      assert.isDefined(summary)
      assert.deepStrictEqual(written, real)
      const { stderr, stdout } = yield* run(bin, ["run", "--session", id, "hello"])
      assert.strictEqual(stdout.trimEnd(), Answers.shortText)
      assert.strictEqual(stderr, "")
    }))

  it.scoped("are all listed", () =>
    Effect.gen(function*() {
      const { home, project, run } = yield* scene
      Scenes.writeSessions(home, project, 20, 400_000)
      const { stderr, stdout } = yield* run(bin, ["session", "list"])
      assert.strictEqual(stderr, "")
      assert.lengthOf(stdout.trimEnd().split("\n"), 21)
    }))
})

describe("The statistics of the benchmarks", () => {
  it("are of pairs in the same round", () => {
    // Twice as slow a machine in the second round, and a contestant that takes part only in some rounds.
    const ours = [{ cpu: 2 }, { cpu: 6 }, { cpu: 3 }]
    const others = [{ cpu: 1 }, undefined, { cpu: 2 }]
    assert.deepStrictEqual(Pairs.ratio(ours, others, "cpu"), { median: 1.75, min: 1.5, max: 2, count: 2 })
    assert.deepStrictEqual(Pairs.difference(ours, others, "cpu"), { median: 1, min: 1, max: 1, count: 2 })
    assert.deepStrictEqual(Pairs.figures(others, "cpu"), { median: 1.5, min: 1, max: 2, count: 2 })
    assert.strictEqual(Pairs.median([10, 9, 1]), 9)
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    assert.strictEqual(Pairs.percentile(hundred, 0.99), 99)
    assert.strictEqual(Pairs.percentile(hundred.slice(0, 10), 0.99), 100)
  })

  it.effect("run the contestants in turn, after a round that does not count", () =>
    Effect.promise(async () => {
      const order: Array<string> = []
      const runner = {
        run: ({ name }: { readonly name: string }) => {
          if (name === "fails" && order.length > 3) return Promise.reject(new Error("It failed."))
          order.push(name)
          return Promise.resolve({ cpu: order.length, wall: 1, memory: 1, first: 1 })
        }
      }
      const failures: Array<string> = []
      const onFailure = ({ message }: Error) => failures.push(message)
      const contestants = [{ name: "a" }, { name: "b", every: 2 }, { name: "fails", onFailure }]
      const runs = await Pairs.inTurn(runner, contestants, 3)
      assert.deepStrictEqual(order, ["a", "b", "fails", "a", "b", "a", "a", "b"])
      assert.deepStrictEqual(failures, ["It failed."])
      assert.deepStrictEqual(runs.a.map(({ cpu }: { readonly cpu: number }) => cpu), [4, 6, 7])
      assert.deepStrictEqual(Object.keys(runs.b), ["0", "2"])
      assert.deepStrictEqual(runs.fails, [])
    }))
})

interface Result {
  readonly cpu: number
  readonly wall: number
  readonly memory: number
  readonly first: number
  readonly stdout: string
}

const hasPython = spawnSync("python3", ["--version"]).status === 0

describe.runIf(hasPython)("What the benchmarks measure", () => {
  it.scoped("includes the children of the process, and fails with it", () =>
    Effect.gen(function*() {
      const directory = yield* temporaryDirectory
      const runner = yield* Effect.acquireRelease(
        Effect.sync(() => Pairs.makeRunner()),
        (runner) => Effect.promise(() => runner.close())
      )
      const run = (script: string, options = {}) =>
        Effect.tryPromise({
          try: (): Promise<Result> =>
            runner.run({
              name: "script",
              command: [process.execPath, "-e", script],
              cwd: directory,
              env: { PATH: process.env["PATH"] },
              ...options
            }),
          catch: (error) => error as Error
        })
      const busy = "while (process.cpuUsage().user < 300_000) for (let n = 0; n < 1e7; n++);"
      const parent = `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}]);`
      const result = yield* run(`${parent} console.log("done")`, { expected: "done" })
      assert.isAtLeast(result.cpu, 0.3)
      assert.isAtLeast(result.wall, result.first)
      assert.isAbove(result.memory, 10 * 1024 * 1024)
      assert.strictEqual(result.stdout, "done\n")
      assert.include((yield* Effect.flip(run("throw new Error('broken')"))).message, "broken")
      assert.include((yield* Effect.flip(run("0", { expected: "text" }))).message, "did not print")
      assert.include((yield* Effect.flip(run("setTimeout(() => {}, 8000)", { seconds: 0.5 }))).message, "-9")
    }))
})

describe("The tables of the benchmarks", () => {
  const row = {
    id: "hello-cpu",
    what: "`run hello`",
    figure: "CPU",
    unit: "×",
    atMost: 1.5,
    goal: 1,
    value: { median: 1.72, min: 1.6, max: 1.94, count: 15 },
    explanation: "Against a script."
  }
  const chosen = ["help-time", "hello-claude", "deltas-cpu", "echo-p99"].map((id) => ({ ...row, id, what: id }))
  const results = [{
    name: "hello",
    rows: [row, ...chosen, { ...row, id: "other", unit: "MiB", value: undefined, missing: "no npm" }],
    runs: { ours: [{ cpu: 0.1, wall: 0.2, memory: 2 ** 20 * 80, first: 0.15 }, null] }
  }]

  it("show by how much a limit is missed", () => {
    const page: string = Table.toPage(results, [["Node", "v20"]])
    assert.include(
      page,
      "| `run hello`, CPU | 1.72 × (1.60 to 1.94) | ≤ 1.5 × | **no**, by 0.22 × | 1 × | Against a script. |"
    )
    assert.include(page, "| not measured: no npm | ≤ 1.5 MiB | – |")
    assert.include(page, "| altimate-code | 1 | 0.10 (0.10 to 0.10) | 0.20 (0.20 to 0.20) | 80 (80 to 80) | 0.15")
    // Written by hand, and not lost with new figures.
    assert.include(page, "## Where the time of `run hello` goes\n")
    assert.include(Table.toText(results), "run hello, CPU  ")
    const at = (median: number, limit: object) =>
      Table.isMet({ ...row, atMost: undefined, ...limit, value: { ...row.value, median } })
    assert.deepStrictEqual(
      [at(1.5, { atMost: 1.5 }), at(1.51, { atMost: 1.5 }), at(2, { atLeast: 2 }), at(1.9, { atLeast: 2 }), at(1, {})],
      [true, false, true, false, undefined]
    )
  })

  it("replace the rows of the README, and nothing else", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const updated: string = Table.updateReadme(readme, results)
    assert.include(updated, "| `run hello`, CPU | 1.72 × (1.60 to 1.94) | ≤ 1.5 × | **no**, by 0.22 × |\n")
    assert.strictEqual(Table.updateReadme(updated, results), updated)
    const outside = (text: string) => text.replace(/<!-- rows[^]*<!-- end of these rows -->/, "")
    assert.strictEqual(outside(updated), outside(readme))
  })

  it("are the same in the README and in docs/performance.md", () => {
    const [, table = ""] = readFileSync(join(root, "README.md"), "utf8").split(/<!-- (?:rows|end)[^]*?-->/)
    const rows = table.trim().split("\n").slice(2)
    assert.lengthOf(rows, 5)
    const page = readFileSync(join(root, "docs/performance.md"), "utf8")
    for (const each of rows) assert.include(page, `\n${each}`)
  })
})

describe("pnpm bench", () => {
  it("explains its options, and what is wrong with them", () => {
    const bench = (...args: ReadonlyArray<string>) =>
      spawnSync(process.execPath, [join(scripts, "bench.mjs"), ...args], { encoding: "utf8" })
    assert.include(bench("--help").stdout, "--only NAME")
    for (
      const [args, message] of [
        [["--only", "nothing"], "There is nothing named \"nothing\" to measure."],
        [["--pairs", "many"], "--pairs takes a number"],
        [["--pairs", "101"], "--pairs takes a number"],
        [["--write"], "--write needs --peers"],
        [["--fast"], "--fast"],
        [["fast"], "Unknown argument: fast"]
      ] as const
    ) {
      const { status, stderr } = bench(...args)
      assert.strictEqual(status, 2)
      assert.include(stderr, message)
    }
  })
})
