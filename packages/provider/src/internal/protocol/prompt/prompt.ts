/** Converts a prompt of `@effect/ai` to a Converse request that Bedrock accepts, whatever its history contains. Pure. */
import type { RequestOptions } from "@altimate-code/config/RequestOptions"
import type { Capabilities } from "@altimate-code/model-id/Catalog"
import type { ConverseCommandInput, Message, SystemContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Either from "effect/Either"
import * as Struct from "effect/Struct"
import { malformedInput } from "../malformed.ts"
import { toToolConfig } from "../tools/toolConfig.ts"
import { addTextToDocuments, limitAttachments } from "./attachments.ts"
import { placeCachePoints, readCachePoint } from "./cachePoints.ts"
import { toMessages } from "./messages.ts"
import { toRequestFields } from "./requestFields.ts"
import { toTextBlocks } from "./text.ts"
import { adaptToThinking, limitOwnThinking } from "./thinking.ts"
import type { ThinkingPlan } from "./thinkingPlan.ts"
import { toWellFormed } from "./wellFormed.ts"

export interface Input
  extends Pick<LanguageModel.ProviderOptions, "prompt" | "tools" | "toolChoice" | "responseFormat">
{
  /** The model ID to send. */
  readonly modelId: string
  readonly capabilities: Capabilities
  readonly maxTokens: number
  readonly thinking?: ThinkingPlan | undefined
  /** Fields of the model's own that the program sends. */
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>> | undefined
  /** The fields that the user has set. */
  readonly options?: RequestOptions
  /** False for a model that is known not to be Claude. */
  readonly isClaude?: boolean
}

export const toRequest = (input: Input): Either.Either<ConverseCommandInput, AiError.MalformedInput> =>
  Either.gen(function*() {
    const { isClaude = true, modelId, options = {} } = input
    const history = yield* toMessages(input.prompt, { modelId, isClaude })
    if (history.length === 0) return yield* Either.left(malformedInput("the prompt has no text and no file"))
    if (isBareDocument(history.at(-1)!)) {
      return yield* Either.left(
        malformedInput("Bedrock accepts a document only together with text: say what to do with it")
      )
    }
    const used = new Set(history.flatMap(({ content }) => content!.flatMap(({ toolUse }) => toolUse?.name ?? [])))
    const messages = limitAttachments(history, input.capabilities.input).map(addTextToDocuments)
    const system: Array<SystemContentBlock> = []
    for (const message of input.prompt.content) {
      if (message.role !== "system") continue
      const texts = toTextBlocks(message.content)
      system.push(...texts, ...yield* readCachePoint(message, texts, "a message of the system"))
    }
    const { fields, sendsMaxTokens, sendsSampling, toolConfig } = adaptToThinking(input.thinking, {
      messages,
      toolConfig: yield* toToolConfig({ ...input, used })
    })
    const parts = placeCachePoints({ system, messages, toolConfig }, input.capabilities.cache, options.cacheTtl?.value)
    return limitOwnThinking(toWellFormed({
      modelId,
      messages: [...parts.messages],
      ...(parts.system.length > 0 && { system: [...parts.system] }),
      ...(parts.toolConfig && { toolConfig: parts.toolConfig }),
      ...toRequestFields({
        options: sendsSampling ? options : Struct.omit(options, "temperature", "topP"),
        maxTokens: sendsMaxTokens ? input.maxTokens : undefined,
        modelFields: { ...fields, ...input.additionalModelRequestFields },
        isClaude
      })
    }))
  })

/** Whether a message has documents without any text, so that the model cannot know what to do with them. */
const isBareDocument = ({ content, role }: Message): boolean =>
  role === "user" && content!.every(({ cachePoint, document }) => document !== undefined || cachePoint !== undefined)

/** The IDs of the tool calls in a request. The answer's calls get other ones. */
export const listToolUseIds = ({ messages = [] }: ConverseCommandInput): ReadonlySet<string> =>
  new Set(messages.flatMap(({ content = [] }) => content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? [])))
