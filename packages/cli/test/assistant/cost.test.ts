import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Since from "../../src/commands/usage/since.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { readSnippets, splitWords } from "../docs/Page.ts"

const env = { AWS_BEARER_TOKEN_BEDROCK: "cost-token", TZ: "UTC" }

const says = (text: string, usage: Script[number]["usage"]) => ({ blocks: [{ type: "text", text }], usage }) as const

/** A dollar for 10,000 tokens of input, ten for output. */
const models = {
  "anthropic.claude-sonnet-4-6-v1": { cost: { input: 100, output: 1000, cache_read: 10, cache_write: 125 } },
  "dear": { cost: { input: 10_000, output: 100_000 } }
}

const aDollar = { inputTokens: 10_000, outputTokens: 0 }

const start = (script: Script, options: Record<string, unknown> = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    const { model, provider } = guideConfig(sandbox.url, options)
    yield* home.writeGlobalConfig({ model, provider: { "amazon-bedrock": { ...provider["amazon-bedrock"], models } } })
    const sessions = join(home.home, ".local/share/altimate-code/session")
    const run = (...args: ReadonlyArray<string>) => home.run(args, { env })
    const lines = (text: string) => text.trimEnd().split("\n")
    return {
      home,
      sandbox,
      sessions,
      run,
      runJson: (...args: ReadonlyArray<string>) =>
        Effect.map(run(...args), ({ stdout }) =>
          lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>)),
      readUsage: (...args: ReadonlyArray<string>) =>
        Effect.map(run("usage", "--format", "json", ...args), ({ stdout }) =>
          JSON.parse(stdout) as {
            readonly rows: ReadonlyArray<Record<string, unknown>>
            readonly total: Record<string, unknown>
          })
    }
  })

layer(NodeContext.layer)("the cost of answers", (it) => {
  it.scoped("counts input, cache and output at the prices of the model that answered, and keeps them", () =>
    Effect.gen(function*() {
      const cached = {
        inputTokens: 1000,
        outputTokens: 500,
        cacheReadInputTokens: 10_000,
        cacheWriteInputTokens: 4000
      }
      const { home, readUsage, run, runJson, sessions } = yield* start([
        says("one", cached),
        // A write for an hour costs twice as much as input.
        says("two", {
          ...cached,
          cacheDetails: [{ ttl: "1h", inputTokens: 3000 }, { ttl: "5m", inputTokens: 1000 }]
        }),
        says("three", { inputTokens: 10, outputTokens: 10 }),
        says("four", { inputTokens: 10, outputTokens: 10 })
      ])
      const first = yield* runJson("run", "--format", "json", "hi")
      assert.deepInclude(first.at(-2), { type: "usage", cost: 1.2 })
      assert.deepInclude(first.at(-1), { type: "finish", cost: 1.2 })
      yield* run("run", "-c", "on")
      yield* run("run", "-c", "-m", "dear", "on")
      const unknown = yield* runJson("run", "-c", "-m", "house-model", "--format", "json", "on")
      assert.strictEqual(unknown.at(-1)!["cost"], undefined)
      assert.strictEqual(unknown.at(-1)!["costIsMinimum"], true)
      // 1.2; then 0.1 + 0.5 + 0.1 + 0.125 + 0.6; then 0.1 + 1.
      const total = 1.2 + 1.425 + 1.1
      const { rows } = yield* readUsage("--by", "model")
      assert.deepStrictEqual(
        rows.map(({ cost, costIsMinimum, model, requests }) => [model, requests, cost, costIsMinimum]),
        [
          ["us.anthropic.claude-sonnet-4-6-v1", 2, 2.625, false],
          ["dear", 1, 1.1, false],
          ["house-model", 1, null, true]
        ]
      )
      const [file = ""] = readdirSync(sessions)
      const shown = yield* run("session", "show", file.replace(".jsonl", ""))
      assert.include(shown.stdout, `Cost: at least $${(total + 0.001).toFixed(2)} for 4 requests, `)
      assert.include(shown.stdout, "1 request has no known price.")

      // Another price later changes nothing.
      yield* home.writeGlobalConfig(guideConfig("http://127.0.0.1:9"))
      assert.strictEqual((yield* readUsage()).total["cost"], 3.725)
    }))

  it.scoped("has a limit, which stops a session before the next request until it is raised", () =>
    Effect.gen(function*() {
      const { run, runJson, sandbox } = yield* start([says("one", aDollar), says("two", aDollar)], { maxCost: 1 })
      assert.strictEqual((yield* run("run", "hi")).code, 0)
      const stopped = yield* run("run", "-c", "on")
      assert.strictEqual(stopped.code, 1)
      assert.include(
        stopped.stderr,
        "error: The session has cost $1.00 and reached its limit of $1.00. No further request was sent."
      )
      assert.include(stopped.stderr, "--continue --max-cost USD")
      const [, error] = yield* runJson("run", "-c", "--format", "json", "on")
      assert.deepInclude(error, { type: "error", reason: "CostLimit" })
      assert.strictEqual((yield* sandbox.requests).length, 1)
      const continued = yield* run("run", "-c", "--max-cost", "1.5", "on")
      assert.deepStrictEqual([continued.code, continued.stdout], [0, "two\n"])
      // The answer is complete, but it has cost more than was allowed.
      assert.strictEqual(
        continued.stderr,
        "note: The session has cost $2.00, more than its limit of $1.50. The limit is checked before each request, so the next one will not be sent.\n"
      )
      // Claude Code's name.
      assert.strictEqual((yield* run("run", "-c", "--max-budget-usd", "2", "on")).code, 1)
    }))

  it.scoped("reports that a limit can't be enforced for a model without a price", () =>
    Effect.gen(function*() {
      const { run } = yield* start([says("one", aDollar), says("two", aDollar)])
      const { code, stderr } = yield* run("run", "--max-cost", "1", "-m", "house-model", "hi")
      assert.strictEqual(code, 0)
      assert.include(
        stderr,
        "note: The cost limit of $1.00 can't be enforced, because the price of house-model is unknown."
      )
      const later = yield* run("run", "-c", "--max-cost", "1", "on")
      assert.include(later.stderr, "note: The cost limit does not count the whole session so far.")
    }))

  for (const amount of ["0", "-1", "much", "Infinity"]) {
    it.scoped(`refuses --max-cost ${amount}`, () =>
      Effect.gen(function*() {
        const { run } = yield* start([])
        const { code, stderr } = yield* run("run", `--max-cost=${amount}`, "hi")
        assert.strictEqual(code, 2)
        assert.include(stderr, "--max-cost must be an amount of US dollars above 0")
      }))
  }
})

layer(NodeContext.layer)("altimate-code usage", (it) => {
  /** Lines of a session as versions before costs wrote them, and as this one does. */
  const session = (id: string, directory: string, ...answers: ReadonlyArray<Record<string, unknown>>) =>
    [
      { type: "session", version: 1, id, directory, time: "2026-11-20T10:00:00.000Z" },
      {
        type: "user",
        message: { role: "user", content: [{ type: "text", text: `Title of\n${id}` }] },
        time: "2026-11-20T10:00:00.000Z"
      },
      ...answers
    ].map((line) => `${JSON.stringify(line)}\n`).join("")
  const usage = { input: 1000, output: 100, cacheRead: 0, cacheWrite: 0 }
  const answer = (time: string, more: Record<string, unknown> = {}) => ({
    type: "assistant",
    message: { role: "assistant", content: "x".repeat(300_000) },
    reason: "stop",
    usage,
    time,
    ...more
  })

  const stored = Effect.gen(function*() {
    const started = yield* start([])
    mkdirSync(started.sessions, { recursive: true })
    const write = (name: string, text: string) => writeFileSync(join(started.sessions, `${name}.jsonl`), text)
    write(
      "a",
      session(
        "a",
        "/shop",
        answer("2026-11-20T22:30:00.000Z", { cost: 1, model: "m" }),
        answer("2026-11-21T01:00:00.000Z", { cost: 2, model: "n" })
      )
    )
    write("b", session("b", "/cart, \"old\"", answer("2026-11-21T02:00:00.000Z")))
    return { ...started, write }
  })

  it.scoped("adds up by day of the local time, with a total, and says which costs are unknown", () =>
    Effect.gen(function*() {
      const { home } = yield* stored
      const berlin = yield* home.run(["usage"], { env: { ...env, TZ: "Europe/Berlin" } })
      assert.strictEqual(
        berlin.stdout,
        `DAY         REQUESTS  INPUT  CACHE READ  CACHE WRITE  OUTPUT            COST
2026-11-20         1  1,000           0            0     100           $1.00
2026-11-21         2  2,000           0            0     200  at least $2.00
TOTAL              3  3,000           0            0     300  at least $3.00
`
      )
      assert.strictEqual(berlin.stderr, "note: 1 request has no known price.\n")
      const tokyo = yield* home.run(["usage", "--since", "2026-11-21"], { env: { ...env, TZ: "Asia/Tokyo" } })
      assert.match(tokyo.stdout, /^2026-11-21 +3 /m)
    }))

  it.scoped("groups by month, model, project and session, for people and programs", () =>
    Effect.gen(function*() {
      const { readUsage, run } = yield* stored
      const keys = (by: string) =>
        Effect.map(readUsage("--by", by), ({ rows }) => rows.map((row) => [row[by], row["cost"]]))
      assert.deepStrictEqual(yield* keys("month"), [["2026-11", 3]])
      assert.deepStrictEqual(yield* keys("model"), [["n", 2], ["m", 1], ["(unknown)", null]])
      assert.deepStrictEqual(yield* keys("project"), [["/shop", 3], ["/cart, \"old\"", null]])
      assert.deepStrictEqual(yield* keys("session"), [["a", 3], ["b", null]])
      assert.match((yield* run("usage", "--by", "session")).stdout, /^a .* Title of a$/m)
      assert.strictEqual(
        (yield* run("usage", "--by", "project", "--format", "csv")).stdout,
        `project,requests,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,cost_usd,cost_is_minimum
/shop,2,2000,0,0,200,3,false
"/cart, ""old""",1,1000,0,0,100,,true
`
      )
    }))

  it.scoped("counts copies once, and reports lines that can't be read without stopping", () =>
    Effect.gen(function*() {
      const { readUsage, run, sessions, write } = yield* stored
      copyFileSync(join(sessions, "a.jsonl"), join(sessions, "a-backup.jsonl"))
      // Another process is about to finish the last line.
      const text = readFileSync(join(sessions, "b.jsonl"), "utf8")
      write("b", `${text}{"type":"assistant","usage":{}}\n{"type":"tool-result","x":\n{"type":"assis`)
      assert.strictEqual((yield* readUsage()).total["requests"], 3)
      const { code, stderr } = yield* run("usage")
      assert.strictEqual(code, 0)
      assert.match(stderr, /^note: 1 line of \S*b\.jsonl can't be read and may be missing\.$/m)
    }))

  it.scoped("counts what a fork copied only with the original, and lists both with their titles", () =>
    Effect.gen(function*() {
      const { readUsage, run, sessions } = yield* stored
      const forked = yield* run("session", "fork", "a")
      const id = forked.stdout.trimEnd()
      assert.match(id, /^\d{8}-\d{6}-\w{4}$/)
      assert.strictEqual(forked.stderr, "Copied session a. The ID of the copy:\n")
      assert.strictEqual(statSync(join(sessions, `${id}.jsonl`)).mode & 0o777, 0o600)
      assert.strictEqual((yield* readUsage()).total["requests"], 3)

      const renamed = yield* run("session", "mv", id, "Another", "way")
      assert.deepStrictEqual([renamed.stdout, renamed.stderr], [`Renamed session ${id}.\n`, ""])
      const list = (yield* run("session", "list")).stdout
      assert.match(list, new RegExp(`^${id} .*/shop +Another way$`, "m"))
      assert.match(list, /^a .*\/shop +Title of a$/m)
      const body = (id: string) =>
        Effect.map(run("session", "export", id), ({ stdout }) => stdout.slice(stdout.indexOf("## You")))
      assert.include(yield* body("a"), "Title of\na")
      assert.strictEqual(yield* body(id), yield* body("a"))

      // Without the original, the copied requests are those of its oldest fork, of however many.
      yield* run("session", "fork", id)
      yield* run("session", "fork", "a")
      assert.strictEqual((yield* readUsage()).total["requests"], 3)
      yield* run("session", "rm", "a", "--yes")
      assert.strictEqual((yield* readUsage()).total["requests"], 3)
      yield* run("session", "rm", "-y", id)
      assert.strictEqual((yield* readUsage()).total["requests"], 3)
      for (const args of [["fork", "zzz"], ["rename", "zzz", "x"]]) {
        const { code, stderr } = yield* run("session", ...args)
        assert.strictEqual(code, 2)
        assert.include(stderr, "There is no session \"zzz\".")
      }
      assert.strictEqual((yield* run("session", "rename", id)).code, 2)
      const blank = yield* run("session", "rename", id, " ")
      assert.deepStrictEqual([blank.code, blank.stderr.split("\n")[0]], [2, "error: The title is empty."])
    }))

  it.scoped("says so if there is nothing, and refuses a time that it does not know", () =>
    Effect.gen(function*() {
      const { run } = yield* start([])
      assert.strictEqual((yield* run("usage")).stdout, "There are no requests yet.\n")
      const { code, stderr } = yield* run("usage", "--since", "7x")
      assert.strictEqual(code, 2)
      assert.include(
        stderr,
        "--since must be a time such as 24h, 7d, 2w, today, or a date such as 2026-11-20, but was given \"7x\"."
      )
    }))
})

describe("--since", () => {
  const now = new Date(2026, 10, 27, 15, 30)
  const times = [
    ["24h", new Date(2026, 10, 26, 15, 30)],
    ["7d", new Date(2026, 10, 20)],
    ["2w", new Date(2026, 10, 13)],
    ["today", new Date(2026, 10, 27)],
    ["2026-02-28", new Date(2026, 1, 28)],
    ...["7", "d", "-1d", "2026-02-30", "2026-13-01", "2026-1-1", "yesterday?", ""].map((text) =>
      [text, undefined] as const
    )
  ] as const
  for (const [text, time] of times) {
    it(`${JSON.stringify(text)} is ${time?.toString() ?? "refused"}`, () =>
      assert.deepStrictEqual(Option.getOrUndefined(Since.parse(text, now)), time))
  }
})

/** The page's blocks of code: its commands run, and its settings are known. */
layer(NodeContext.layer)("docs/cost.md", (it) => {
  const blocks = readSnippets("cost.md")
  const answers = Array.from({ length: 9 }, () => says("done", { inputTokens: 1, outputTokens: 1 }))

  for (const { text } of blocks.filter(({ language }) => language === "json")) {
    it.scoped(`shows settings that have an effect: ${text.replace(/\s+/g, " ").slice(0, 60)}`, () =>
      Effect.gen(function*() {
        const { home, sandbox } = yield* start(answers)
        yield* home.writeGlobalConfig(text)
        const content = { ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify(guideConfig(sandbox.url)) }
        const unknown = yield* home.run(["config", "show", "--unknown"], { env: { ...env, ...content } })
        assert.strictEqual(unknown.stdout, "All settings in the files have an effect here.\n")
        const { code, stderr } = yield* home.run(["run", "hi"], { env: { ...env, ...content } })
        assert.deepStrictEqual([code, stderr], [0, ""])
      }))
  }

  it.scoped("shows commands that work", () =>
    Effect.gen(function*() {
      const { run } = yield* start(answers)
      const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.split("\n"))
      assert.lengthOf(commands, 7)
      for (const command of commands) {
        const [, ...args] = splitWords(command.replace(/\s+#.*$/, ""))
        const { code, stderr } = yield* run(...args)
        assert.deepStrictEqual([code, stderr], [0, ""], command)
      }
    }))
})
