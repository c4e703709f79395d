/** Pairs tool calls with results: each call gets a unique ID and exactly one result, in the next message. */
import type { ContentBlock, Message, ToolResultBlock } from "@aws-sdk/client-bedrock-runtime"
import { makeUniqueToolUseId } from "../tools/toolUseIds.ts"

interface OpenCall {
  /** The call's ID in the history. */
  readonly id: string
  readonly toolUseId: string
}

/**
 * Expects alternating roles and the IDs from the history. If two calls in a message have the same ID, their results are matched in order.
 */
export const pairCalls = (messages: ReadonlyArray<Message>): Array<Message> => {
  const taken = new Set<string>()
  const paired: Array<Message> = []
  let open: Array<OpenCall> = []
  for (const message of messages) {
    if (message.role === "assistant") {
      const content = message.content!.map((block) => {
        if (block.toolUse === undefined) return block
        const toolUseId = makeUniqueToolUseId(block.toolUse.toolUseId!, taken)
        taken.add(toolUseId)
        open.push({ id: block.toolUse.toolUseId!, toolUseId })
        return { toolUse: { ...block.toolUse, toolUseId } }
      })
      paired.push({ role: "assistant", content })
    } else {
      paired.push({ role: "user", content: arrangeResults(message.content!, open) })
      open = []
    }
  }
  if (open.length > 0) paired.push({ role: "user", content: open.map(toInterruptedResult) })
  return paired[0]?.role === "assistant"
    ? [{ role: "user", content: [{ text: "(The beginning of this conversation was left out.)" }] }, ...paired]
    : paired
}

/** Bedrock requires the results at the beginning of the message. */
const arrangeResults = (content: ReadonlyArray<ContentBlock>, calls: ReadonlyArray<OpenCall>): Array<ContentBlock> => {
  const open = [...calls]
  const results: Array<ContentBlock> = []
  const rest: Array<ContentBlock> = []
  for (const block of content) {
    const at = open.findIndex(({ id }) => id === block.toolResult?.toolUseId)
    if (block.toolResult === undefined) rest.push(block)
    else if (at === -1) rest.push(...toOrphanedText(block.toolResult))
    else results.push({ toolResult: { ...block.toolResult, toolUseId: open.splice(at, 1)[0]!.toolUseId } })
  }
  return [...results, ...open.map(toInterruptedResult), ...rest]
}

const toInterruptedResult = ({ toolUseId }: OpenCall): ContentBlock => ({
  toolResult: {
    toolUseId,
    content: [{ text: "This call has no result: it was interrupted." }],
    status: "error"
  }
})

/** Converts a result whose call is no longer in the conversation to text. */
const toOrphanedText = ({ content = [] }: ToolResultBlock): ReadonlyArray<ContentBlock> => [
  { text: "(The result of an earlier tool call follows.)" },
  ...content.map((block) => block.json === undefined ? block as ContentBlock : { text: JSON.stringify(block.json) })
]
