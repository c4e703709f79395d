/** Tokens, for lack of a tokenizer: four characters each. */
import type { Usage } from "../../Script.ts"
import type { Answer } from "./answer.ts"
import type { ConverseRequest } from "./request.ts"

export const tokens = (text: string): number => Math.ceil([...text].length / 4)

export const count = (request: ConverseRequest, blocks: Answer["blocks"]): Usage => ({
  inputTokens: tokens(JSON.stringify(request)),
  outputTokens: tokens(
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
