/** A content block of a response stream. */
import type {
  ReasoningContentBlockDelta,
  ToolResultBlockStart,
  ToolUseBlockStart
} from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import type { ServerToolUse } from "../../../parts/ResponseMetadata.ts"
import { malformedOutput } from "../malformed.ts"
import { cleanToolName } from "../tools/harmonyName.ts"
import { type Expectation, isServerTool } from "../tools/toolCall.ts"
import { reasoningMetadata } from "./metadata.ts"

type Part = Response.StreamPartEncoded

export interface TextBlock {
  readonly type: "text"
  readonly id: string
}
export interface ReasoningBlock {
  readonly type: "reasoning"
  readonly id: string
  readonly signature: string | undefined
  readonly redacted: Uint8Array | undefined
}
export interface ToolBlock {
  readonly type: "tool"
  readonly id: string
  /** The ID in the response. */
  readonly originalId: string
  readonly name: string
  readonly providerExecuted: boolean
  /** The part of its JSON input that has arrived so far. */
  readonly input: string
}
/** The result of a tool that the service runs itself. */
export interface ResultBlock {
  readonly type: "result"
  /** The ID of the call in the response. */
  readonly id: string
  readonly status: string | undefined
  readonly content: ReadonlyArray<unknown>
}
export type Block = TextBlock | ReasoningBlock | ToolBlock | ResultBlock

export const makeTextBlock = (id: string): TextBlock => ({ type: "text", id })

export const makeReasoningBlock = (id: string): ReasoningBlock => ({
  type: "reasoning",
  id,
  signature: undefined,
  redacted: undefined
})

export const makeToolBlock = (id: string, start: ToolUseBlockStart): ToolBlock => ({
  type: "tool",
  id,
  originalId: start.toolUseId ?? "",
  name: cleanToolName(start.name ?? ""),
  providerExecuted: isServerTool(start.type),
  input: ""
})

export const makeResultBlock = (start: ToolResultBlockStart): ResultBlock => ({
  type: "result",
  id: start.toolUseId ?? "",
  status: start.status,
  content: []
})

export const toStartPart = (block: TextBlock | ReasoningBlock | ToolBlock): Part => {
  switch (block.type) {
    case "text":
      return { type: "text-start", id: block.id }
    case "reasoning":
      return { type: "reasoning-start", id: block.id }
    case "tool":
      return { type: "tool-params-start", id: block.id, name: block.name, providerExecuted: block.providerExecuted }
  }
}

/** Adds a piece of the signature or the redacted content to the block. */
export const addReasoning = (block: ReasoningBlock, delta: ReasoningContentBlockDelta): ReasoningBlock => ({
  ...block,
  ...(delta.signature !== undefined && { signature: (block.signature ?? "") + delta.signature }),
  ...(delta.redactedContent !== undefined && {
    redacted: new Uint8Array([...(block.redacted ?? []), ...delta.redactedContent])
  })
})

/** The parts that end a block. If its tool call is malformed, `malformed` replaces the `tool-call` part. */
export interface BlockEnd {
  readonly parts: ReadonlyArray<Part>
  /** The call, if the service runs the tool itself. */
  readonly serverTool?: ServerToolUse
  readonly malformed?: AiError.MalformedOutput
}

export const endBlock = (block: TextBlock | ReasoningBlock | ToolBlock, expected: Expectation): BlockEnd => {
  const { id } = block
  if (block.type === "text") return { parts: [{ type: "text-end", id }] }
  if (block.type === "reasoning") {
    const metadata = reasoningMetadata(expected, block.signature, block.redacted)
    return { parts: [{ type: "reasoning-end", id, metadata }] }
  }
  const paramsEnd: Part = { type: "tool-params-end", id }
  const { name, providerExecuted } = block
  return Either.match(parseInput(block), {
    onLeft: (malformed): BlockEnd => ({ parts: [paramsEnd], malformed }),
    // A call of an unknown tool has no `tool-call` part; its `tool-params` parts inform the caller.
    onRight: (params): BlockEnd => ({
      ...(providerExecuted && { serverTool: { id: block.originalId, name, input: params } }),
      parts: expected.tools.has(name)
        ? [paramsEnd, { type: "tool-call", id, name, params, providerExecuted }]
        : [paramsEnd]
    })
  })
}

/** The input of a call without parameters is empty. */
const parseInput = (block: ToolBlock): Either.Either<unknown, AiError.MalformedOutput> =>
  block.input.trim() === "" ? Either.right({}) : Either.try({
    try: () => JSON.parse(block.input),
    catch: () => malformedOutput(`the model's input for the tool "${block.name}" is not valid JSON`)
  })
