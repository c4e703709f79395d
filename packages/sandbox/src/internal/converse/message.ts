/** Encodes an answer as the body of Converse. */
import * as Option from "effect/Option"
import type { Answer } from "./answer.ts"
import type { AnswerBlock } from "./answerBlock.ts"

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

/** Fragments that are not JSON become a string. */
const toInput = (fragments: ReadonlyArray<string>): unknown => {
  const text = fragments.join("")
  return text === "" ? {} : Option.getOrElse(parseJson(text), () => text)
}

const toContent = (block: AnswerBlock): object => {
  switch (block.type) {
    case "text":
      return { text: block.pieces.join("") }
    case "reasoning":
      return {
        reasoningContent: {
          reasoningText: {
            text: block.pieces.join(""),
            ...(block.signature === undefined ? {} : { signature: block.signature })
          }
        }
      }
    case "redactedReasoning":
      return { reasoningContent: { redactedContent: block.data } }
    case "toolUse":
      return {
        toolUse: {
          toolUseId: block.toolUseId,
          name: block.name,
          input: toInput(block.pieces),
          ...(block.isServerTool ? { type: "server_tool_use" } : {})
        }
      }
    case "toolResult":
      return {
        toolResult: {
          toolUseId: block.toolUseId,
          content: [{ text: block.text }],
          status: "success",
          type: "server_tool_result"
        }
      }
  }
}

export const toMessage = (answer: Answer): object => ({
  metrics: { latencyMs: answer.latencyMs },
  output: { message: { content: answer.blocks.map(toContent), role: "assistant" } },
  stopReason: answer.stopReason,
  ...(answer.guardrail === undefined ? {} : { trace: { guardrail: answer.guardrail } }),
  usage: answer.usage
})
