/** Converts a complete Converse response to stream events. Pure. */
import type {
  ContentBlock,
  ContentBlockDelta,
  ConverseCommandOutput,
  ToolResultBlockDelta,
  ToolResultContentBlock
} from "@aws-sdk/client-bedrock-runtime"
import type { StreamedEvent } from "../../../StreamedEvent.ts"

/** The events are in the same order as in a Bedrock stream: `messageStop` before `metadata`. */
export const toEvents = (output: ConverseCommandOutput): ReadonlyArray<StreamedEvent> => {
  const { metrics, output: answer, stopReason, trace, usage } = output
  const events: ReadonlyArray<StreamedEvent> = [
    { messageStart: { role: "assistant" } },
    ...(answer?.message?.content ?? []).flatMap(toBlockEvents),
    { messageStop: { stopReason } },
    { metadata: { usage, metrics, ...(trace !== undefined && { trace }) } }
  ]
  const { requestId } = output.$metadata
  return events.map((event) => ({ ...event, requestId }))
}

const toBlockEvents = (block: ContentBlock, contentBlockIndex: number): ReadonlyArray<StreamedEvent> => {
  const delta = (delta: ContentBlockDelta): StreamedEvent => ({ contentBlockDelta: { contentBlockIndex, delta } })
  const stop: StreamedEvent = { contentBlockStop: { contentBlockIndex } }
  if (block.text !== undefined) return [delta({ text: block.text }), stop]
  if (block.toolUse !== undefined) {
    const { input, name, toolUseId, type } = block.toolUse
    return [
      {
        contentBlockStart: {
          contentBlockIndex,
          start: { toolUse: { name, toolUseId, ...(type !== undefined && { type }) } }
        }
      },
      delta({ toolUse: { input: JSON.stringify(input ?? {}) } }),
      stop
    ]
  }
  if (block.reasoningContent !== undefined) {
    const { reasoningText, redactedContent } = block.reasoningContent
    return [
      ...(reasoningText?.text === undefined ? [] : [delta({ reasoningContent: { text: reasoningText.text } })]),
      ...(reasoningText?.signature === undefined
        ? []
        : [delta({ reasoningContent: { signature: reasoningText.signature } })]),
      ...(redactedContent === undefined ? [] : [delta({ reasoningContent: { redactedContent } })]),
      stop
    ]
  }
  if (block.toolResult !== undefined) {
    const { content = [], status, toolUseId, type } = block.toolResult
    return [
      { contentBlockStart: { contentBlockIndex, start: { toolResult: { toolUseId, status, type } } } },
      delta({ toolResult: content.flatMap(toResultDelta) }),
      stop
    ]
  }
  if (block.citationsContent !== undefined) {
    const { citations = [], content = [] } = block.citationsContent
    return [
      ...content.flatMap(({ text }) => text === undefined ? [] : [delta({ text })]),
      ...citations.map((citation) => delta({ citation })),
      stop
    ]
  }
  // Like `streamParts`, ignores other kinds of blocks.
  return []
}

const toResultDelta = ({ json, text }: ToolResultContentBlock): ReadonlyArray<ToolResultBlockDelta> => {
  if (json !== undefined) return [{ json }]
  return text === undefined ? [] : [{ text }]
}
