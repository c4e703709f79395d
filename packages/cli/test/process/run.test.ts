import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { bin, codeCache, guideConfig, makeHome, node } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "run-token-123" }

const setUp = (options: Sandbox.Options = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(options)
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url))
    const body = Effect.map(sandbox.requests, (requests) =>
      requests.at(-1)!.body as {
        messages: ReadonlyArray<{ content: ReadonlyArray<Record<string, unknown>> }>
      })
    return { home, body }
  })

layer(NodeContext.layer)("altimate-code run", (it) => {
  it.scoped("streams the answer as it arrives", () =>
    Effect.gen(function*() {
      const { home } = yield* setUp({
        script: [{ blocks: [{ type: "text", text: ["first ", "second ", "third"] }], delays: { betweenEvents: 600 } }]
      })
      const states: Array<string> = []
      const result = yield* home.spawn(["run", "hello"], { env: token, onStdout: (stdout) => states.push(stdout) })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.deepStrictEqual(states, ["first ", "first second ", "first second third", "first second third\n"])
    }))

  it.scoped("writes an answer of 20,000 pieces byte for byte", () =>
    Effect.gen(function*() {
      const pieces = Array.from({ length: 20_000 }, (_, index) => `${["word ", "日本", "\n", "🙂"][index % 4]}${index}`)
      const turn = { blocks: [{ type: "text" as const, text: pieces }] }
      const { home } = yield* setUp({ script: [turn, turn] })
      const plain = yield* home.spawn(["run", "hello"], { env: token })
      assert.strictEqual(plain.stdout, `${pieces.join("")}\n`, plain.stderr)
      const json = yield* home.spawn(["run", "hello", "--format", "json"], { env: token })
      const events = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      assert.strictEqual(events.map(({ text = "" }) => text).join(""), pieces.join(""), json.stderr)
    }))

  it.scoped("joins the words and appends piped text", () =>
    Effect.gen(function*() {
      const { body, home } = yield* setUp()
      const result = yield* home.spawn(["run", "review", "this"], { env: token, stdin: "diff --git a b\n" })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual((yield* body).messages[0]!.content[0]!["text"], "review this\n\ndiff --git a b\n")
    }))

  it.scoped("reads the whole prompt from stdin", () =>
    Effect.gen(function*() {
      const { body, home } = yield* setUp()
      const result = yield* home.spawn(["run"], { env: token, stdin: "only this" })
      assert.strictEqual(result.code, 0, result.stderr)
      assert.strictEqual((yield* body).messages[0]!.content[0]!["text"], "only this")
    }))

  it.scoped(
    "reports once that it waits for input from a silent pipe, and continues to wait",
    () =>
      Effect.gen(function*() {
        const { body, home } = yield* setUp()
        const { code, stderr } = yield* Effect.async<{ code: number | null; stderr: string }>((resume) => {
          // What Node calls a pipe is a socket.
          const child = spawn("sh", ["-c", "cat | \"$0\" \"$1\" run review", node, bin], {
            env: { PATH: process.env["PATH"], HOME: home.home, XDG_CACHE_HOME: codeCache, ...token },
            cwd: home.home,
            stdio: ["pipe", "ignore", "pipe"]
          })
          let stderr = ""
          child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr += text
            // Late, but there: as from a slow producer.
            setTimeout(() => child.stdin.end("the late diff"), 500)
          })
          child.on("close", (code) => resume(Effect.succeed({ code, stderr })))
          return Effect.sync(() => child.kill("SIGKILL"))
        })
        assert.strictEqual(code, 0, stderr)
        assert.match(stderr, /^note: .*stdin.*< \/dev\/null.*\n$/)
        assert.strictEqual((yield* body).messages[0]!.content[0]!["text"], "review\n\nthe late diff")
      })
  )
})
