import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ask, start } from "../../screen/ScreenOnSandbox.ts"
import { keys } from "../../Terminal.ts"
import { makeScene } from "../Scene.ts"

const haiku = "anthropic.claude-haiku-4-5-20251001-v1:0"
const sonnet = "us.anthropic.claude-sonnet-4-6-v1"
const once = { retry: { attempts: 1 } }

/** The lines of all sessions. */
const lines = (home: string) => {
  const directory = join(home, ".local/share/altimate-code/session")
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".jsonl"))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

layer(NodeContext.layer)("--fallback-model:", (it) => {
  it.scoped("answers instead of an overloaded model, says so, and is named in the session", () =>
    Effect.gen(function*() {
      const { ask, home, sandbox } = yield* makeScene({ overloaded: [sonnet] })
      const { code, stderr, stdout } = yield* ask({
        ...once,
        args: ["run", "hi", "--no-tools", "--fallback-model", haiku]
      })
      assert.strictEqual(code, 0, stderr)
      assert.include(stdout, `Hello from the Bedrock sandbox, here as us.${haiku}`)
      assert.match(
        stderr,
        /^note: Claude Sonnet 4\.6 is overloaded \(Too many requests.*\)\. Claude Haiku 4\.5 answers instead\.$/m
      )
      assert.deepStrictEqual((yield* sandbox.requests).map(({ modelId }) => modelId), [sonnet, `us.${haiku}`])
      const answer = lines(home.home).find(({ type }) => type === "assistant")
      assert.strictEqual(answer?.["model"], `us.${haiku}`)
    }))

  it.scoped("without the flag, run fails: nobody can be asked", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({ overloaded: [sonnet] })
      const { code } = yield* ask({ ...once, fallback: haiku })
      assert.strictEqual(code, 1)
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scoped("another failure is not an overload", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({ models: [haiku] })
      const { code } = yield* ask({ ...once, args: ["run", "hi", "--no-tools", "--fallback-model", haiku] })
      assert.strictEqual(code, 1)
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))
})

layer(NodeContext.layer)("small_model:", (it) => {
  it.scoped("writes the title of a new session", () =>
    Effect.gen(function*() {
      const turn = { blocks: [{ type: "text" as const, text: "\"Greeting\"" }] }
      const { home, sandbox } = yield* makeScene({ script: [turn, turn, turn] })
      yield* home.writeGlobalConfig({
        model: "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
        small_model: `amazon-bedrock/${haiku}`,
        provider: { "amazon-bedrock": { options: { baseURL: sandbox.url } } }
      })
      const env = { AWS_BEARER_TOKEN_BEDROCK: "t" }
      const { code, stderr } = yield* home.run(["run", "hello you", "--no-tools"], { env })
      assert.strictEqual(code, 0, stderr)
      const requests = yield* sandbox.requests
      assert.deepStrictEqual(requests.map(({ modelId }) => modelId).toSorted(), [`us.${haiku}`, sonnet].toSorted())
      assert.strictEqual(lines(home.home).find(({ type }) => type === "title")?.["title"], "Greeting")
      // A resumed session has its title.
      yield* home.run(["run", "--continue", "again", "--no-tools"], { env })
      assert.strictEqual((yield* sandbox.requests).length, 3)
    }))

  it.scoped("is not asked if it is not configured", () =>
    Effect.gen(function*() {
      const { ask, home, sandbox } = yield* makeScene()
      yield* ask()
      assert.strictEqual((yield* sandbox.requests).length, 1)
      assert.isUndefined(lines(home.home).find(({ type }) => type === "title"))
    }))
})

layer(NodeContext.layer)("the screen", (it) => {
  it.scoped("asks before another model answers, and stays with it", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        sandbox: { overloaded: [sonnet] },
        config: {},
        options: { ...once, fallback: haiku },
        columns: 120
      })
      yield* ask(terminal, "Say something")
      yield* terminal.see("Allow this other model?")
      yield* terminal.see("Claude Haiku 4.5 answers instead of Claude Sonnet 4.6")
      yield* terminal.see(/overloaded: Too many requests/)
      yield* terminal.write("y")
      yield* terminal.see(`here as us.${haiku}`)
      yield* terminal.see("Model: Claude Haiku 4.5 (until you quit).")
      yield* ask(terminal, "And again")
      yield* terminal.see(/You said: “And\s+again”/)
      assert.deepStrictEqual(
        (yield* sandbox.requests).map(({ modelId }) => modelId),
        [sonnet, `us.${haiku}`, `us.${haiku}`]
      )
    }))

  it.scoped("lists the models that can be used here under /model", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        sandbox: { lists: { gateway: ["claude-prod", "bedrock/us.anthropic.claude-opus-4-8"] } },
        columns: 120
      })
      yield* ask(terminal, "/model")
      yield* terminal.see(/claude-prod +listed here · claude-prod/)
      yield* terminal.write("prod")
      yield* terminal.write(keys.enter)
      yield* terminal.see("Model: claude-prod (until you quit).")
      yield* ask(terminal, "hello")
      yield* terminal.see("here as claude-prod")
      const asked = (yield* sandbox.requests).filter(({ method }) => method === "GET").length
      yield* ask(terminal, "/model")
      yield* terminal.see(/bedrock\/us\.anthropic\.claude-opus-4-8/)
      assert.strictEqual((yield* sandbox.requests).filter(({ method }) => method === "GET").length, asked)
    }))
})
