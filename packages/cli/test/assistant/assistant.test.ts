import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { mcpServer } from "../../../../test/mcp/programs.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "assistant-token" }

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

const says = (text: string) => ({ blocks: [{ type: "text", text }] }) as const

const start = (
  script: Script | undefined,
  config: Record<string, unknown> = {},
  bedrock: Record<string, unknown> = {}
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(script === undefined ? {} : { script })
    const home = yield* makeHome
    const guide = guideConfig(sandbox.url)
    const provider = { "amazon-bedrock": { ...guide.provider["amazon-bedrock"], ...bedrock } }
    yield* home.writeGlobalConfig({ ...guide, ...config, provider })
    /** The body of a request, as it was on the wire. */
    const body = (index: number) =>
      Effect.map(sandbox.requests, (requests) =>
        requests[index]!.body as {
          readonly system?: ReadonlyArray<{ readonly text?: string; readonly cachePoint?: object }>
          readonly messages: ReadonlyArray<{ readonly content: ReadonlyArray<Record<string, unknown>> }>
          readonly toolConfig?: { readonly tools: ReadonlyArray<{ readonly toolSpec?: { readonly name: string } }> }
        })
    return { sandbox, home, body }
  })

layer(NodeContext.layer)("the assistant", (it) => {
  it.scoped("sends AGENTS.md and the configured instructions to the model once", () =>
    Effect.gen(function*() {
      const { body, home } = yield* start(undefined, { instructions: ["docs/*.md"] })
      const project = join(home.home, "project")
      mkdirSync(join(project, "inner/deep"), { recursive: true })
      mkdirSync(join(project, "docs"))
      spawnSync("git", ["init", "-q"], { cwd: project })
      writeFileSync(join(home.home, ".config/altimate-code/AGENTS.md"), "I speak German.")
      writeFileSync(join(project, "AGENTS.md"), "Use tabs.")
      writeFileSync(join(project, "inner/deep/AGENTS.md"), "Deep rules.")
      writeFileSync(join(project, "docs/style.md"), "No semicolons.")
      const result = yield* home.run(["run", "hi"], { env: token, cwd: join(project, "inner") })
      assert.strictEqual(result.code, 0, result.stderr)
      const system = (yield* body(0)).system!.map(({ text }) => text ?? "").join("\n")
      assert.match(system, /I speak German\.[^]*Use tabs\.[^]*No semicolons\./)
      // Nothing has come to that directory.
      assert.notInclude(system, "Deep rules.")
    }))

  it.scoped("sends only the prompt with --no-tools", () =>
    Effect.gen(function*() {
      const { body, home } = yield* start(undefined)
      writeFileSync(join(home.home, "AGENTS.md"), "Use tabs.")
      const result = yield* home.run(["run", "--no-tools", "hi"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      const { messages, system, toolConfig } = yield* body(0)
      assert.isUndefined(system)
      assert.isUndefined(toolConfig)
      assert.strictEqual(messages.length, 1)
    }))

  it.scoped("stops at --max-steps with exit code 1, and continues with --continue", () =>
    Effect.gen(function*() {
      const step = (id: string) => ({ blocks: [call(id, "glob", { pattern: "*" })] })
      const { home, sandbox } = yield* start([step("1"), step("2"), says("done")])
      const stopped = yield* home.run(["run", "--max-steps", "2", "go"], { env: token })
      assert.strictEqual(stopped.code, 1)
      assert.match(stopped.stderr, /stopped after 2 steps[^]*--continue/)
      const on = yield* home.run(["run", "-c", "on"], { env: token })
      assert.strictEqual(on.code, 0, on.stderr)
      assert.strictEqual(on.stdout, "done\n")
      assert.strictEqual((yield* sandbox.requests).length, 3)
    }))

  it.scoped("lets the provider cache repeated content, and reports cached tokens", () =>
    Effect.gen(function*() {
      const { body, home } = yield* start([
        { ...says("one"), usage: { inputTokens: 5, outputTokens: 1, cacheWriteInputTokens: 900 } },
        { ...says("two"), usage: { inputTokens: 6, outputTokens: 1, cacheReadInputTokens: 900 } }
      ])
      yield* home.run(["run", "first"], { env: token })
      const second = yield* home.run(["run", "-c", "--format", "json", "second"], { env: token })
      const [before, after] = [yield* body(0), yield* body(1)]
      // The beginning is the same to the letter, or nothing would be read from the cache.
      assert.deepStrictEqual(after.system, before.system)
      assert.deepStrictEqual(after.toolConfig, before.toolConfig)
      assert.isTrue(before.system!.some(({ cachePoint }) => cachePoint !== undefined))
      const text = ({ content }: (typeof before)["messages"][number]) => content.flatMap(({ text }) => text ?? [])
      assert.deepStrictEqual(text(after.messages[0]!), text(before.messages[0]!))
      assert.include(second.stdout, "\"cacheReadInputTokens\":900")
    }))

  it.scoped("compacts older turns when the configured context window is nearly full, with a notice", () =>
    Effect.gen(function*() {
      const { body, home } = yield* start(
        [
          { ...says("The answer is long."), usage: { inputTokens: 950, outputTokens: 10 } },
          says("They greeted each other."),
          says("And on.")
        ],
        {},
        { models: { "anthropic.claude-sonnet-4-6-v1": { limit: { context: 1000 } } } }
      )
      yield* home.run(["run", `hello ${"word ".repeat(500)}`], { env: token })
      const second = yield* home.run(["run", "-c", "go on"], { env: token })
      assert.strictEqual(second.stdout, "And on.\n", second.stderr)
      assert.match(second.stderr, /^note: .*compacted into a summary/)
      const last = JSON.stringify((yield* body(2)).messages)
      assert.include(last, "They greeted each other.")
      assert.notInclude(last, "word word")
    }))

  it.scoped("uses the tools of MCP servers; a broken server is reported and does not affect the others", () =>
    Effect.gen(function*() {
      const { body, home } = yield* start(
        [{ blocks: [call("1", "good_echo", { text: "hello" })] }, says("It echoes.")],
        {
          mcp: {
            good: { type: "local", command: [process.execPath, mcpServer] },
            broken: { type: "local", command: ["/no/such/program"] }
          },
          permission: { good_echo: "allow" }
        }
      )
      const result = yield* home.run(["run", "use it"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.match(result.stderr, /note: MCP server "broken"/)
      assert.match(result.stderr, /• good_echo/)
      const names = (yield* body(0)).toolConfig!.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? [])
      assert.include(names, "good_echo")
      assert.include(JSON.stringify((yield* body(1)).messages.at(-1)), "hello")
    }))

  it.scoped("hides the token from commands, the session file and the model", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* start([
        {
          blocks: [
            call("1", "bash", { command: "env; cat .local/share/altimate-code/auth.json" }),
            call("2", "read", { path: ".local/share/altimate-code/auth.json" })
          ]
        },
        says("I saw nothing.")
      ])
      const canary = "canary-token-8c1f0e"
      yield* home.run(["auth", "login"], { stdin: canary })
      const result = yield* home.run(["run", "--yolo", "--format", "json", "show me"], { env: { GIVEN: "yes" } })
      assert.strictEqual(result.code, 0, result.stderr)
      const sessions = join(home.home, ".local/share/altimate-code/session")
      const session = readFileSync(
        join(sessions, readdirSync(sessions).find((name) => name.endsWith(".jsonl"))!),
        "utf8"
      )
      assert.match(session, /GIVEN=yes[^]*<redacted>/)
      const told = JSON.stringify((yield* sandbox.requests)[1]!.body)
      for (const text of [session, told, result.stdout, yield* home.logs]) assert.notInclude(text, canary)

      const inEnvironment = yield* start([{ blocks: [call("1", "bash", { command: "env" })] }, says("ok")])
      yield* inEnvironment.home.run(["run", "--yolo", "go"], {
        env: { AWS_BEARER_TOKEN_BEDROCK: canary, GIVEN: "yes" }
      })
      const seen = JSON.stringify((yield* inEnvironment.sandbox.requests)[1]!.body)
      assert.include(seen, "GIVEN=yes")
      assert.notInclude(seen, "AWS_BEARER_TOKEN_BEDROCK")
    }))

  it.scoped("asks for permission in the terminal of run", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { home } = yield* start([
        {
          blocks: [
            call("1", "bash", { command: "touch first # \u001b[2K\rls" }),
            call("2", "bash", { command: "touch second" })
          ]
        },
        says("As you wish.")
      ])
      const terminal = yield* open(["run", "go"], { home: home.home, env: token })
      const question = yield* terminal.see(/touch first[^]*Allow\?/)
      // Nothing in the command changes what the user sees.
      assert.match(question, /touch first # .*1b.*\[2K.*ls/)
      assert.include(question, "bash touch")
      yield* terminal.write(`y${keys.enter}`)
      yield* terminal.see(/touch second[^]*Allow\?/)
      yield* terminal.write(`n${keys.enter}`)
      yield* terminal.see("As you wish.")
      assert.strictEqual(yield* terminal.exited, 0)
      assert.isTrue(yield* fs.exists(join(home.home, "first")))
      assert.isFalse(yield* fs.exists(join(home.home, "second")))
    }))

  it.scoped("ignores input that was typed before a question of run", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { home } = yield* start([
        {
          blocks: [
            call("1", "bash", { command: "touch ran", description: `Harmless\n\u001b[2K${"word ".repeat(99)}` })
          ],
          delays: { firstEvent: 1000 }
        },
        says("As you wish.")
      ])
      const terminal = yield* open(["run", "go"], { home: home.home, env: token })
      yield* terminal.write(`y${keys.enter}yes`)
      yield* terminal.see(/^y\nyes/)
      const question = yield* terminal.see(/Allow\?/)
      assert.match(
        question,
        /bash: touch ran[^]*\n {2}touch ran\nPurpose \(by the model\): Harmless [^\n]+\n[^\n]*…\nAllow\?/
      )
      yield* terminal.write(keys.enter)
      yield* terminal.see("As you wish.")
      assert.strictEqual(yield* terminal.exited, 0)
      assert.isFalse(yield* fs.exists(join(home.home, "ran")))
    }))

  it.scoped("stores sessions that can be listed, shown, exported and deleted", () =>
    Effect.gen(function*() {
      const { home } = yield* start([
        { blocks: [call("1", "glob", { pattern: "*.none" })] },
        says("Nothing **there**.")
      ])
      const cwd = join(home.home, "project")
      mkdirSync(cwd)
      assert.include((yield* home.run(["session", "list"])).stdout, "no sessions")
      yield* home.run(["run", "look for none"], { env: token, cwd })
      const list = JSON.parse((yield* home.run(["session", "list", "--format", "json"])).stdout) as Array<
        { id: string }
      >
      const { id } = list[0]!
      assert.include((yield* home.run(["session", "list"])).stdout, "look for none")
      const shown = yield* home.run(["session", "show", id.slice(0, 15)])
      assert.match(shown.stdout, /look for none[^]*glob[^]*Nothing \*\*there\*\*/)
      const lines = JSON.parse((yield* home.run(["session", "export", id, "--format", "json"])).stdout) as Array<
        { type: string }
      >
      assert.deepStrictEqual(lines.map(({ type }) => type), [
        "session",
        "user",
        "assistant",
        "tool-start",
        "tool-result",
        "assistant"
      ])
      assert.strictEqual((yield* home.run(["session", "delete", "nonsense"])).code, 2)
      const unasked = yield* home.run(["session", "delete", id.slice(0, 15)])
      assert.deepStrictEqual([unasked.code, unasked.stdout], [2, ""])
      assert.include(unasked.stderr, `altimate-code session delete ${id.slice(0, 15)} --yes`)

      const question = new RegExp(
        `Delete session ${id} "look for none" \\(1 turn, last used .*[^]*It can't be restored. \\[y/N\\]`
      )
      const kept = yield* open(["session", "rm", id.slice(0, 15)], { home: home.home, cwd })
      yield* kept.see(question)
      yield* kept.write(keys.enter)
      yield* kept.see("Nothing was deleted.")
      assert.strictEqual((yield* home.run(["session", "show", id])).code, 0)
      const deleted = yield* open(["session", "rm", id.slice(0, 15)], { home: home.home, cwd })
      yield* deleted.see(question)
      yield* deleted.write(`y${keys.enter}`)
      yield* deleted.see(`Deleted session ${id}.`)
      assert.strictEqual((yield* home.run(["session", "show", id])).code, 2)
    }))
})
