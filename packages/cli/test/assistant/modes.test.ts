import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { mcpServer } from "../../../../test/mcp/programs.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "modes-test-token" }

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const
const says = (text: string) => ({ blocks: [{ type: "text" as const, text }] })

/** A model that reads, and then tries everything that changes something. */
const triesAll: Script = [
  { blocks: [call("read", "read", { path: "a.txt" }), call("grep", "grep", { pattern: "one" })] },
  {
    blocks: [
      call("edit", "edit", { path: "a.txt", oldText: "one", newText: "two" }),
      call("write", "write", { path: "new.txt", content: "x" }),
      call("run", "bash", { command: "touch ran" }),
      call("background", "bash", { command: "touch ran-too &" }),
      call("mcp", "tickets_echo", { text: "hello" })
    ]
  },
  says("I read it.\n\n## Plan\n\n1. Change one to two in a.txt.")
]

interface Body {
  readonly messages: ReadonlyArray<{
    readonly role: string
    readonly content: ReadonlyArray<{
      readonly text?: string
      readonly toolResult?: {
        readonly toolUseId: string
        readonly status?: string
        readonly content: ReadonlyArray<{ readonly text?: string }>
      }
    }>
  }>
}

const messages = (body: unknown) => (body as Body).messages.flatMap(({ content }) => content)

/** Whether each call failed, and what the model was told of it. */
const results = (body: unknown) =>
  Object.fromEntries(
    messages(body).flatMap(({ toolResult }) =>
      toolResult === undefined ? [] : [[
        toolResult.toolUseId,
        { failed: toolResult.status === "error", text: toolResult.content.map(({ text }) => text ?? "").join("") }
      ]]
    )
  )

const texts = (body: unknown) => messages(body).flatMap(({ text }) => text ?? [])

const begin = (script: Script, permission: unknown = "allow") =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({
      ...guideConfig(sandbox.url),
      permission,
      mcp: { tickets: { type: "local", command: [process.execPath, mcpServer] } }
    })
    const project = join(home.home, "project")
    mkdirSync(join(project, ".git"), { recursive: true })
    writeFileSync(join(project, "a.txt"), "one\n")
    const run = (...args: ReadonlyArray<string>) => home.run(["run", ...args], { env: token, cwd: project })
    return { sandbox, home, project, run }
  })

layer(NodeContext.layer)("run --mode plan", (it) => {
  for (const args of [["--mode", "plan"], ["--mode", "plan", "--yolo"], ["--permission-mode=plan"]]) {
    it.scoped(`prints the plan and changes nothing, although the rules allow everything: ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        const { project, run, sandbox } = yield* begin(triesAll)
        const result = yield* run(...args, "Change one to two")
        assert.strictEqual(result.code, 0, result.stderr)
        assert.strictEqual(result.stdout, "I read it.\n\n## Plan\n\n1. Change one to two in a.txt.\n")
        assert.deepStrictEqual(readdirSync(project).toSorted(), [".git", "a.txt"])
        assert.strictEqual(readFileSync(join(project, "a.txt"), "utf8"), "one\n")
        const requests = yield* sandbox.requests
        assert.include(texts(requests[0]!.body).join("\n"), "Plan mode is on.")
        const told = results(requests.at(-1)!.body)
        assert.deepStrictEqual(
          Object.entries(told).map(([id, { failed }]) => [id, failed]),
          [
            ["read", false],
            ["grep", false],
            ["edit", true],
            ["write", true],
            ["run", true],
            ["background", true],
            ["mcp", true]
          ]
        )
        for (const id of ["edit", "write", "run", "background", "mcp"]) {
          assert.include(told[id]!.text, "plan mode is on", id)
        }
        assert.include(result.stderr, "⊘ tickets_echo")
      }))
  }

  it.scoped("the model knows when plan mode is off again, and is told once", () =>
    Effect.gen(function*() {
      const { project, run, sandbox } = yield* begin([
        { blocks: [call("r", "read", { path: "a.txt" })] },
        says("## Plan\n\n1. Change it."),
        says("Nothing more to say."),
        { blocks: [call("w", "write", { path: "b.txt", content: "two" })] },
        says("Done.")
      ])
      yield* run("--mode", "plan", "Change one to two")
      yield* run("--mode", "plan", "--continue", "Is that all?")
      const result = yield* run("--continue", "Do it")
      assert.strictEqual(result.stdout, "Done.\n", result.stderr)
      assert.strictEqual(readFileSync(join(project, "b.txt"), "utf8"), "two")
      const bodies = (yield* sandbox.requests).map(({ body }) =>
        texts(body).filter((text) => text.startsWith("Plan mode is")).map((text) => text.split(".")[0])
      )
      assert.deepStrictEqual(bodies, [
        ["Plan mode is on"],
        ["Plan mode is on"],
        ["Plan mode is on"],
        ["Plan mode is on", "Plan mode is off"],
        ["Plan mode is on", "Plan mode is off"]
      ])
    }))

  it.scoped("is in effect without the option if the configuration says so, and config show tells why", () =>
    Effect.gen(function*() {
      const { home, project, run } = yield* begin(triesAll, { "*": "allow", mode: "plan" })
      const result = yield* run("Change one to two")
      assert.strictEqual(result.code, 0, result.stderr)
      assert.isFalse(existsSync(join(project, "ran")))
      const shown = yield* home.run(["config", "show"], { cwd: project })
      assert.match(shown.stdout, /^mode +plan +.*altimate-code\.json:\d+:\d+/m)
    }))

  it.scoped("says nothing about plan mode if there are no tools", () =>
    Effect.gen(function*() {
      const { run, sandbox } = yield* begin([says("Hello.")])
      yield* run("--mode", "plan", "--no-tools", "hello")
      assert.notInclude(JSON.stringify((yield* sandbox.requests)[0]!.body), "Plan mode")
    }))
})

layer(NodeContext.layer)("run --mode accept-edits", (it) => {
  it.scoped("edits in the project without a question; commands and what Git executes still need permission", () =>
    Effect.gen(function*() {
      const { home, project, run, sandbox } = yield* begin([
        { blocks: [call("read", "read", { path: "a.txt" })] },
        {
          blocks: [
            call("edit", "edit", { path: "a.txt", oldText: "one", newText: "two" }),
            call("hook", "write", { path: ".git/hooks/pre-commit", content: "touch ran" }),
            call("outside", "write", { path: "../outside.txt", content: "x" }),
            call("run", "bash", { command: "touch ran" })
          ]
        },
        says("Done.")
      ], {})
      const result = yield* run("--mode", "accept-edits", "go")
      assert.strictEqual(result.code, 1, result.stderr)
      assert.include(result.stderr, "error: 3 tool calls were not allowed")
      assert.notInclude(result.stderr, "--mode accept-edits")
      assert.strictEqual(readFileSync(join(project, "a.txt"), "utf8"), "two\n")
      const told = results((yield* sandbox.requests).at(-1)!.body)
      assert.deepStrictEqual(
        Object.entries(told).map(([id, { failed }]) => [id, failed]),
        [["read", false], ["edit", false], ["hook", true], ["outside", true], ["run", true]]
      )
      assert.isFalse(existsSync(join(home.home, "outside.txt")))
    }))

  it.scoped("--mode must be one of the three", () =>
    Effect.gen(function*() {
      const { run } = yield* begin([])
      const result = yield* run("--mode", "acceptEdits", "go")
      assert.strictEqual(result.code, 2)
      assert.include(result.stderr, "ask, accept-edits, plan")
    }))

  it.scoped("a project's file cannot turn it on", () =>
    Effect.gen(function*() {
      const { project, run } = yield* begin([
        { blocks: [call("w", "write", { path: "new.txt", content: "x" })] },
        says("I may not.")
      ], {})
      writeFileSync(join(project, "altimate-code.json"), JSON.stringify({ permission: { mode: "accept-edits" } }))
      const result = yield* run("--trust-project", "go")
      assert.strictEqual(result.code, 1, result.stderr)
      assert.include(result.stderr, "warning: permission.mode is ignored (")
      assert.isFalse(existsSync(join(project, "new.txt")))
    }))
})
