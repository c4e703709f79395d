/** The answer of a sandbox without a script, which depends only on the request. */
import type { Block, Turn } from "../../Script.ts"
import { makeMinimalInput } from "./minimalInput.ts"
import type { ConverseRequest } from "./request.ts"
import { estimateTokens } from "./usage.ts"

const maxQuoteLength = 200

const quote = (text: string): string => {
  const characters = [...text.trim()]
  return `“${
    characters.length > maxQuoteLength ? `${characters.slice(0, maxQuoteLength).join("")}…` : characters.join("")
  }”`
}

/** Describes the last message: the user's text, or a tool's result. */
const describeLast = (request: ConverseRequest): string => {
  const content = request.messages.at(-1)?.content ?? []
  const userText = content.flatMap(({ text }) => text === undefined ? [] : [text]).join("\n")
  if (userText !== "") return `You said: ${quote(userText)}`
  const answered = content.flatMap(({ toolResult }) => toolResult?.content ?? [])
    .map(({ json, text }) => text ?? (json === undefined ? "" : JSON.stringify(json)))
    .join("\n")
  return answered === "" ? "You sent no text." : `The tool answered: ${quote(answered)}`
}

const findForcedTool = ({ toolConfig }: ConverseRequest) => {
  const specs = toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec === undefined ? [] : [toolSpec]) ?? []
  const name = toolConfig?.toolChoice?.tool?.name
  if (name !== undefined) return specs.find((spec) => spec.name === name)
  return toolConfig?.toolChoice?.any === undefined ? undefined : specs[0]
}

/** Cuts the text at the token limit, as a model would. */
const truncateAnswer = (full: string, maxTokens: number | undefined): Turn => {
  const cut = maxTokens !== undefined && estimateTokens(full) > maxTokens
  const block: Block = { type: "text", text: cut ? [...full].slice(0, maxTokens * 4).join("") : full }
  return { blocks: [block], stopReason: cut ? "max_tokens" : "end_turn" }
}

export const echo = (modelId: string, request: ConverseRequest): Turn => {
  const tool = findForcedTool(request)
  return tool === undefined
    ? truncateAnswer(
      `Hello from the Bedrock sandbox, here as ${modelId}! ${describeLast(request)}`,
      request.inferenceConfig?.maxTokens
    )
    : { blocks: [{ type: "toolUse", name: tool.name, input: makeMinimalInput(tool.inputSchema.json) }] }
}
