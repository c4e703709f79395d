import * as AiError from "@effect/ai/AiError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { key } from "../../src/internal/protocol/key.ts"
import { type End, initialState, step } from "../../src/internal/protocol/response/streamParts.ts"
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

const expected = {
  modelId: "us.m",
  isClaude: false,
  documents: [],
  tools: new Set(["read_file"]),
  ids: new Set<string>()
}

const streamEnd = { _tag: "End" } as const

const run = (...events: ReadonlyArray<object>) =>
  Either.gen(function*() {
    let state = initialState
    const parts = []
    for (const event of [...recorded(...events), streamEnd, streamEnd]) {
      const [next, made] = yield* step(state, event, expected)
      state = next
      parts.push(...made)
    }
    return parts
  })
const parts = (...events: ReadonlyArray<object>) =>
  Either.getOrThrowWith(run(...events), (error) => new Error(error.description))
/** The parts without the metadata and the finish part. */
const inner = (...events: ReadonlyArray<object>) => parts(start, ...events, usage).slice(1, -1)
const types = (made: ReturnType<typeof parts>) => made.map((part) => part.type)

describe("the parts of a stream", () => {
  it("give each call an ID that is unique in the conversation, even if IDs are missing or repeated", () => {
    const call = (contentBlockIndex: number, toolUseId: string | undefined) => [
      { contentBlockStart: { contentBlockIndex, start: { toolUse: { name: "read_file", toolUseId } } } },
      { contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input: `{"path":"${contentBlockIndex}"}` } } } },
      { contentBlockStop: { contentBlockIndex } }
    ]
    let state = initialState
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

  it("begin with the metadata and end with one finish part after the usage", () => {
    assert.deepStrictEqual(parts(start, text("Hel"), text("lo"), stop(), end(), usage), [
      { type: "response-metadata", id: "r1", modelId: "us.m" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "Hel" },
      { type: "text-delta", id: "0", delta: "lo" },
      { type: "text-end", id: "0" },
      {
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 12, cachedInputTokens: 4 },
        metadata: { [key]: { stopReason: "end_turn", cacheWriteInputTokens: 5, latencyMs: 9 } }
      }
    ])
  })

  it("contain one finish part even if the gateway drops the usage or sends it early", () => {
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

  it("contain the usage of an answer that fails, before it fails", () => {
    const lost = new AiError.UnknownError({ module: "t", method: "t", description: "The connection was lost." })
    const play = (error: AiError.AiError | undefined, ...events: ReadonlyArray<object>) => {
      let state = initialState
      const made: Array<string> = []
      const last: End = { _tag: "End", ...(error === undefined ? {} : { error }) }
      for (const event of [...recorded(...events), last, last]) {
        const next = step(state, event, expected)
        if (Either.isLeft(next)) return [...made, next.left._tag]
        state = next.right[0]
        made.push(...next.right[1].map(({ type }) => type))
      }
      return made
    }
    assert.deepStrictEqual(play(lost, start, usage).slice(-2), ["finish", "UnknownError"])
    assert.deepStrictEqual(play(lost, start, text("a")).slice(-2), ["text-delta", "UnknownError"])
    assert.deepStrictEqual(play(undefined, start, tool(0), input(0, "{"), end("tool_use"), usage).slice(-2), [
      "finish",
      "MalformedOutput"
    ])
  })

  it("count the tokens of the cache if a gateway leaves them out of the total", () => {
    const part = parts(start, text("a"), end(), {
      metadata: {
        usage: {
          inputTokens: 1,
          outputTokens: 2,
          totalTokens: 3,
          cacheWriteInputTokens: 5,
          cacheDetails: [{ ttl: "1h", inputTokens: 4 }, { ttl: "5m", inputTokens: 1 }]
        }
      }
    }).at(-1)
    assert.strictEqual(part?.type === "finish" ? part.usage.totalTokens : 0, 8)
    assert.deepInclude(part?.type === "finish" ? part.metadata?.[key] : {}, { cacheWrite1hInputTokens: 4 })
  })

  it("close blocks that the gateway left open", () => {
    assert.deepStrictEqual(types(inner(text("a"), end())), ["text-start", "text-delta", "text-end"])
  })

  it("contain no block for empty text", () => {
    assert.deepStrictEqual(inner(text(""), stop(), end()), [])
  })

  it("give each block a unique ID, even if a gateway repeats an index", () => {
    const ids = inner(text("a"), stop(), reasoning({ text: "b" }), text("c"), stop(), end())
      .flatMap((part) =>
        part.type === "text-start" || part.type === "reasoning-start" ? [`${part.type} ${part.id}`] : []
      )
    assert.deepStrictEqual(ids, ["text-start 0", "reasoning-start 1", "text-start 2"])
  })

  it("ignore unknown events", () => {
    assert.deepStrictEqual(types(inner({ pigeon: {} }, text("a"), stop(), end())), [
      "text-start",
      "text-delta",
      "text-end"
    ])
  })

  it("contain the signature that follows the reasoning", () => {
    assert.deepStrictEqual(
      inner(reasoning({ text: "hm" }), reasoning({ signature: "s1" }), reasoning({ signature: "s2" }), stop(), end()),
      [
        { type: "reasoning-start", id: "0" },
        { type: "reasoning-delta", id: "0", delta: "hm" },
        { type: "reasoning-end", id: "0", metadata: { [key]: { signature: "s1s2", model: "us.m" } } }
      ]
    )
  })

  it("contain redacted reasoning as base64", () => {
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
  it("is assembled at the end of its block, ignoring an empty first piece", () => {
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

  it("has empty parameters if it has no input", () => {
    assert.deepStrictEqual(inner(tool(0), input(0, ""), stop(), end("tool_use")).at(-1), {
      type: "tool-call",
      id: "t0",
      name: "read_file",
      params: {},
      providerExecuted: false
    })
  })

  it("can be interleaved with others", () => {
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

  it("is not emitted if the service ran it itself", () => {
    const made = inner(tool(0, "web_search", { type: "server_tool_use" }), input(0, "{}"), stop(), end())
    assert.isFalse(made.some((part) => part.type === "tool-call"))
    assert.deepStrictEqual(made[0], { type: "tool-params-start", id: "t0", name: "web_search", providerExecuted: true })
  })

  it("is malformed if its input is not JSON", () => {
    const made = run(start, tool(0), input(0, "{\"path\":"), stop(), end("tool_use"), usage)
    assert.include(Either.isLeft(made) ? made.left.description : "", "not valid JSON")
  })

  it("is dropped if the answer was cut off in the middle of it", () => {
    const made = parts(start, tool(0), input(0, "{\"path\":"), end("max_tokens"), usage)
    assert.isFalse(made.some((part) => part.type === "tool-call"))
    assert.strictEqual(made.at(-1)?.type === "finish" && (made.at(-1) as { reason: string }).reason, "length")
  })

  it("has only tool-params parts if the tool is unknown", () => {
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

describe("any sequence of events", () => {
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
        // Input that is not JSON, e.g. "{}{}", is an error.
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
