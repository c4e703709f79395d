import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Fault, Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { ask, says, start } from "../../screen/ScreenOnSandbox.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "mid-answer-token" }
const text = ["It was the best ", "of times, it was ", "the worst of times."]
const broken: Fault = { type: "truncate", afterEvents: 3 }

const setUp = (script: Script, options: Record<string, unknown> = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url, options))
    return { home, sandbox }
  })

const messages = ({ body }: Sandbox.RecordedRequest) =>
  (body as { readonly messages: ReadonlyArray<{ readonly role: string; readonly content: unknown }> }).messages

layer(NodeContext.layer)("an answer that is cut off", (it) => {
  it.scoped("is continued by run: only new text is appended, and the session has both parts", () =>
    Effect.gen(function*() {
      const { home, sandbox } = yield* setUp([
        { faults: [broken], blocks: [{ type: "text", text }] },
        { blocks: [{ type: "text", text: "Yes." }] }
      ])
      const { code, stderr, stdout } = yield* home.run(["run", "--no-tools", "How does it begin?"], { env: token })
      assert.deepStrictEqual([code, stdout], [0, `${text.join("")}\n`])
      assert.match(stderr, /^note: Continuing the answer after a failure: the response stream .*\n$/)

      const again = yield* home.run(["run", "--no-tools", "--continue", "Really?"], { env: token })
      assert.deepStrictEqual([again.code, again.stdout, again.stderr], [0, "Yes.\n", ""])
      const [, second, third] = yield* sandbox.requests
      assert.deepStrictEqual(messages(second!).map(({ role }) => role), ["user", "assistant", "user"])
      assert.include(JSON.stringify(messages(second!)[1]), "It was the best of times, it was ")
      assert.include(JSON.stringify(messages(third!)), "the worst of times.")

      const directory = join(home.home, ".local/share/altimate-code/session")
      const [file] = readdirSync(directory).filter((name) => name.endsWith(".jsonl"))
      const pieces = readFileSync(join(directory, file!), "utf8").trimEnd().split("\n")
        .map((line) => JSON.parse(line) as { readonly type: string; readonly cut?: string })
        .filter(({ type }) => type === "assistant")
      assert.deepStrictEqual(pieces.map(({ cut }) => cut), ["continued", undefined, undefined])
    }))

  it.scoped("has an event in JSON, and its calls run only once", () =>
    Effect.gen(function*() {
      const call = { type: "toolUse", toolUseId: "c", name: "bash", input: { command: "echo line >> lines" } } as const
      const { home } = yield* setUp([
        // The call is complete, and its answer is not.
        { faults: [{ type: "end" }], blocks: [{ type: "text", text: "I write." }, call] },
        { blocks: [{ type: "text", text: "Done." }] }
      ])
      const { code, stdout } = yield* home.run(["run", "--yolo", "--format", "json", "Write"], { env: token })
      assert.strictEqual(code, 0)
      const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      const cut = events.find(({ type }) => type === "answer-cut")
      assert.deepStrictEqual({ ...cut, message: "" }, {
        type: "answer-cut",
        mode: "continued",
        hasText: true,
        message: ""
      })
      assert.strictEqual(events.flatMap(({ text, type }) => type === "text" ? [text] : []).join(""), "I write.Done.")
      assert.strictEqual(readFileSync(join(home.home, "lines"), "utf8"), "line\n")
    }))

  it.scoped("ends with 1 if it is cut off every time, and immediately with midAnswer: false", () =>
    Effect.gen(function*() {
      for (const [options, requests] of [[{}, 3], [{ retry: { midAnswer: false } }, 1]] as const) {
        const script: Script = [{ faults: [{ ...broken, times: "always" }], blocks: [{ type: "text", text }] }]
        const { home, sandbox } = yield* setUp(script, options)
        const { code, stderr, stdout } = yield* home.run(["run", "--no-tools", "How?"], { env: token })
        assert.deepStrictEqual([code, stdout], [1, "It was the best of times, it was \n"])
        assert.match(stderr, /^error: the response stream/m)
        assert.strictEqual((yield* sandbox.requests).length, requests)
      }
    }))

  it.scoped("is marked on the screen, and a new answer replaces it", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        script: [{ faults: [broken], blocks: [says(...text)] }, { blocks: [says("Yes.")] }]
      })
      yield* ask(terminal, "How does it begin?")
      yield* terminal.see("The answer was cut off here. Retrying:")
      yield* terminal.see("the worst of times.")
      yield* terminal.see("ready")
      const [cut, whole] = terminal.everything().split("The answer was cut off here")
      assert.include(cut, "It was the best of times, it was")
      assert.include(whole, "It was the best of times, it was the worst of times.")
      yield* ask(terminal, "Really?")
      yield* terminal.see("Yes.")
      const [, second, third] = yield* sandbox.requests
      assert.lengthOf(messages(second!), 1)
      assert.deepStrictEqual(messages(third!).map(({ role }) => role), ["user", "assistant", "user"])
    }))
})
