import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { readSnippets, splitWords } from "../../docs/Page.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "thinking-token-123" }
const sessions = ".local/share/altimate-code/session"

interface Body {
  readonly additionalModelRequestFields?: object
  readonly inferenceConfig?: { readonly maxTokens: number }
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: ReadonlyArray<object> }>
}

const setUp = (options: Sandbox.Options = {}, model = "anthropic.claude-sonnet-4-6-v1") =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(options)
    const home = yield* makeHome
    const configure = (config: object) =>
      home.writeGlobalConfig(mergeDeep({ ...guideConfig(sandbox.url), model: `amazon-bedrock/${model}` }, config))
    yield* configure({})
    const run = (...args: ReadonlyArray<string>) => home.run(["run", "hi", "--no-tools", ...args], { env: token })
    const bodies = Effect.map(sandbox.requests, (requests) => requests.map(({ body }) => body as Body))
    return { sandbox, home, configure, run, bodies }
  })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const mergeDeep = (under: Record<string, unknown>, over: object): Record<string, unknown> => ({
  ...under,
  ...Object.fromEntries(
    Object.entries(over).map(([name, value]) => {
      const below = under[name]
      return [name, isObject(below) && isObject(value) ? mergeDeep(below, value) : value]
    })
  )
})
const options = (given: object) => ({ provider: { "amazon-bedrock": { options: given } } })
const models = (given: object) => ({ provider: { "amazon-bedrock": { models: given } } })

const adaptive = { type: "adaptive" }

layer(NodeContext.layer)("The effort", (it) => {
  it.scoped("is the flag's, else the model's, else the general one, else the model's own", () =>
    Effect.gen(function*() {
      const { bodies, configure, run } = yield* setUp()
      const sent = Effect.map(bodies, (all) => all.at(-1)!.additionalModelRequestFields)
      const ask = (...args: ReadonlyArray<string>) =>
        Effect.gen(function*() {
          const { code, stderr } = yield* run(...args)
          assert.strictEqual(code, 0, stderr)
          assert.strictEqual(stderr, "")
          return yield* sent
        })
      assert.deepStrictEqual(yield* ask(), { thinking: adaptive })
      assert.isUndefined(yield* ask("--effort", "off"))
      yield* configure(options({ effort: "low" }))
      assert.deepStrictEqual(yield* ask(), { thinking: adaptive, output_config: { effort: "low" } })
      yield* configure(mergeDeep(
        options({ effort: "low" }),
        models({ "anthropic.claude-sonnet-4-6-v1": { effort: "medium" } })
      ))
      assert.deepStrictEqual(yield* ask(), { thinking: adaptive, output_config: { effort: "medium" } })
      assert.deepStrictEqual(yield* ask("--effort", "max"), { thinking: adaptive, output_config: { effort: "max" } })
      // opencode's name for it.
      assert.deepStrictEqual(yield* ask("--variant", "high"), { thinking: adaptive, output_config: { effort: "high" } })
    }))

  it.scoped("that the model does not have is replaced, with a note", () =>
    Effect.gen(function*() {
      const { bodies, run } = yield* setUp()
      const { code, stderr } = yield* run("--effort", "xhigh")
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stderr, "note: Claude Sonnet 4.6 does not have effort xhigh. Effort high is used.\n")
      assert.deepInclude((yield* bodies)[0]!.additionalModelRequestFields, { output_config: { effort: "high" } })
    }))

  it.scoped("must be one of the known ones", () =>
    Effect.gen(function*() {
      const { bodies, run } = yield* setUp()
      const { code, stderr } = yield* run("--effort", "ultra")
      assert.strictEqual(code, 2)
      assert.include(stderr, "--effort does not accept \"ultra\"")
      assert.isEmpty(yield* bodies)
    }))

  it.scoped("is in the start event of --format json, and reasoning in events of its own", () =>
    Effect.gen(function*() {
      const { run } = yield* setUp({
        script: [{ blocks: [{ type: "reasoning", text: "Hm.", signature: "s" }, { type: "text", text: "Yes." }] }]
      })
      const { stdout } = yield* run("--effort", "low", "--format", "json")
      const events = stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      assert.strictEqual(events[0]!["effort"], "low")
      assert.deepInclude(events, { type: "reasoning", text: "Hm." })
    }))

  it.scoped("is left out for a gateway that refuses it, and the note names drop", () =>
    Effect.gen(function*() {
      const { bodies, configure, run } = yield* setUp({ refuse: ["output_config"] })
      const { code, stderr } = yield* run("--effort", "low")
      assert.strictEqual(code, 0, stderr)
      assert.match(
        stderr,
        /^note: Requests are sent without output_config, [^\n]+ set options.drop to \["output_config"\]\.\n$/
      )
      assert.deepStrictEqual((yield* bodies).map((body) => body.additionalModelRequestFields), [
        { thinking: adaptive, output_config: { effort: "low" } },
        { thinking: adaptive }
      ])
      yield* configure(options({ drop: ["output_config"] }))
      const again = yield* run("--effort", "low")
      assert.strictEqual(again.stderr, "")
      assert.strictEqual((yield* bodies).length, 3)
    }))
})

layer(NodeContext.layer)("An answer", (it) => {
  const cut = { stopReason: "max_tokens" }

  it.scoped("that reaches its limit in its text is continued once by a message of the user", () =>
    Effect.gen(function*() {
      const { bodies, home, run } = yield* setUp({
        script: [
          {
            blocks: [{ type: "reasoning", text: "Hm.", signature: "s" }, { type: "text", text: "One, two, th" }],
            ...cut
          },
          { blocks: [{ type: "text", text: "ree." }] }
        ]
      })
      const { code, stderr, stdout } = yield* run()
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stdout, "One, two, three.\n")
      assert.match(
        stderr,
        /^note: The answer reached its token limit and continues\. --max-tokens raises the limit\.\n$/
      )
      const { messages } = (yield* bodies)[1]!
      assert.deepStrictEqual(messages.map(({ role }) => role), ["user", "assistant", "user"])
      // Signed reasoning goes back unchanged.
      assert.deepInclude(messages[1]!.content[0], {
        reasoningContent: { reasoningText: { text: "Hm.", signature: "s" } }
      })
      const [file] = readdirSync(join(home.home, sessions)).filter((name) => name.endsWith(".jsonl"))
      assert.include(readFileSync(join(home.home, sessions, file!), "utf8"), "\"signature\":\"s\"")
    }))

  it.scoped("that reaches its limit in a tool call fails, and says what to set", () =>
    Effect.gen(function*() {
      const { bodies, home } = yield* setUp({
        script: [{
          blocks: [{ type: "text", text: "I write." }, {
            type: "toolUse",
            name: "write",
            input: ["{\"path\": \"a.txt\", \"content\": \"half"]
          }],
          ...cut
        }]
      })
      const { code, stderr } = yield* home.run(["run", "write it", "--yolo"], { env: token })
      assert.strictEqual(code, 1)
      assert.include(stderr, "The answer reached its token limit inside a call of write, which was not run")
      assert.notInclude(stderr, "token limit again")
      assert.include(stderr, "--max-tokens")
      assert.strictEqual((yield* bodies).length, 1)
    }))

  it.scoped("may be 32,000 tokens long, unless limit.output or --max-tokens says otherwise", () =>
    Effect.gen(function*() {
      const { bodies, configure, run } = yield* setUp()
      yield* run()
      yield* configure(models({ "anthropic.claude-sonnet-4-6-v1": { limit: { output: 64_000 } } }))
      yield* run()
      yield* run("--max-tokens", "500")
      assert.deepStrictEqual((yield* bodies).map((body) => body.inferenceConfig?.maxTokens), [32_000, 64_000, 500])
    }))
})

const page = readSnippets("thinking.md")
const textsIn = (language: string) => page.filter((snippet) => snippet.language === language).map(({ text }) => text)

/** For each JSON block of the page: the model to ask, and what its request has. */
const snippets: ReadonlyArray<readonly [model: string, fields: object | undefined, maxTokens: number]> = [
  ["anthropic.claude-opus-4-7", {
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "xhigh" }
  }, 32_000],
  ["claude-prod", { thinking: adaptive, output_config: { effort: "high" } }, 32_000],
  ["amazon.nova-2-lite-v1:0", { reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } }, 32_000],
  ["anthropic.claude-sonnet-4-6-v1", { thinking: adaptive }, 64_000],
  ["anthropic.claude-opus-4-7", undefined, 32_000],
  ["anthropic.claude-sonnet-4-5-20250929-v1:0", { thinking: { type: "enabled", budget_tokens: 8192 } }, 32_000]
]

layer(NodeContext.layer)("docs/thinking.md", (it) => {
  it.scoped("has configurations that do what it says", () =>
    Effect.gen(function*() {
      const written = textsIn("json")
      assert.strictEqual(written.length, snippets.length)
      const { bodies, configure, run } = yield* setUp()
      for (const [index, [model, fields, maxTokens]] of snippets.entries()) {
        yield* configure(JSON.parse(written[index]!) as object)
        const { code, stderr } = yield* run("-m", `amazon-bedrock/${model}`)
        assert.strictEqual(code, 0, stderr)
        assert.strictEqual(stderr, "")
        const body = (yield* bodies).at(-1)!
        // The beta feature is sent along with the thinking.
        const { anthropic_beta: _, ...sent } = (body.additionalModelRequestFields ?? {}) as Record<string, unknown>
        assert.deepStrictEqual(sent, fields ?? {}, written[index])
        assert.strictEqual(body.inferenceConfig?.maxTokens, maxTokens)
      }
      yield* configure(JSON.parse(written[2]!) as object)
      yield* run()
      assert.deepStrictEqual((yield* bodies).at(-1)!.additionalModelRequestFields, {
        thinking: { type: "enabled", budget_tokens: 4000 }
      })
    }))

  it.scoped("has commands that work", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp()
      for (const line of textsIn("sh").join("\n").split("\n")) {
        const words = splitWords(line)
        assert.strictEqual(words[0], "altimate-code")
        const { code, stderr } = yield* home.run(words.slice(1), { env: token })
        assert.strictEqual(code, 0, stderr)
      }
    }))
})
