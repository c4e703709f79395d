import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { rawGateway } from "../../../../../test/RawGateway.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "canary-bearer-5301" }
const text = [{ type: "text" as const, text: ["one ", "two"] }]
const operations = (requests: ReadonlyArray<Sandbox.RecordedRequest>) => requests.map(({ operation }) => operation)
const count = (text: string, words: string) => text.split(words).length - 1

layer(NodeContext.layer)("a gateway that answers a streaming request with a complete answer", (it) => {
  it.scoped("gets no further streaming requests: its first answer is used, and nothing is paid twice", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({
        streaming: "json",
        script: [
          {
            blocks: [
              { type: "reasoning", text: "I have to look.", signature: "canary-signature" },
              { type: "redactedReasoning", data: "c2VjcmV0" },
              { type: "text", text: "Let me see." },
              { type: "toolUse", toolUseId: "t1", name: "read", input: { path: "a.txt" } }
            ]
          },
          { blocks: [{ type: "toolUse", toolUseId: "t2", name: "read", input: { path: "a.txt" } }] },
          { blocks: text, stopReason: "stop_sequence", usage: { inputTokens: 11, outputTokens: 7 } }
        ]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      yield* fs.writeFileString(join(home.home, "a.txt"), "the file's words")
      const result = yield* home.run(["run", "--format", "json", "--yolo", "what is in a.txt?"], { env: token })
      assert.strictEqual(result.code, 0, result.stderr)
      const requests = yield* sandbox.requests
      assert.deepStrictEqual(operations(requests), ["converse-stream", "converse", "converse"])
      const events = result.stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      assert.deepStrictEqual(
        events.filter(({ type }) => type === "text").map(({ text }) => text),
        ["Let me see.", "one two"]
      )
      assert.deepInclude(events.at(-1), { type: "finish", reason: "stop", stopReason: "stop_sequence" })
      const notices = events.filter(({ type }) => type === "notice")
      assert.strictEqual(notices.length, 1)
      assert.match(
        String(notices[0]!["text"]),
        /the gateway returned application\/json; expected application\/vnd\.amazon\.eventstream/
      )
      assert.isBelow(events.indexOf(notices[0]!), events.findIndex(({ type }) => type === "text"))

      const sent = requests[1]!.body as { messages: Array<{ role: string; content: Array<Record<string, unknown>> }> }
      const [, assistant, results] = sent.messages
      assert.deepStrictEqual(assistant?.content.filter((block) => !("cachePoint" in block)), [
        {
          reasoningContent: { reasoningText: { text: "I have to look.", signature: "canary-signature" } }
        },
        { reasoningContent: { redactedContent: "c2VjcmV0" } },
        { text: "Let me see." },
        { toolUse: { toolUseId: "t1", name: "read", input: { path: "a.txt" } } }
      ])
      assert.include(JSON.stringify(results), "the file's words")
      assert.strictEqual(count(yield* home.logs, "The gateway does not stream"), 1)
    }))

  it.scoped("is reported in one line on stderr", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ streaming: "json", script: [{ blocks: text }] })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.deepStrictEqual([result.code, result.stdout], [0, "one two\n"])
      assert.match(result.stderr, /^note: The gateway does not stream: .*"streaming": "off".*\n$/)
    }))
})

layer(NodeContext.layer)("a gateway that answers a streaming request with something else", (it) => {
  it.scoped("(server-sent events) gets a request for a complete answer", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [{ blocks: text, faults: [{ type: "sse", times: "always" }] }] })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.deepStrictEqual([result.code, result.stdout], [0, "one two\n"])
      assert.deepStrictEqual(operations(yield* sandbox.requests), ["converse-stream", "converse"])
      assert.include(result.stderr, "the gateway returned text/event-stream (server-sent events)")
      assert.include(result.stderr, "expected application/vnd.amazon.eventstream")
    }))

  it.scoped("(other JSON) gets a request for a complete answer, and is reported if that fails too", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* rawGateway((response) =>
        response.writeHead(200, { "content-type": "application/json" }).end(`{"choices":[]}`)
      )
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(url))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.strictEqual(result.code, 1, result.stdout)
      assert.include(result.stderr, "JSON that is not a Converse response")
      assert.deepStrictEqual(requests.map(({ url }) => url?.split("/").at(-1)), ["converse-stream", "converse"])
    }))

  for (const type of ["json", "sse"] as const) {
    it.scoped(`(${type}) is an error with "streaming": "on"`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: [{ blocks: text, faults: [{ type, times: "always" }] }] })
        const home = yield* makeHome
        yield* home.writeGlobalConfig(guideConfig(sandbox.url, { streaming: "on" }))
        const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
        assert.strictEqual(result.code, 1, result.stdout)
        assert.strictEqual(result.stdout, "")
        assert.match(result.stderr, /the gateway returned \S+.*expected application\/vnd\.amazon\.eventstream/)
        assert.include(result.stderr, "Set options.streaming to auto")
        assert.strictEqual((yield* sandbox.requests).length, 1)
      }))
  }
})

layer(NodeContext.layer)("streaming", (it) => {
  it.scoped("that is off is never requested, and no notice mentions it", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [{ blocks: text }] })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url, { streaming: "off" }))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.deepStrictEqual([result.code, result.stdout, result.stderr], [0, "one two\n", ""])
      assert.deepStrictEqual(operations(yield* sandbox.requests), ["converse"])
    }))

  it.scoped("that was cut off after some text is retried, always with streaming", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [{ blocks: text, faults: [{ type: "truncate", afterEvents: 3, times: "always" }] }]
      })
      const home = yield* makeHome
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "--no-tools", "hello"], { env: token })
      assert.deepStrictEqual([result.code, result.stdout], [1, "one two\n"])
      assert.deepStrictEqual(
        operations(yield* sandbox.requests),
        ["converse-stream", "converse-stream", "converse-stream"]
      )
    }))
})
