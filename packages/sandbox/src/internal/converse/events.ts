/** Encodes an answer as events of ConverseStream, in the order of recorded streams: `messageStop` before `metadata`. */
import type { Answer } from "./answer.ts"
import type { AnswerBlock } from "./answerBlock.ts"

export interface Event {
  readonly type:
    | "messageStart"
    | "contentBlockStart"
    | "contentBlockDelta"
    | "contentBlockStop"
    | "messageStop"
    | "metadata"
  readonly payload: object
}

const toDeltas = (block: AnswerBlock): ReadonlyArray<object> => {
  switch (block.type) {
    case "text":
      return block.pieces.map((text) => ({ text }))
    case "reasoning":
      return [
        ...block.pieces.map((text) => ({ reasoningContent: { text } })),
        ...(block.signature === undefined ? [] : [{ reasoningContent: { signature: block.signature } }])
      ]
    case "redactedReasoning":
      return [{ reasoningContent: { redactedContent: block.data } }]
    case "toolUse":
      return block.pieces.map((input) => ({ toolUse: { input } }))
    case "toolResult":
      return [{ toolResult: [{ text: block.text }] }]
  }
}

/** Only blocks with initial data have a start event. */
const toStart = (block: AnswerBlock): ReadonlyArray<object> => {
  switch (block.type) {
    case "toolUse":
      return [{
        toolUse: {
          toolUseId: block.toolUseId,
          name: block.name,
          ...(block.isServerTool ? { type: "server_tool_use" } : {})
        }
      }]
    case "toolResult":
      return [{ toolResult: { toolUseId: block.toolUseId, type: "server_tool_result", status: "success" } }]
    default:
      return []
  }
}

export const toEvents = (answer: Answer): ReadonlyArray<Event> => [
  { type: "messageStart", payload: { role: "assistant" } },
  ...answer.blocks.flatMap((block, contentBlockIndex): ReadonlyArray<Event> => [
    ...toStart(block).map((start): Event => ({ type: "contentBlockStart", payload: { contentBlockIndex, start } })),
    ...toDeltas(block).map((delta): Event => ({ type: "contentBlockDelta", payload: { contentBlockIndex, delta } })),
    { type: "contentBlockStop", payload: { contentBlockIndex } }
  ]),
  { type: "messageStop", payload: { stopReason: answer.stopReason } },
  {
    type: "metadata",
    payload: {
      usage: answer.usage,
      metrics: { latencyMs: answer.latencyMs },
      ...(answer.guardrail === undefined ? {} : { trace: { guardrail: answer.guardrail } })
    }
  }
]
