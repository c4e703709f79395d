import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { key } from "../../src/internal/protocol/response/metadata.ts"
import { initial, step } from "../../src/internal/protocol/response/streamParts.ts"
import type { StreamedEvent } from "../../src/StreamedEvent.ts"

/** Events as recorded from Bedrock: each with a padding field `p`, and text blocks without a start. */
const recorded = (...events: ReadonlyArray<object>): ReadonlyArray<StreamedEvent> =>
  events.map((event) => {
    const [[name, value] = []] = Object.entries(event)
    return { [name!]: { ...value, p: "abcdefgh" }, requestId: "r1" } as unknown as StreamedEvent
  })

const start = { messageStart: { role: "assistant" } }
const text = (text: string, contentBlockIndex = 0) => ({ contentBlockDelta: { contentBlockIndex, delta: { text } } })
const reasoning = (reasoningContent: object, contentBlockIndex = 0) => ({
  contentBlockDelta: { contentBlockIndex, delta: { reasoningContent } }
})
const tool = (contentBlockIndex: number, name = "read_file", rest: object = {}) => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId: `t${contentBlockIndex}`, name, ...rest } } }
})
const input = (contentBlockIndex: number, input: string) => ({
  contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input } } }
})
const stop = (contentBlockIndex = 0) => ({ contentBlockStop: { contentBlockIndex } })
const end = (stopReason = "end_turn") => ({ messageStop: { stopReason } })
const usage = {
  metadata: {
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, cacheReadInputTokens: 4, cacheWriteInputTokens: 5 },
    metrics: { latencyMs: 9 }
  }
}

const expected = { modelId: "us.m", tools: new Set(["read_file"]), ids: new Set<string>() }

const run = (...events: ReadonlyArray<object>) =>
  Either.gen(function*() {
    let state = initial
    const parts = []
    for (const event of [...recorded(...events), undefined]) {
      const [next, made] = yield* step(state, event, expected)
      state = next
      parts.push(...made)
    }
    return parts
  })
const parts = (...events: ReadonlyArray<object>) =>
  Either.getOrThrowWith(run(...events), (error) => new Error(error.description))
/** Without the metadata at the front and the finish at the end. */
const inner = (...events: ReadonlyArray<object>) => parts(start, ...events, usage).slice(1, -1)
const types = (made: ReturnType<typeof parts>) => made.map((part) => part.type)

describe("a streamed answer", () => {
  it("gives each call an ID that none of the conversation has, without one or with the same one twice", () => {
    const call = (contentBlockIndex: number, toolUseId: string | undefined) => [
      { contentBlockStart: { contentBlockIndex, start: { toolUse: { name: "read_file", toolUseId } } } },
      { contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input: `{"path":"${contentBlockIndex}"}` } } } },
      { contentBlockStop: { contentBlockIndex } }
    ]
    let state = initial
    const made = [...recorded(start, ...["", undefined, "a", "a", "b"].flatMap((id, index) => call(index, id)))]
      .flatMap(
        (event) => {
          const [next, parts] = Either.getOrThrow(step(state, event, { ...expected, ids: new Set(["call-1", "b"]) }))
          state = next
          return parts
        }
      )
    const calls = made.flatMap((part) => part.type === "tool-call" ? [[part.id, part.params]] : [])
    assert.deepStrictEqual(
      calls,
      ["call-2", "call-3", "a", "a-1", "b-1"].map((id, index) => [id, { path: String(index) }])
    )
    const started = made.flatMap((part) => part.type === "tool-params-start" ? [part.id] : [])
    assert.deepStrictEqual(started, calls.map(([id]) => id))
  })

  it("begins with its metadata and ends with one finish, behind the usage", () => {
    assert.deepStrictEqual(parts(start, text("Hel"), text("lo"), stop(), end(), usage), [
      { type: "response-metadata", id: "r1", modelId: "us.m" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "Hel" },
      { type: "text-delta", id: "0", delta: "lo" },
      { type: "text-end", id: "0" },
      {
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, cachedInputTokens: 4 },
        metadata: { [key]: { stopReason: "end_turn", cacheWriteInputTokens: 5, latencyMs: 9 } }
      }
    ])
  })

  it("finishes once also when the gateway drops the usage, or sends it early", () => {
    for (
      const events of [[start, text("a"), end()], [start, usage, text("a"), end()], [
        start,
        text("a"),
        end(),
        usage,
        usage
      ]]
    ) {
      assert.strictEqual(types(parts(...events)).filter((type) => type === "finish").length, 1)
      assert.strictEqual(types(parts(...events)).at(-1), "finish")
    }
  })

  it("closes blocks that the gateway left open", () => {
    assert.deepStrictEqual(types(inner(text("a"), end())), ["text-start", "text-delta", "text-end"])
  })

  it("has no block for empty text", () => {
    assert.deepStrictEqual(inner(text(""), stop(), end()), [])
  })

  it("gives each block an ID of its own, also where a gateway repeats an index", () => {
    const ids = inner(text("a"), stop(), reasoning({ text: "b" }), text("c"), stop(), end())
      .flatMap((part) =>
        part.type === "text-start" || part.type === "reasoning-start" ? [`${part.type} ${part.id}`] : []
      )
    assert.deepStrictEqual(ids, ["text-start 0", "reasoning-start 1", "text-start 2"])
  })

  it("ignores events that nobody knows yet", () => {
    assert.deepStrictEqual(types(inner({ pigeon: {} }, text("a"), stop(), end())), [
      "text-start",
      "text-delta",
      "text-end"
    ])
  })

  it("keeps the signature that comes behind its reasoning", () => {
    assert.deepStrictEqual(
      inner(reasoning({ text: "hm" }), reasoning({ signature: "s1" }), reasoning({ signature: "s2" }), stop(), end()),
      [
        { type: "reasoning-start", id: "0" },
        { type: "reasoning-delta", id: "0", delta: "hm" },
        { type: "reasoning-end", id: "0", metadata: { [key]: { signature: "s1s2", model: "us.m" } } }
      ]
    )
  })

  it("keeps redacted reasoning as base64", () => {
    assert.deepStrictEqual(
      inner(
        reasoning({ redactedContent: new Uint8Array([1, 2]) }),
        reasoning({ redactedContent: new Uint8Array([3]) }),
        stop(),
        end()
      ),
      [
        { type: "reasoning-start", id: "0" },
        { type: "reasoning-end", id: "0", metadata: { [key]: { redactedContent: "AQID", model: "us.m" } } }
      ]
    )
  })
})

describe("a streamed tool call", () => {
  it("is put together when its block ends, over an empty first piece", () => {
    assert.deepStrictEqual(
      inner(tool(0), input(0, ""), input(0, "{\"path\":"), input(0, "\"a\"}"), stop(), end("tool_use")),
      [
        { type: "tool-params-start", id: "t0", name: "read_file", providerExecuted: false },
        { type: "tool-params-delta", id: "t0", delta: "{\"path\":" },
        { type: "tool-params-delta", id: "t0", delta: "\"a\"}" },
        { type: "tool-params-end", id: "t0" },
        { type: "tool-call", id: "t0", name: "read_file", params: { path: "a" }, providerExecuted: false }
      ]
    )
  })

  it("has empty parameters when it has no input", () => {
    assert.deepStrictEqual(inner(tool(0), input(0, ""), stop(), end("tool_use")).at(-1), {
      type: "tool-call",
      id: "t0",
      name: "read_file",
      params: {},
      providerExecuted: false
    })
  })

  it("may be interleaved with others", () => {
    const calls = inner(
      tool(1),
      tool(2),
      input(2, "{\"a\":"),
      input(1, "{\"b\":1}"),
      input(2, "2}"),
      stop(1),
      stop(2),
      end("tool_use")
    )
      .flatMap((part) => part.type === "tool-call" ? [part.params] : [])
    assert.deepStrictEqual(calls, [{ b: 1 }, { a: 2 }])
  })

  it("is never run when the service ran it itself", () => {
    const made = inner(tool(0, "web_search", { type: "server_tool_use" }), input(0, "{}"), stop(), end())
    assert.isFalse(made.some((part) => part.type === "tool-call"))
    assert.deepStrictEqual(made[0], { type: "tool-params-start", id: "t0", name: "web_search", providerExecuted: true })
  })

  it("is malformed when its input is not JSON", () => {
    const made = run(start, tool(0), input(0, "{\"path\":"), stop(), end("tool_use"), usage)
    assert.include(Either.isLeft(made) ? made.left.description : "", "not valid JSON")
  })

  it("is dropped when the answer was cut off in the middle of it", () => {
    const made = parts(start, tool(0), input(0, "{\"path\":"), end("max_tokens"), usage)
    assert.isFalse(made.some((part) => part.type === "tool-call"))
    assert.strictEqual(made.at(-1)?.type === "finish" && (made.at(-1) as { reason: string }).reason, "length")
  })

  it("has no call of its own when nobody gave the model that tool: its parameters say what was meant", () => {
    const made = parts(
      start,
      tool(0, "rm"),
      input(0, "{\"path\":\"a\"}"),
      stop(),
      tool(1),
      input(1, "{}"),
      stop(1),
      end("tool_use"),
      usage
    )
    assert.deepStrictEqual(made.flatMap((part) => part.type === "tool-call" ? [part.name] : []), ["read_file"])
    assert.deepStrictEqual(made.slice(1, 4), [
      { type: "tool-params-start", id: "t0", name: "rm", providerExecuted: false },
      { type: "tool-params-delta", id: "t0", delta: "{\"path\":\"a\"}" },
      { type: "tool-params-end", id: "t0" }
    ])
  })
})

describe("any order of events", () => {
  const index = Schema.Literal(0, 1, 2)
  const Event = Schema.Union(
    Schema.Struct({ text: Schema.Literal("", "a"), index }),
    Schema.Struct({ reasoning: Schema.Literal("", "b"), index }),
    Schema.Struct({ tool: Schema.Literal("read_file"), index }),
    Schema.Struct({ input: Schema.Literal("", "{}"), index }),
    Schema.Struct({ stop: Schema.Literal(true), index })
  )
  it.effect.prop(
    "opens and closes each block once, and finishes once",
    [Schema.Array(Event)],
    ([events]) =>
      Effect.sync(() => {
        const made = run(
          start,
          ...events.map((event) => {
            if ("text" in event) return text(event.text, event.index)
            if ("reasoning" in event) return reasoning({ text: event.reasoning }, event.index)
            if ("tool" in event) return tool(event.index)
            return "input" in event ? input(event.index, event.input) : stop(event.index)
          }),
          end(),
          usage
        )
        // Input that is not JSON, e.g. "{}{}", is a failure of its own.
        if (Either.isLeft(made)) return
        const open = new Set<string>()
        for (const part of made.right) {
          const [, kind, what] = /^(text|reasoning|tool-params)-(start|delta|end)$/.exec(part.type) ?? []
          if (kind === undefined) continue
          const id = `${kind} ${(part as { id: string }).id}`
          if (what === "start") {
            assert.isFalse(open.has(id))
            open.add(id)
          } else {
            assert.isTrue(open.has(id))
            if (what === "end") open.delete(id)
          }
        }
        assert.strictEqual(open.size, 0)
        assert.strictEqual(types(made.right).filter((type) => type === "finish").length, 1)
      })
  )
})
