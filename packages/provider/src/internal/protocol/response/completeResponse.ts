/** Converts a complete Converse response to `@effect/ai` response parts. Pure. */
import type { ContentBlock, ConverseCommandOutput, ReasoningContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import { catchMalformed } from "../malformed.ts"
import { makeObjectTool } from "../tools/objectTool.ts"
import { type Expectation, isServerTool, toToolCall } from "../tools/toolCall.ts"
import { makeUniqueToolUseId } from "../tools/toolUseIds.ts"
import { toFinish } from "./finish.ts"
import { reasoningMetadata } from "./metadata.ts"

type Parts = Either.Either<Array<Response.PartEncoded>, AiError.MalformedOutput>

export const toParts = (output: ConverseCommandOutput, expected: Expectation): Parts =>
  catchMalformed(() =>
    Either.map(
      Either.all(makeIdsUnique(selectBlocks(output, expected), expected.ids).map((block) => toPart(block, expected))),
      (parts) => [
        toResponseMetadata(output.$metadata.requestId, expected.modelId),
        ...parts.flat(),
        toFinish(output.stopReason, output.usage, output.metrics?.latencyMs, output.trace)
      ]
    )
  )

/** If an object was requested, drops the text around it, which `@effect/ai` would parse as part of the object. */
const selectBlocks = (output: ConverseCommandOutput, expected: Expectation): ReadonlyArray<ContentBlock> => {
  const blocks = output.output?.message?.content ?? []
  if (expected.responseFormat === undefined) return blocks
  const { name } = makeObjectTool(expected.responseFormat)
  return blocks.some((block) => block.toolUse?.name === name)
    ? blocks.filter((block) => block.text === undefined)
    : blocks
}

const makeIdsUnique = (
  blocks: ReadonlyArray<ContentBlock>,
  before: ReadonlySet<string>
): ReadonlyArray<ContentBlock> => {
  const taken = new Set(before)
  return blocks.map((block) => {
    if (block.toolUse === undefined) return block
    const toolUseId = makeUniqueToolUseId(block.toolUse.toolUseId ?? "", taken)
    taken.add(toolUseId)
    return { toolUse: { ...block.toolUse, toolUseId } }
  })
}

export const toResponseMetadata = (
  requestId: string | undefined,
  modelId: string
): Response.ResponseMetadataPartEncoded => ({ type: "response-metadata", id: requestId, modelId })

const toPart = (block: ContentBlock, expected: Expectation): Parts => {
  if (block.text !== undefined) return Either.right(block.text === "" ? [] : [{ type: "text", text: block.text }])
  if (block.reasoningContent !== undefined) {
    return Either.right([toReasoningPart(block.reasoningContent, expected.modelId)])
  }
  if (block.toolUse === undefined) return Either.right([])
  const { input, name, toolUseId, type } = block.toolUse
  if (expected.responseFormat !== undefined) {
    const tool = makeObjectTool(expected.responseFormat)
    if (tool.name === name) return Either.right([{ type: "text", text: tool.text(input) }])
  }
  return toToolCall(
    { id: toolUseId ?? "", name: name ?? "", params: input ?? {}, providerExecuted: isServerTool(type) },
    expected
  )
}

const toReasoningPart = (block: ReasoningContentBlock, modelId: string): Response.ReasoningPartEncoded => ({
  type: "reasoning",
  text: block.reasoningText?.text ?? "",
  metadata: reasoningMetadata(modelId, block.reasoningText?.signature, block.redactedContent)
})
