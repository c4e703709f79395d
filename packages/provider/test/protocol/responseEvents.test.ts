import type { ContentBlock, ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { toParts } from "../../src/internal/protocol/response/completeResponse.ts"
import { toEvents } from "../../src/internal/protocol/response/responseEvents.ts"
import { initialState, step } from "../../src/internal/protocol/response/streamParts.ts"

const expected = { modelId: "m", isClaude: true, documents: [], tools: new Set(["look"]), ids: new Set<string>() }

const answer = (content: Array<ContentBlock>, stopReason = "tool_use"): ConverseCommandOutput => ({
  output: { message: { role: "assistant", content } },
  stopReason: stopReason as "tool_use",
  usage: { inputTokens: 3, outputTokens: 4, totalTokens: 12, cacheReadInputTokens: 5, cacheWriteInputTokens: 6 },
  metrics: { latencyMs: 7 },
  $metadata: { requestId: "r" }
})

/** The parts of the events, with their deltas joined as in a complete response. */
const streamed = (output: ConverseCommandOutput) => {
  let state = initialState
  const parts: Array<Record<string, unknown>> = []
  for (const event of [...toEvents(output), { _tag: "End" } as const]) {
    const [next, made] = Either.getOrThrow(step(state, event, expected))
    state = next
    for (const part of made) {
      const open = parts.findLast(({ id, type }) =>
        "id" in part && id === part.id && (type === "text" || type === "reasoning")
      )
      if (part.type === "text-start") parts.push({ type: "text", id: part.id, text: "" })
      else if (part.type === "reasoning-start") parts.push({ type: "reasoning", id: part.id, text: "" })
      else if (part.type === "text-delta" || part.type === "reasoning-delta") {
        Object.assign(open!, { text: `${String(open!["text"])}${part.delta}` })
      } else if (part.type === "reasoning-end") Object.assign(open!, { metadata: part.metadata })
      else if (part.type !== "text-end" && !part.type.startsWith("tool-params")) parts.push({ ...part })
    }
  }
  return parts.map((part) => {
    const { id: _id, ...rest } = part
    return part["type"] === "text" || part["type"] === "reasoning" ? rest : part
  })
}

const whole = (output: ConverseCommandOutput) => Either.getOrThrow(toParts(output, expected))

describe("the events of a complete response", () => {
  it("have the order of a Bedrock stream, each with the request ID", () => {
    const events = toEvents(answer([{ text: "Hi" }, { toolUse: { toolUseId: "t", name: "look", input: { a: 1 } } }]))
    assert.deepStrictEqual(events.map((event) => Object.keys(event)[0]), [
      "messageStart",
      "contentBlockDelta",
      "contentBlockStop",
      "contentBlockStart",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata"
    ])
    assert.isTrue(events.every(({ requestId }) => requestId === "r"))
  })

  it("become the same parts as the response: text, reasoning, tool calls, usage and stop reason", () => {
    const text = FastCheck.string({ minLength: 1 })
    const block: FastCheck.Arbitrary<ContentBlock> = FastCheck.oneof(
      FastCheck.record({ text }),
      FastCheck.record({
        reasoningContent: FastCheck.record({ reasoningText: FastCheck.record({ text, signature: text }) })
      }),
      FastCheck.record({
        reasoningContent: FastCheck.record({ redactedContent: FastCheck.uint8Array({ minLength: 1 }) })
      }),
      FastCheck.record({
        toolUse: FastCheck.record({
          toolUseId: text,
          name: FastCheck.constant("look"),
          input: FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue())
        })
      })
    ) as FastCheck.Arbitrary<ContentBlock>
    FastCheck.assert(FastCheck.property(
      FastCheck.array(block, { maxLength: 6 }),
      FastCheck.constantFrom("end_turn", "tool_use", "max_tokens", "brand_new"),
      (content, stopReason) => {
        const output = answer(content, stopReason)
        // JSON, and so a stream, can't represent some values, such as -0.
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
        assert.deepStrictEqual(plain(streamed(output)), plain(whole(output)))
      }
    ))
  })
})
