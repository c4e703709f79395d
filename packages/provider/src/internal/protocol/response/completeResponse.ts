/** Converts a complete Converse response to `@effect/ai` response parts. Pure. */
import type { ContentBlock, ConverseCommandOutput, ReasoningContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import type { ServerToolUse } from "../../../parts/ResponseMetadata.ts"
import { catchMalformed } from "../malformed.ts"
import { cleanToolName } from "../tools/harmonyName.ts"
import { makeObjectTool } from "../tools/objectTool.ts"
import { type Expectation, isServerTool, toToolCall } from "../tools/toolCall.ts"
import { makeUniqueToolUseId } from "../tools/toolUseIds.ts"
import { toSource } from "./citations.ts"
import { toFinish } from "./finish.ts"
import { reasoningMetadata } from "./metadata.ts"
import { addContent, addResult } from "./serverTools.ts"

type Parts = Either.Either<Array<Response.PartEncoded>, AiError.MalformedOutput>

export const toParts = (output: ConverseCommandOutput, expected: Expectation): Parts =>
  catchMalformed(() =>
    Either.map(
      Either.all(toUniqueCalls(selectBlocks(output, expected), expected.ids).map((block) => toPart(block, expected))),
      (parts) => [
        toResponseMetadata(output.$metadata.requestId, expected.modelId),
        ...numberSources(parts.flat()),
        toFinish({
          stopReason: output.stopReason,
          usage: output.usage,
          latencyMs: output.metrics?.latencyMs,
          trace: output.trace,
          serverTools: listServerTools(output)
        })
      ]
    )
  )

/** If an object was requested, drops the text around it, which `@effect/ai` would parse as part of the object. */
const selectBlocks = (output: ConverseCommandOutput, expected: Expectation): ReadonlyArray<ContentBlock> => {
  const blocks = (output.output?.message?.content ?? []).map(cleanName)
  if (expected.responseFormat === undefined) return blocks
  const { name } = makeObjectTool(expected.responseFormat)
  return blocks.some((block) => block.toolUse?.name === name)
    ? blocks.filter((block) => block.text === undefined && block.citationsContent === undefined)
    : blocks
}

const listServerTools = (output: ConverseCommandOutput): ReadonlyArray<ServerToolUse> =>
  (output.output?.message?.content ?? []).reduce<ReadonlyArray<ServerToolUse>>((calls, { toolResult, toolUse }) => {
    if (toolResult !== undefined) {
      return addResult(calls, toolResult.toolUseId ?? "", addContent([], toolResult.content ?? []), toolResult.status)
    }
    return toolUse === undefined || !isServerTool(toolUse.type)
      ? calls
      : [...calls, { id: toolUse.toolUseId ?? "", name: toolUse.name ?? "", input: toolUse.input ?? {} }]
  }, [])

const cleanName = (block: ContentBlock): ContentBlock =>
  block.toolUse === undefined
    ? block
    : { toolUse: { ...block.toolUse, name: cleanToolName(block.toolUse.name ?? "") } }

/** The citations of each block are counted from zero. */
const numberSources = (parts: ReadonlyArray<Response.PartEncoded>): ReadonlyArray<Response.PartEncoded> => {
  let count = 0
  return parts.map((part) => part.type === "source" ? { ...part, id: `citation-${count++}` } : part)
}

const toUniqueCalls = (
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
  if (block.citationsContent !== undefined) {
    const { citations = [], content = [] } = block.citationsContent
    const text = content.map((each) => each.text ?? "").join("")
    return Either.right([
      ...(text === "" ? [] : [{ type: "text", text } as const]),
      ...citations.map((citation, index) => toSource(citation, index, expected.documents))
    ])
  }
  if (block.reasoningContent !== undefined) {
    return Either.right([toReasoningPart(block.reasoningContent, expected)])
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

const toReasoningPart = (block: ReasoningContentBlock, expected: Expectation): Response.ReasoningPartEncoded => ({
  type: "reasoning",
  text: block.reasoningText?.text ?? "",
  metadata: reasoningMetadata(expected, block.reasoningText?.signature, block.redactedContent)
})
