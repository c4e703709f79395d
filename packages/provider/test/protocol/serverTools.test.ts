import type { ContentBlock, ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime"
import type * as Response from "@effect/ai/Response"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { key } from "../../src/internal/protocol/key.ts"
import { toParts } from "../../src/internal/protocol/response/completeResponse.ts"
import { toEvents } from "../../src/internal/protocol/response/responseEvents.ts"
import { initialState, step } from "../../src/internal/protocol/response/streamParts.ts"
import type { StreamedEvent } from "../../src/StreamedEvent.ts"

const expected = {
  modelId: "us.amazon.nova-2-lite-v1:0",
  isClaude: false,
  documents: [],
  tools: new Set<string>(),
  ids: new Set<string>()
}

const streamed = (events: ReadonlyArray<StreamedEvent>) => {
  let state = initialState
  return events.flatMap((event) => {
    const [next, parts] = Either.getOrThrow(step(state, event, expected))
    state = next
    return parts
  })
}

const search = (toolUseId: string): ContentBlock => ({
  toolUse: { toolUseId, name: "nova_grounding", input: { query: "weather" }, type: "server_tool_use" }
})
const found = (toolUseId: string, status: "success" | "error"): ContentBlock => ({
  toolResult: {
    toolUseId,
    type: "nova_grounding_result",
    status,
    content: [{ text: "sun" }, { text: "ny" }, { json: { hits: 2 } }]
  }
})

const output = (...content: Array<ContentBlock>): ConverseCommandOutput => ({
  $metadata: {},
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
  usage: undefined,
  metrics: undefined
})

const serverTools = (parts: ReadonlyArray<Response.PartEncoded | Response.StreamPartEncoded>) => {
  const finish = parts.at(-1)
  return finish?.type === "finish" ? finish.metadata?.[key]?.serverTools : undefined
}

const used = { name: "nova_grounding", input: { query: "weather" } }
const result = ["sunny", { hits: 2 }]

describe("the finish part", () => {
  it("lists the tools that the service ran, with their results", () => {
    const answer = output(
      search("s1"),
      found("s1", "success"),
      search("s1"),
      found("s1", "error"),
      search("s2"),
      { text: "Sunny." }
    )
    const whole = Either.getOrThrow(toParts(answer, expected))
    assert.deepStrictEqual(serverTools(whole), [
      { id: "s1", ...used, result },
      { id: "s1", ...used, result, isFailure: true },
      { id: "s2", ...used }
    ])
    assert.deepStrictEqual(streamed(toEvents(answer)).at(-1)?.metadata, whole.at(-1)?.metadata)
    // None of them is a call for the caller to run.
    assert.notInclude(whole.map(({ type }) => type), "tool-call")
  })

  it("lists results whose text arrives in pieces", () => {
    const delta = (text: string) => ({ contentBlockDelta: { contentBlockIndex: 1, delta: { toolResult: [{ text }] } } })
    const parts = streamed([
      {
        contentBlockStart: {
          contentBlockIndex: 0,
          start: { toolUse: { toolUseId: "s1", name: "nova_grounding", type: "server_tool_use" } }
        }
      },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: "{\"query\":\"weather\"}" } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockStart: { contentBlockIndex: 1, start: { toolResult: { toolUseId: "s1" } } } },
      delta("su"),
      delta("nny"),
      { contentBlockStop: { contentBlockIndex: 1 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: undefined, metrics: undefined } }
    ])
    assert.deepStrictEqual(serverTools(parts), [{ id: "s1", ...used, result: ["sunny"] }])
  })
})
