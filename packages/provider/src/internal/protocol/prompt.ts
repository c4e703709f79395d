/** From a prompt of `@effect/ai` to a Converse request. Pure. */
import type { Capabilities } from "@altimate-code/model-id/Catalog"
import type { ContentBlock, ConverseCommandInput, Message } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { withCachePoints } from "./cachePoints.ts"
import { toBlock } from "./file.ts"
import { isObject, type JsonObject, toJson } from "./json.ts"
import { malformedInput } from "./malformed.ts"
import { reasoningData } from "./metadata.ts"
import { toToolResult } from "./toolResult.ts"
import { checkName, toolUseId, toToolConfig } from "./tools.ts"

export interface Input
  extends Pick<LanguageModel.ProviderOptions, "prompt" | "tools" | "toolChoice" | "responseFormat">
{
  /** The model ID as it goes on the wire. */
  readonly modelId: string
  readonly capabilities: Capabilities
  readonly maxTokens: number
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>> | undefined
}

type Mapped<A> = Either.Either<A, AiError.MalformedInput>

export const toRequest = (input: Input): Mapped<ConverseCommandInput> =>
  Either.gen(function*() {
    const names = new Set<string>()
    const used = new Set<string>()
    const messages: Array<Message> = []
    for (const message of input.prompt.content) {
      if (message.role === "system") continue
      const content = yield* toContent(message, names, used)
      if (content.length > 0) append(messages, message.role === "assistant" ? "assistant" : "user", content)
    }
    if (messages.length === 0) return yield* Either.left(malformedInput("the prompt holds no text and no file"))
    if (messages.some(hasBareDocument)) {
      return yield* Either.left(
        malformedInput("Bedrock takes a document only with a text beside it: say what to do with it")
      )
    }
    const system = input.prompt.content.flatMap((message) => message.role === "system" ? text(message.content) : [])
    const toolConfig = yield* toToolConfig({ ...input, used })
    const parts = withCachePoints(
      { system, messages: messages.map(resultsFirst), toolConfig },
      input.capabilities.cache
    )
    return {
      modelId: input.modelId,
      messages: [...parts.messages],
      ...(parts.system.length > 0 && { system: [...parts.system] }),
      ...(parts.toolConfig && { toolConfig: parts.toolConfig }),
      inferenceConfig: { maxTokens: input.maxTokens },
      ...(input.additionalModelRequestFields
        && { additionalModelRequestFields: input.additionalModelRequestFields as never })
    }
  })

/** Bedrock wants the roles to alternate, and the results of all calls of a turn in one message. */
const append = (messages: Array<Message>, role: "user" | "assistant", content: Array<ContentBlock>): void => {
  const last = messages.at(-1)
  if (last?.role === role) last.content!.push(...content)
  else messages.push({ role, content })
}

/** Source: the API model's documentation of `Message.content`. */
const hasBareDocument = ({ content }: Message): boolean =>
  content!.some((block) => block.document !== undefined) && !content!.some((block) => block.text !== undefined)

const resultsFirst = (message: Message): Message =>
  message.role === "user"
    ? {
      ...message,
      content: [
        ...message.content!.filter((block) => block.toolResult !== undefined),
        ...message.content!.filter((block) => block.toolResult === undefined)
      ]
    }
    : message

const toContent = (
  message: Exclude<Prompt.Message, Prompt.SystemMessage>,
  names: Set<string>,
  used: Set<string>
): Mapped<Array<ContentBlock>> =>
  Either.gen(function*() {
    const content: Array<ContentBlock> = []
    for (const part of message.content) {
      switch (part.type) {
        case "text":
          content.push(...text(part.text))
          break
        case "file":
          if (message.role !== "user") {
            return yield* Either.left(malformedInput("Bedrock takes files only from the user"))
          }
          content.push(yield* toBlock(part, names))
          break
        case "reasoning":
          content.push(...(yield* reasoning(part)))
          break
        case "tool-call":
          // What the service ran itself is answered already, and Converse has no place for it in a later request.
          if (part.providerExecuted) break
          used.add(yield* checkName(part.name))
          content.push({
            toolUse: { toolUseId: toolUseId(part.id), name: part.name, input: yield* toolInput(part.params) }
          })
          break
        case "tool-result":
          if (part.providerExecuted) break
          used.add(yield* checkName(part.name))
          content.push(yield* toToolResult(part, names))
          break
      }
    }
    return content
  })

/** Blank text is refused with 400. */
const text = (value: string): Array<{ readonly text: string }> => value.trim() === "" ? [] : [{ text: value }]

/** Bedrock takes an object only; a call without parameters has none. */
const toolInput = (params: unknown): Mapped<JsonObject> =>
  Either.map(toJson(params ?? {}), (input) => isObject(input) ? input : {})

/** Reasoning without its signature can't be proved and is refused: it is left out. */
const reasoning = (part: Prompt.ReasoningPart): Mapped<Array<ContentBlock>> => {
  const { redactedContent, signature } = reasoningData(part.options)
  const blocks: Array<ContentBlock> = signature === undefined
    ? []
    : [{ reasoningContent: { reasoningText: { text: part.text, signature } } }]
  if (redactedContent === undefined) return Either.right(blocks)
  return Either.mapBoth(Encoding.decodeBase64(redactedContent), {
    onLeft: () => malformedInput("redacted reasoning is not valid base64"),
    onRight: (bytes) => [...blocks, { reasoningContent: { redactedContent: bytes } }]
  })
}
