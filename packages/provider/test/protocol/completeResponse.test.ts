import type { ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime"
import type * as Response from "@effect/ai/Response"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { key } from "../../src/internal/protocol/key.ts"
import { toParts } from "../../src/internal/protocol/response/completeResponse.ts"
import type { Expectation } from "../../src/internal/protocol/tools/toolCall.ts"

type Content = NonNullable<NonNullable<NonNullable<ConverseCommandOutput["output"]>["message"]>["content"]>

const expectation: Expectation = {
  modelId: "us.m",
  isClaude: false,
  documents: [],
  tools: new Set(["read_file"]),
  ids: new Set()
}
const output = (content: Content, rest: Partial<ConverseCommandOutput> = {}): ConverseCommandOutput => ({
  $metadata: { requestId: "r1" },
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
  metrics: { latencyMs: 7 },
  ...rest
})
const parts = (content: Content, rest?: Partial<ConverseCommandOutput>, expected = expectation) =>
  Either.getOrThrowWith(toParts(output(content, rest), expected), (error) => new Error(error.description))
const finish = (rest: Partial<ConverseCommandOutput>) => parts([], rest).at(-1)

const finishData = (part: Response.PartEncoded | undefined) =>
  part?.type === "finish" ? part.metadata?.[key] : undefined

/** Also checks that the metadata contains the original stop reason. */
const reason = (stopReason: string) => {
  const part = finish({ stopReason: stopReason as never })
  assert.strictEqual(finishData(part)?.stopReason, stopReason)
  return part?.type === "finish" ? part.reason : undefined
}

describe("a complete response", () => {
  it("becomes metadata, text and one finish part", () => {
    assert.deepStrictEqual(parts([{ text: "Hello" }, { text: "" }]), [
      { type: "response-metadata", id: "r1", modelId: "us.m" },
      { type: "text", text: "Hello" },
      {
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
        metadata: { [key]: { stopReason: "end_turn", latencyMs: 7 } }
      }
    ])
  })

  it("keeps the data that must be sent back with reasoning", () => {
    assert.deepStrictEqual(
      parts([
        { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
        { reasoningContent: { redactedContent: new Uint8Array([1, 2, 3]) } }
      ]).slice(1, -1),
      [
        { type: "reasoning", text: "hm", metadata: { [key]: { signature: "s", model: "us.m" } } },
        { type: "reasoning", text: "", metadata: { [key]: { redactedContent: "AQID", model: "us.m" } } }
      ]
    )
  })

  it("gives each call an ID that is unique in the conversation", () => {
    const ids = parts(
      ["", "", "a", "a", "b|c"].map((toolUseId) => ({ toolUse: { toolUseId, name: "read_file", input: {} } })),
      {},
      { ...expectation, ids: new Set(["call-1", "b_c-1"]) }
    ).flatMap((part) => part.type === "tool-call" ? [part.id] : [])
    assert.deepStrictEqual(ids, ["call-2", "call-3", "a", "a-1", "b_c-2"])
  })

  it("contains tool calls except those that the service ran itself", () => {
    assert.deepStrictEqual(
      parts([
        { toolUse: { toolUseId: "t1", name: "read_file", input: { path: "a" } } },
        { toolUse: { toolUseId: "t2", name: "web_search", input: {}, type: "server_tool_use" } }
      ]).slice(1, -1),
      [{ type: "tool-call", id: "t1", name: "read_file", params: { path: "a" }, providerExecuted: false }]
    )
  })

  it("is malformed if it calls an unknown tool", () => {
    const mapped = toParts(output([{ toolUse: { toolUseId: "t", name: "rm", input: {} } }]), expectation)
    assert.include(Either.isLeft(mapped) ? mapped.left.description : "", "\"rm\"")
  })

  it("counts the tokens read from the cache and written to it", () => {
    const usage = {
      inputTokens: 1,
      outputTokens: 2,
      totalTokens: 303,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 200
    }
    const part = finish({ usage })
    assert.strictEqual(part?.type === "finish" ? part.usage.cachedInputTokens : undefined, 100)
    assert.deepStrictEqual(finishData(part)?.cacheWriteInputTokens, 200)
  })

  it("maps every stop reason, including unknown ones", () => {
    assert.deepStrictEqual(
      [
        "end_turn",
        "stop_sequence",
        "tool_use",
        "max_tokens",
        "model_context_window_exceeded",
        "guardrail_intervened",
        "content_filtered",
        "malformed_model_output",
        "malformed_tool_use",
        "tired"
      ].map(reason),
      [
        "stop",
        "stop",
        "tool-calls",
        "length",
        "length",
        "content-filter",
        "content-filter",
        "error",
        "error",
        "unknown"
      ]
    )
  })
})

const object = (schema: Schema.Schema.Any): Expectation => ({
  ...expectation,
  responseFormat: { objectName: "contact", schema }
})

const text = (content: Content, expected: Expectation) =>
  parts(content, { stopReason: "tool_use" }, expected).flatMap((part) => part.type === "text" ? [part.text] : [])

describe("a structured answer", () => {
  it("is the input of its tool call, without the text around it", () => {
    const content: Content = [
      { text: "Here it is." },
      { toolUse: { toolUseId: "t", name: "contact", input: { name: "Ada" } } }
    ]
    assert.deepStrictEqual(text(content, object(Schema.Struct({ name: Schema.String }))), ["{\"name\":\"Ada\"}"])
  })

  it("is unwrapped if it is a union", () => {
    const content: Content = [{ toolUse: { toolUseId: "t", name: "contact", input: { value: { a: 1 } } } }]
    const union = Schema.Union(Schema.Struct({ a: Schema.Number }), Schema.Struct({ b: Schema.Number }))
    assert.deepStrictEqual(text(content, object(union)), ["{\"a\":1}"])
  })

  it("is the text if the model answered without the tool", () => {
    assert.deepStrictEqual(text([{ text: "{}" }], object(Schema.Struct({}))), ["{}"])
  })
})
