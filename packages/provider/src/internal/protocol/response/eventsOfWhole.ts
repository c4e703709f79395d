/** Converts a complete Converse response to the events of a streamed one. Pure. */
import type { ContentBlock, ContentBlockDelta, ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime"
import type { StreamedEvent } from "../../../StreamedEvent.ts"

/** In the order of Bedrock's streams: `messageStop` before `metadata`. */
export const toStreamed = (output: ConverseCommandOutput): ReadonlyArray<StreamedEvent> => {
  const { metrics, output: answer, stopReason, trace, usage } = output
  const events: ReadonlyArray<StreamedEvent> = [
    { messageStart: { role: "assistant" } },
    ...(answer?.message?.content ?? []).flatMap(eventsOfBlock),
    { messageStop: { stopReason } },
    { metadata: { usage, metrics, ...(trace !== undefined && { trace }) } }
  ]
  const { requestId } = output.$metadata
  return events.map((event) => ({ ...event, requestId }))
}

const eventsOfBlock = (block: ContentBlock, contentBlockIndex: number): ReadonlyArray<StreamedEvent> => {
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
  // `streamParts` ignores the other kinds too.
  return []
}
