/** Converts a conversation to Bedrock messages. */
import type { ContentBlock, Message } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { isObject, type JsonObject, toJson } from "../jsonValue.ts"
import { key } from "../key.ts"
import { toWireName } from "../tools/toolNames.ts"
import { readCachePoint } from "./cachePoints.ts"
import { omissionText, toBlock } from "./file.ts"
import { pairCalls } from "./pairCalls.ts"
import { type Target, toReasoning } from "./reasoning.ts"
import { toTextBlocks } from "./text.ts"
import { toToolResult } from "./toolResult.ts"

type Mapped<A> = Either.Either<A, AiError.MalformedInput>

/**
 * Produces valid messages for any conversation: no message is empty, the first is the user's, roles alternate, and each tool call has a unique ID
 * and one result.
 */
export const toMessages = (
  { content: prompt }: Prompt.Prompt,
  model: Omit<Target, "isOpenTurn">
): Mapped<ReadonlyArray<Message>> =>
  Either.gen(function*() {
    const messages: Array<Message> = []
    const documents = new Set<string>()
    const lastPrompt = prompt.findLastIndex(({ role }) => role === "user")
    for (const [index, message] of prompt.entries()) {
      if (message.role === "system") continue
      const content = message.role === "assistant"
        ? yield* toAssistantContent(message, { ...model, isOpenTurn: index > lastPrompt })
        : yield* toUserContent(message, documents)
      content.push(...yield* readCachePoint(message, content, `a message of the ${message.role}`))
      if (content.length > 0) append(messages, message.role === "assistant" ? "assistant" : "user", content)
    }
    return pairCalls(messages)
  })

/** Bedrock requires alternating roles, and the results of all calls in a turn in one message. */
const append = (messages: Array<Message>, role: "user" | "assistant", content: Array<ContentBlock>): void => {
  const last = messages.at(-1)
  if (last?.role === role) last.content!.push(...content)
  else messages.push({ role, content })
}

const toUserContent = (
  { content: parts }: Prompt.UserMessage | Prompt.ToolMessage,
  documents: Set<string>
): Mapped<Array<ContentBlock>> =>
  Either.gen(function*() {
    const content: Array<ContentBlock> = []
    for (const part of parts) {
      const blocks: Array<ContentBlock> = []
      if (part.type === "text") blocks.push(...toTextBlocks(part.text))
      if (part.type === "file") blocks.push(toCitedBlock(part, documents))
      // Converse does not accept the results of calls that the service ran itself.
      if (part.type === "tool-result" && !part.providerExecuted) blocks.push(yield* toToolResult(part, documents))
      content.push(...blocks, ...yield* readCachePoint(part, blocks, `a ${part.type} part`))
    }
    return content
  })

/** A document is cited only if its options say so. */
const toCitedBlock = (part: Prompt.FilePart, documents: Set<string>): ContentBlock => {
  const block = toBlock(part, documents)
  const options: unknown = part.options[key]
  return block.document !== undefined && Predicate.isRecord(options) && options["citations"] === true
    ? { document: { ...block.document, citations: { enabled: true } } }
    : block
}

const toAssistantContent = (
  { content: parts }: Prompt.AssistantMessage,
  reasoning: Target
): Mapped<Array<ContentBlock>> =>
  Either.gen(function*() {
    const content: Array<ContentBlock> = []
    for (const part of parts) {
      const blocks: Array<ContentBlock> = []
      if (part.type === "text") blocks.push(...toTextBlocks(part.text))
      // Bedrock refuses a cache point after it.
      if (part.type === "reasoning") content.push(...toReasoning(part, reasoning))
      if (part.type === "file") {
        blocks.push({ text: omissionText("file", part.fileName, "only the user and the tools can attach files") })
      }
      if (part.type === "tool-call" && !part.providerExecuted) {
        const input = yield* toolInput(part.params)
        blocks.push({ toolUse: { toolUseId: part.id, name: toWireName(part.name), input } })
      }
      content.push(...blocks, ...yield* readCachePoint(part, blocks, `a ${part.type} part`))
    }
    // Claude refuses an assistant message that ends with reasoning.
    return content.slice(0, content.findLastIndex((block) => block.reasoningContent === undefined) + 1)
  })

/** Bedrock accepts only an object as input. */
const toolInput = (params: unknown): Mapped<JsonObject> =>
  Either.map(toJson(params ?? {}), (input) => isObject(input) ? input : {})
