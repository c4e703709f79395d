import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "task-token" }

/** A small repository with a test that fails. */
const makeRepository = (directory: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(directory)
    yield* fs.writeFileString(
      join(directory, "package.json"),
      `{ "type": "module", "scripts": { "test": "node --test" } }\n`
    )
    yield* fs.writeFileString(
      join(directory, "median.js"),
      "export const median = (values) => {\n  const sorted = values.sort()\n  return sorted[Math.floor(sorted.length / 2)]\n}\n"
    )
    yield* fs.writeFileString(
      join(directory, "median.test.js"),
      `import { test } from "node:test"
import assert from "node:assert"
import { median } from "./median.js"

test("an odd number of values", () => assert.equal(median([10, 9, 1]), 9))
test("an even number of values", () => assert.equal(median([4, 1, 3, 2]), 2.5))
test("the caller's values stay as they are", () => {
  const values = [3, 1, 2]
  median(values)
  assert.deepEqual(values, [3, 1, 2])
})
`
    )
    for (const args of [["init", "-q"], ["add", "-A"]]) {
      assert.strictEqual(spawnSync("git", args, { cwd: directory }).status, 0)
    }
  })

const repositoryTests = (cwd: string) => spawnSync(process.execPath, ["--test"], { cwd, encoding: "utf8" })

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

/** Reads, edits, runs the tests, sees one fail, repairs that. */
const script: Script = [
  {
    blocks: [
      { type: "text", text: "I read the code and its test." },
      call("read-1", "read", { path: "median.js" }),
      call("read-2", "read", { path: "median.test.js" })
    ]
  },
  {
    blocks: [
      call("edit-1", "edit", {
        path: "median.js",
        oldText: "const sorted = values.sort()",
        newText: "const sorted = [...values].sort((a, b) => a - b)"
      })
    ]
  },
  { blocks: [call("bash-1", "bash", { command: "npm test" })] },
  {
    blocks: [
      { type: "text", text: "An even number of values has two in the middle." },
      call("edit-2", "edit", {
        path: "median.js",
        oldText: "  return sorted[Math.floor(sorted.length / 2)]",
        newText:
          "  const middle = sorted.length / 2\n  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)]"
      })
    ]
  },
  { blocks: [call("bash-2", "bash", { command: "npm test" })] },
  { blocks: [{ type: "text", text: "All tests pass." }] }
]

interface Body {
  readonly messages: ReadonlyArray<{
    readonly content: ReadonlyArray<{
      readonly toolResult?: {
        readonly toolUseId: string
        readonly status?: string
        readonly content: ReadonlyArray<{ readonly text?: string }>
      }
    }>
  }>
}

/** What the model was told of its calls. */
const results = (body: unknown) =>
  (body as Body).messages.flatMap(({ content }) =>
    content.flatMap(({ toolResult }) =>
      toolResult === undefined ? [] : [{
        id: toolResult.toolUseId,
        failed: toolResult.status === "error",
        text: toolResult.content.map(({ text }) => text ?? "").join("")
      }]
    )
  )

layer(NodeContext.layer)("a task in a repository", (it) => {
  it.scoped("is completed: read, edit, failing test, fix, passing test", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script })
      const home = yield* makeHome
      yield* home.writeGlobalConfig({
        ...guideConfig(sandbox.url),
        permission: { edit: "allow", bash: { "*": "deny", "npm test": "allow" } }
      })
      const repository = join(home.home, "repository")
      yield* makeRepository(repository)
      assert.notStrictEqual(repositoryTests(repository).status, 0)

      const result = yield* home.run(["run", "Make the tests pass."], { env: token, cwd: repository })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual(
        result.stdout,
        "I read the code and its test.\nAn even number of values has two in the middle.\nAll tests pass.\n"
      )
      const [first, second, ...rest] = result.stderr.trimEnd().split("\n").map((line) => line.split("  ")[0])
      // The two calls of one answer run side by side: either may end first.
      assert.sameMembers([first, second], ["• read median.js", "• read median.test.js"])
      assert.deepStrictEqual(
        rest,
        [
          "• edit median.js",
          "✗ bash npm test",
          "• edit median.js",
          "• bash npm test"
        ]
      )
      const repaired = repositoryTests(repository)
      assert.strictEqual(repaired.status, 0, repaired.stdout)

      const requests = yield* sandbox.requests
      assert.strictEqual(requests.length, script.length)
      const told = results(requests.at(-1)!.body)
      assert.deepStrictEqual(told.map(({ id }) => id), ["read-1", "read-2", "edit-1", "bash-1", "edit-2", "bash-2"])
      assert.match(told[3]!.text, /an even number of values[^]*fail 1/)
      assert.match(told[5]!.text, /fail 0/)
    }))

  it.scoped("is not run without a terminal if it needs permission; the error and the model's result say how to allow it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({
        script: [
          {
            blocks: [call("w", "write", { path: "new.txt", content: "x" }), call("b", "bash", { command: "touch ran" })]
          },
          { blocks: [{ type: "text", text: "I may not." }] }
        ]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const project = join(home.home, "project")
      yield* fs.makeDirectory(join(project, ".git"), { recursive: true })
      const result = yield* home.run(["run", "go"], { env: token, cwd: project })
      assert.strictEqual(result.code, 1, result.stderr)
      assert.strictEqual(result.stdout, "I may not.\n")
      assert.include(
        result.stderr,
        "⊘ write new.txt  not allowed without asking you\n⊘ bash touch ran  not allowed without asking you\n"
      )
      assert.include(
        result.stderr,
        "error: 2 tool calls were not allowed, because there is no terminal to ask in:\n  write new.txt\n  bash touch ran\n"
          + "Allow edits in the project with --mode accept-edits. Allow other calls under \"permission\" in altimate-code.json "
          + "as { \"bash\": { \"touch *\": \"allow\" } }, or run every call that no rule denies with --yolo."
      )
      const told = results((yield* sandbox.requests)[1]!.body)
      for (const { failed, text } of told) {
        assert.isTrue(failed)
        assert.include(text, "--yolo")
      }
      assert.isFalse(yield* fs.exists(join(project, "new.txt")))
      assert.isFalse(yield* fs.exists(join(project, "ran")))
    }))

  it.scoped("that no terminal could be asked about ends the events with an error, and a denied one does not", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({
        script: [
          { blocks: [call("w", "write", { path: "new.txt", content: "x" })] },
          { blocks: [{ type: "text", text: "I may not." }] },
          { blocks: [call("w", "write", { path: "new.txt", content: "x" })] },
          { blocks: [{ type: "text", text: "I may not." }] }
        ]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const project = join(home.home, "project")
      yield* fs.makeDirectory(join(project, ".git"), { recursive: true })
      const result = yield* home.run(["run", "--format", "json", "go"], { env: token, cwd: project })
      const events = result.stdout.trim().split("\n").map((line) => JSON.parse(line))
      assert.deepStrictEqual(events.slice(-2).map(({ reason, type }) => [type, reason]), [
        ["usage", undefined],
        ["error", "NotAllowed"]
      ])
      assert.strictEqual(
        events.at(-1).hint,
        "Allow edits in the project with --mode accept-edits."
      )
      assert.strictEqual(result.code, 1)
      const denied = yield* home.run(["run", "--mode", "plan", "go"], { env: token, cwd: project })
      assert.strictEqual(denied.code, 0, denied.stderr)
      assert.include(denied.stderr, "⊘ write new.txt  not allowed: plan mode is on")
    }))

  it.scoped("runs with --yolo unless a rule denies it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({
        script: [
          {
            blocks: [call("a", "bash", { command: "touch allowed" }), call("b", "bash", { command: "true && rm -r x" })]
          },
          { blocks: [{ type: "text", text: "done" }] }
        ]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig({
        ...guideConfig(sandbox.url),
        permission: { bash: { "git status*": "allow", "rm *": "deny", "*": "ask" } }
      })
      const result = yield* home.run(["run", "--yolo", "go"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.isTrue(yield* fs.exists(join(home.home, "allowed")))
      const told = results((yield* sandbox.requests)[1]!.body)
      assert.deepStrictEqual(told.map(({ failed }) => failed), [false, true])
      assert.include(told[1]!.text, "rm")
    }))
})
