/** The answer of a sandbox without a script: a function of the request alone. */
import type { Block, Turn } from "../../Script.ts"
import { minimalInput } from "./minimalInput.ts"
import type { ConverseRequest } from "./request.ts"
import { tokens } from "./usage.ts"

const QUOTE = 200

const quote = (text: string): string => {
  const characters = [...text.trim()]
  return `“${characters.length > QUOTE ? `${characters.slice(0, QUOTE).join("")}…` : characters.join("")}”`
}

/** What the last message says: the user's own text, else what a tool answered. */
const lastWords = (request: ConverseRequest): string => {
  const content = request.messages.at(-1)?.content ?? []
  const said = content.flatMap(({ text }) => text === undefined ? [] : [text]).join("\n")
  if (said !== "") return `You said: ${quote(said)}`
  const answered = content.flatMap(({ toolResult }) => toolResult?.content ?? [])
    .map(({ json, text }) => text ?? (json === undefined ? "" : JSON.stringify(json)))
    .join("\n")
  return answered === "" ? "You sent no text." : `The tool answered: ${quote(answered)}`
}

const forcedTool = ({ toolConfig }: ConverseRequest) => {
  const specs = toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec === undefined ? [] : [toolSpec]) ?? []
  const name = toolConfig?.toolChoice?.tool?.name
  if (name !== undefined) return specs.find((spec) => spec.name === name)
  return toolConfig?.toolChoice?.any === undefined ? undefined : specs[0]
}

/** Cut where the budget ends, as a model is. */
const text = (full: string, maxTokens: number | undefined): Turn => {
  const cut = maxTokens !== undefined && tokens(full) > maxTokens
  const block: Block = { type: "text", text: cut ? [...full].slice(0, maxTokens * 4).join("") : full }
  return { blocks: [block], stopReason: cut ? "max_tokens" : "end_turn" }
}

export const echo = (modelId: string, request: ConverseRequest): Turn => {
  const tool = forcedTool(request)
  return tool === undefined
    ? text(
      `Hello from the Bedrock sandbox, here as ${modelId}! ${lastWords(request)}`,
      request.inferenceConfig?.maxTokens
    )
    : { blocks: [{ type: "toolUse", name: tool.name, input: minimalInput(tool.inputSchema.json) }] }
}
