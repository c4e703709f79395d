import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Sandbox from "../src/Sandbox.ts"
import { Script } from "../src/Script.ts"
import { client, settled } from "./sdk.ts"
import { converse, converseStream, frames, hello, kinds, nova, send } from "./wire.ts"

const say = (text: string) => ({ blocks: [{ type: "text" as const, text }] })

const spoken = (json: unknown) =>
  (json as { output?: { message: { content: ReadonlyArray<{ text?: string }> } } }).output?.message.content[0]?.text

const turn: Script[number] = {
  blocks: [
    { type: "reasoning", text: ["Let me ", "think."], signature: "c2lnbmVk" },
    { type: "redactedReasoning", data: "ZW5jcnlwdGVk" },
    { type: "text", text: ["One", " two"] },
    { type: "toolUse", name: "web_search", toolUseId: "srv1", input: { q: "x" }, serverTool: true },
    { type: "toolResult", toolUseId: "srv1", text: "found" },
    { type: "toolUse", name: "read", toolUseId: "t1", input: ["{\"path\":", "\"a\"}"] },
    { type: "toolUse", name: "list", input: [] }
  ],
  usage: { inputTokens: 10, outputTokens: 20, cacheReadInputTokens: 30, cacheWriteInputTokens: 40 }
}

const usage = { ...turn.usage, totalTokens: 100 }

const content = ({ json }: { json: unknown }) =>
  (json as { output: { message: { content: ReadonlyArray<unknown> } } }).output.message.content

const madeId = (holder: unknown) => {
  const { toolUse } = holder as { toolUse: { toolUseId: string } }
  assert.match(toolUse.toolUseId, /^tooluse_[a-zA-Z0-9_-]{22}$/)
  return toolUse.toolUseId
}

const start = (at: number, value: object) => ["contentBlockStart", at, value]
const delta = (at: number, value: object) => ["contentBlockDelta", at, value]
const stop = (at: number) => ["contentBlockStop", at, {}]

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(effect, (value) => [value, performance.now() - start] as const)
  })

describe("A script", () => {
  it.effect("is read from JSON, and errors have a path", () =>
    Effect.gen(function*() {
      const decode = Schema.decodeUnknown(Schema.parseJson(Script))
      assert.deepStrictEqual(yield* decode(JSON.stringify([turn])), [turn])
      const wrong = yield* Effect.flip(decode(`[{"blocks":[],"faults":[{"type":"throttle","times":0}]}]`))
      assert.include(wrong.message, "[\"times\"]")
      yield* Effect.flip(decode(`[{"blocks":[],"faults":[{"type":"truncate"}]}]`))
      yield* Effect.flip(decode(`[{"blocks":[{"type":"text"}]}]`))
    }))

  it.scoped("plays every kind of block in Converse", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ script: [turn] })
      const { json } = yield* send(url, { path: converse(nova), body: hello })
      const { output, ...rest } = json as { output: { message: { content: ReadonlyArray<Record<string, unknown>> } } }
      assert.deepStrictEqual(rest as object, { metrics: { latencyMs: 0 }, stopReason: "tool_use", usage })
      const made = madeId(output.message.content[6])
      assert.deepStrictEqual(output.message.content, [
        { reasoningContent: { reasoningText: { text: "Let me think.", signature: "c2lnbmVk" } } },
        { reasoningContent: { redactedContent: "ZW5jcnlwdGVk" } },
        { text: "One two" },
        { toolUse: { toolUseId: "srv1", name: "web_search", input: { q: "x" }, type: "server_tool_use" } },
        {
          toolResult: { toolUseId: "srv1", content: [{ text: "found" }], status: "success", type: "server_tool_result" }
        },
        { toolUse: { toolUseId: "t1", name: "read", input: { path: "a" } } },
        { toolUse: { toolUseId: made, name: "list", input: {} } }
      ])
    }))

  it.scoped("plays every kind of block in ConverseStream, in the given pieces", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ script: [turn] })
      const { body } = yield* send(url, { path: converseStream(nova), body: hello })
      const seen = frames(body).map(({ headers, payload }) => {
        const { contentBlockIndex, ...rest } = Object.fromEntries(
          Object.entries(payload).filter(([key]) => key !== "p")
        )
        return [headers[":event-type"], contentBlockIndex, rest["start"] ?? rest["delta"] ?? rest] as const
      })
      const made = madeId(seen.find(([kind, at]) => kind === "contentBlockStart" && at === 6)?.[2])
      assert.deepStrictEqual(seen as unknown, [
        ["messageStart", undefined, { role: "assistant" }],
        delta(0, { reasoningContent: { text: "Let me " } }),
        delta(0, { reasoningContent: { text: "think." } }),
        delta(0, { reasoningContent: { signature: "c2lnbmVk" } }),
        stop(0),
        delta(1, { reasoningContent: { redactedContent: "ZW5jcnlwdGVk" } }),
        stop(1),
        delta(2, { text: "One" }),
        delta(2, { text: " two" }),
        stop(2),
        start(3, { toolUse: { toolUseId: "srv1", name: "web_search", type: "server_tool_use" } }),
        delta(3, { toolUse: { input: "" } }),
        delta(3, { toolUse: { input: "{\"q\":\"x\"}" } }),
        stop(3),
        start(4, { toolResult: { toolUseId: "srv1", type: "server_tool_result", status: "success" } }),
        delta(4, { toolResult: [{ text: "found" }] }),
        stop(4),
        start(5, { toolUse: { toolUseId: "t1", name: "read" } }),
        delta(5, { toolUse: { input: "{\"path\":" } }),
        delta(5, { toolUse: { input: "\"a\"}" } }),
        stop(5),
        start(6, { toolUse: { toolUseId: made, name: "list" } }),
        stop(6),
        ["messageStop", undefined, { stopReason: "tool_use" }],
        ["metadata", undefined, { usage, metrics: { latencyMs: 0 } }]
      ])
    }))

  it.scoped("is decoded by the AWS SDK, including bytes", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ script: [turn, turn] })
      const sdk = yield* client(url, { credentials: { accessKeyId: "a", secretAccessKey: "b" } })
      const input = { modelId: nova, messages: [{ role: "user" as const, content: [{ text: "a" }] }] }
      const whole = yield* settled(() => sdk.send(new ConverseCommand(input)))
      assert.strictEqual(
        Buffer.from(whole.output?.message?.content?.[1]?.reasoningContent?.redactedContent ?? []).toString(),
        "encrypted"
      )
      assert.deepStrictEqual(whole.usage as object, usage)
      const kinds = yield* settled(async () => {
        const kinds = new Set<string>()
        for await (const event of (await sdk.send(new ConverseStreamCommand(input))).stream ?? []) {
          for (const key of Object.keys(event.contentBlockDelta?.delta ?? {})) kinds.add(key)
        }
        return [...kinds]
      })
      assert.deepStrictEqual(kinds, ["reasoningContent", "text", "toolUse", "toolResult"])
    }))

  it.scoped("can have any stop reason, and has a suitable one by default", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({
        script: [
          { ...say("a"), stopReason: "something_new" },
          say("a"),
          { blocks: [{ type: "toolUse", name: "x", input: {}, serverTool: true }] },
          { blocks: [{ type: "toolUse", name: "x", input: {} }] }
        ]
      })
      const reasons = yield* Effect.replicateEffect(send(url, { path: converse(nova), body: hello }), 4)
      assert.deepStrictEqual(
        reasons.map(({ json }) => (json as { stopReason: string }).stopReason),
        ["something_new", "end_turn", "end_turn", "tool_use"]
      )
    }))

  it.scoped("generates IDs of tool calls that depend on the turn but not on the request", () =>
    Effect.gen(function*() {
      const call: Script[number] = { blocks: [{ type: "toolUse", name: "x", input: {} }] }
      const ids = (text: string) =>
        Effect.gen(function*() {
          const { url } = yield* Sandbox.make({ script: [call, call] })
          const body = { messages: [{ role: "user", content: [{ text }] }] }
          const answers = yield* Effect.replicateEffect(send(url, { path: converse(nova), body }), 2)
          return answers.map((answer) => madeId(content(answer)[0]))
        })
      const [first, second] = yield* ids("a")
      assert.notStrictEqual(first, second)
      assert.deepStrictEqual(yield* ids("b"), [first, second])
    }))

  it.scoped("streams a text in several pieces, and the fragments of a tool's input unchanged even if they are invalid JSON", () =>
    Effect.gen(function*() {
      const bad: Script[number] = { blocks: [{ type: "toolUse", name: "x", input: ["{\"a\":"] }] }
      const { url } = yield* Sandbox.make({ script: [say("one two three"), bad, bad] })
      const { body } = yield* send(url, { path: converseStream(nova), body: hello })
      assert.deepStrictEqual(
        frames(body).flatMap(({ payload }) => (payload["delta"] as { text?: string } | undefined)?.text ?? []),
        ["one", " two", " three"]
      )
      assert.include((yield* send(url, { path: converseStream(nova), body: hello })).text, `{"input":"{\\"a\\":"}`)
      assert.include((yield* send(url, { path: converse(nova), body: hello })).text, `"input":"{\\"a\\":"`)
    }))

  it.scoped("is played one turn per request in order, even for concurrent requests, and then ends", () =>
    Effect.gen(function*() {
      const script = Array.from({ length: 20 }, (_, i) => say(`turn ${i}`))
      const { url } = yield* Sandbox.make({ script })
      const answers = yield* Effect.replicateEffect(send(url, { path: converse(nova), body: hello }), 20).pipe(
        Effect.withConcurrency("unbounded")
      )
      assert.deepStrictEqual(
        answers.map(({ json }) => spoken(json)).toSorted(),
        script.map((_, i) => `turn ${i}`).toSorted()
      )
      for (let i = 0; i < 2; i++) {
        const over = yield* send(url, { path: converse(nova), body: hello })
        assert.strictEqual(over.status, 400)
        assert.match(String(over.headers["x-amzn-errortype"]), /^ValidationException:/)
        assert.deepStrictEqual(over.json, {
          message: "The sandbox's script has ended after 20 turns."
        })
      }
    }))

  it.scoped("does not advance on refused requests", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ script: [say("first")], models: [nova] })
      yield* send(url, { path: converse("other"), body: hello })
      yield* send(url, { path: converse(nova), body: {} })
      yield* send(url, { path: "/elsewhere", body: hello })
      assert.strictEqual(spoken((yield* send(url, { path: converse(nova), body: hello })).json), "first")
    }))

  it.scoped("waits as configured before the headers, before the first event and between events", () =>
    Effect.gen(function*() {
      const delays = { headers: 60, firstEvent: 80, betweenEvents: 30 }
      const { url } = yield* Sandbox.make({ script: [{ ...say("a b"), delays }, { ...say("a b"), delays }] })
      const [streamed, millis] = yield* timed(send(url, { path: converseStream(nova), body: hello }))
      assert.lengthOf(kinds(streamed.body), 6)
      // Timers may fire a millisecond early.
      assert.isAtLeast(millis, 60 + 80 + 5 * 30 - 8)
      assert.include(JSON.stringify(frames(streamed.body).at(-1)?.payload), `"latencyMs":170`)
      const [first, early] = yield* timed(
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.make({ script: [{ ...say("a"), delays: { betweenEvents: 60_000 } }] })
          return yield* send(sandbox.url, { path: converseStream(nova), body: hello }, (body) => body.length > 0)
        })
      )
      assert.deepStrictEqual(kinds(first.body), ["messageStart"])
      assert.isBelow(early, 50_000)
      const [whole, once] = yield* timed(send(url, { path: converse(nova), body: hello }))
      assert.strictEqual(spoken(whole.json), "a b")
      assert.isAtLeast(once, 60 + 80 - 4)
    }))
})
