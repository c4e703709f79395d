/** Estimates tokens at four characters each, since there is no tokenizer. */
import type { Usage } from "../../Script.ts"
import type { AnswerBlock } from "./answerBlock.ts"
import type { ConverseRequest } from "./request.ts"

export const estimateTokens = (text: string): number => Math.ceil([...text].length / 4)

export const estimateUsage = (request: ConverseRequest, blocks: ReadonlyArray<AnswerBlock>): Usage => ({
  inputTokens: estimateTokens(JSON.stringify(request)),
  outputTokens: estimateTokens(
    blocks.flatMap((block) => {
      switch (block.type) {
        case "text":
        case "reasoning":
          return block.pieces
        case "redactedReasoning":
          return [block.data]
        case "toolUse":
          return [block.name, ...block.pieces]
        case "toolResult":
          return [block.text]
      }
    }).join("")
  )
})
