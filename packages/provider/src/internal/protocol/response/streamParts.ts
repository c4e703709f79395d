/** Converts stream events to `@effect/ai` response parts. Pure: `step` takes a state and returns the next one. */
import type { ContentBlockDelta, ConverseTrace, TokenUsage } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"
import type { ServerToolUse } from "../../../parts/ResponseMetadata.ts"
import type { StreamedEvent } from "../../../StreamedEvent.ts"
import { catchMalformed } from "../malformed.ts"
import type { Expectation } from "../tools/toolCall.ts"
import { makeUniqueToolUseId } from "../tools/toolUseIds.ts"
import { toSource } from "./citations.ts"
import { toResponseMetadata } from "./completeResponse.ts"
import {
  addReasoning,
  type Block,
  endBlock,
  makeReasoningBlock,
  makeResultBlock,
  makeTextBlock,
  makeToolBlock,
  type ReasoningBlock,
  type TextBlock,
  type ToolBlock,
  toStartPart
} from "./contentBlock.ts"
import { isCut, toFinish } from "./finish.ts"
import { addContent, addResult } from "./serverTools.ts"

type Part = Response.StreamPartEncoded

export interface State {
  readonly hasBegun: boolean
  /** The open blocks by Bedrock's content block index. Several can be open at the same time. */
  readonly blocks: ReadonlyMap<number, Block>
  /** The number of text and reasoning blocks so far. It serves as their ID, because a gateway can repeat an index. */
  readonly count: number
  /** The number of citations so far. */
  readonly citations: number
  /** The IDs of the tool calls so far. */
  readonly ids: ReadonlySet<string>
  readonly stopReason: string | undefined
  readonly usage: TokenUsage | undefined
  readonly latencyMs: number | undefined
  /** What a guardrail found. */
  readonly trace: ConverseTrace | undefined
  /** The tools that the service ran itself so far. */
  readonly serverTools: ReadonlyArray<ServerToolUse>
  /** Why a tool call is malformed; ignored if the answer was cut off by a token limit. */
  readonly malformed: AiError.MalformedOutput | undefined
  /** Why the answer is not usable. It fails at the end of the stream, because the usage may still arrive. */
  readonly failure: AiError.AiError | undefined
  readonly isFinished: boolean
}

export const initialState: State = {
  hasBegun: false,
  blocks: new Map(),
  count: 0,
  citations: 0,
  ids: new Set(),
  stopReason: undefined,
  usage: undefined,
  latencyMs: undefined,
  trace: undefined,
  serverTools: [],
  malformed: undefined,
  failure: undefined,
  isFinished: false
}

type Step<E = AiError.MalformedOutput> = Either.Either<readonly [State, ReadonlyArray<Part>], E>

/** How the stream ended: completely, or with an error. */
export interface End {
  readonly _tag: "End"
  readonly error?: AiError.AiError
}

/**
 * Converts an event, or the end of the stream, to parts. A failed answer whose usage was reported emits `finish` before it fails, because it is
 * billed too.
 */
export const step = (state: State, event: StreamedEvent | End, expected: Expectation): Step<AiError.AiError> => {
  if ("_tag" in event) {
    const failure = event.error ?? state.failure
    if (failure === undefined) return catchMalformed(() => finish(state))
    return state.usage === undefined || state.isFinished
      ? Either.left(failure)
      : Either.map(finish(state), ([next, parts]) => [{ ...next, failure }, parts] as const)
  }
  if (state.hasBegun) return catchMalformed(() => advance(state, event, expected))
  return Either.map(
    catchMalformed(() => advance({ ...state, hasBegun: true }, event, expected)),
    ([next, parts]) => [next, [toResponseMetadata(event.requestId, expected.modelId), ...parts]] as const
  )
}

const advance = (state: State, event: StreamedEvent, expected: Expectation): Step => {
  if (event.contentBlockStart?.start?.toolUse !== undefined) {
    const { contentBlockIndex = 0, start: { toolUse } } = event.contentBlockStart
    const id = makeUniqueToolUseId(toolUse.toolUseId ?? "", new Set([...expected.ids, ...state.ids]))
    return open({ ...state, ids: new Set([...state.ids, id]) }, contentBlockIndex, makeToolBlock(id, toolUse), expected)
  }
  if (event.contentBlockStart?.start?.toolResult !== undefined) {
    const { contentBlockIndex = 0, start: { toolResult } } = event.contentBlockStart
    return Either.map(
      close(state, contentBlockIndex, expected),
      ([closed, parts]) => [withBlock(closed, contentBlockIndex, makeResultBlock(toolResult)), parts] as const
    )
  }
  if (event.contentBlockDelta?.delta !== undefined) {
    const { contentBlockIndex = 0, delta } = event.contentBlockDelta
    return addDelta(state, contentBlockIndex, delta, expected)
  }
  if (event.contentBlockStop !== undefined) {
    return close(state, event.contentBlockStop.contentBlockIndex ?? 0, expected)
  }
  if (event.messageStop !== undefined) return closeAll(state, event.messageStop.stopReason ?? "unknown", expected)
  if (event.metadata !== undefined) {
    const { metrics, trace, usage } = event.metadata
    const next = { ...state, usage, latencyMs: metrics?.latencyMs, trace }
    return state.stopReason === undefined ? ignore(next) : finish(next)
  }
  return ignore(state)
}

const ignore = (state: State): Step => Either.right([state, []])

const addDelta = (state: State, index: number, delta: ContentBlockDelta, expected: Expectation): Step => {
  if (delta.text !== undefined) {
    return delta.text === "" ? ignore(state) : Either.map(
      findOrOpen(state, index, makeTextBlock, expected),
      ([next, { id }, parts]) => [next, [...parts, { type: "text-delta", id, delta: delta.text }]]
    )
  }
  if (delta.citation !== undefined) {
    const source = toSource(delta.citation, state.citations, expected.documents)
    return Either.right([{ ...state, citations: state.citations + 1 }, [source]])
  }
  if (delta.reasoningContent !== undefined) {
    const { reasoningContent } = delta
    return Either.map(findOrOpen(state, index, makeReasoningBlock, expected), ([next, block, parts]) => [
      withBlock(next, index, addReasoning(block, reasoningContent)),
      reasoningContent.text === undefined || reasoningContent.text === ""
        ? parts
        : [...parts, { type: "reasoning-delta", id: block.id, delta: reasoningContent.text }]
    ])
  }
  const block = state.blocks.get(index)
  if (delta.toolResult !== undefined) {
    return block?.type === "result"
      ? ignore(withBlock(state, index, { ...block, content: addContent(block.content, delta.toolResult) }))
      : ignore(state)
  }
  const input = delta.toolUse?.input ?? ""
  if (block?.type !== "tool" || input === "") return ignore(state)
  return Either.right([
    withBlock(state, index, { ...block, input: block.input + input }),
    [{ type: "tool-params-delta", id: block.id, delta: input }]
  ])
}

/** Returns the block of this kind at this index. Opens it if necessary, because text and reasoning blocks have no start event. */
const findOrOpen = <Entered extends TextBlock | ReasoningBlock>(
  state: State,
  index: number,
  make: (id: string) => Entered,
  expected: Expectation
): Either.Either<readonly [State, Entered, ReadonlyArray<Part>], AiError.MalformedOutput> => {
  const newBlock = make(String(state.count))
  const current = state.blocks.get(index)
  return current?.type === newBlock.type
    ? Either.right([state, current as Entered, []])
    : Either.map(
      open({ ...state, count: state.count + 1 }, index, newBlock, expected),
      ([next, parts]) => [next, newBlock, parts] as const
    )
}

/** Opens a block, after closing one that the gateway left open at this index. */
const open = (
  state: State,
  index: number,
  block: TextBlock | ReasoningBlock | ToolBlock,
  expected: Expectation
): Step =>
  Either.map(
    close(state, index, expected),
    ([closed, parts]) => [withBlock(closed, index, block), [...parts, toStartPart(block)]] as const
  )

const withBlock = (state: State, index: number, block: Block): State => ({
  ...state,
  blocks: new Map(state.blocks).set(index, block)
})

const close = (state: State, index: number, expected: Expectation): Step => {
  const block = state.blocks.get(index)
  if (block === undefined) return ignore(state)
  const blocks = new Map(state.blocks)
  blocks.delete(index)
  if (block.type === "result") {
    const serverTools = addResult(state.serverTools, block.id, block.content, block.status)
    return ignore({ ...state, blocks, serverTools })
  }
  const { malformed = state.malformed, parts, serverTool } = endBlock(block, expected)
  const serverTools = serverTool === undefined ? state.serverTools : [...state.serverTools, serverTool]
  return Either.right([{ ...state, blocks, malformed, serverTools }, parts])
}

const closeAll = (state: State, stopReason: string, expected: Expectation): Step =>
  Either.gen(function*() {
    let next: State = { ...state, stopReason }
    const parts: Array<Part> = []
    for (const index of state.blocks.keys()) {
      const [closed, ended] = yield* close(next, index, expected)
      next = closed
      parts.push(...ended)
    }
    const failure = isCut(stopReason) ? undefined : next.malformed
    return [{ ...next, failure }, parts] as const
  })

/** Emits `finish` once: after the usage, or at the end of the stream if a gateway omits the usage. */
const finish = (state: State): Step =>
  Either.right(
    state.isFinished
      ? [state, []]
      : [{ ...state, isFinished: true }, [toFinish(state)]]
  )
