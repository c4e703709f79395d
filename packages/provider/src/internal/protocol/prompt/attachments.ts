/** Limits the images and documents in a request. */
import type { Capabilities } from "@altimate-code/model-id/Catalog"
import type { ContentBlock, Message, ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime"
import { attachmentLimits } from "../../../AttachmentLimits.ts"
import { omissionText } from "./file.ts"

type Block = ContentBlock | ToolResultContentBlock

/** Maps all blocks, including those in tool results, from the last to the first. */
const mapBackwards = (messages: ReadonlyArray<Message>, f: <B extends Block>(block: B) => B): Array<Message> =>
  messages.toReversed().map((message) => ({
    ...message,
    content: message.content!.toReversed().map((block) =>
      block.toolResult === undefined ? f(block) : {
        toolResult: { ...block.toolResult, content: block.toolResult.content!.toReversed().map(f).toReversed() }
      }
    ).toReversed()
  })).toReversed()

/** Replaces the oldest attachments over the limit, and those that the model does not accept, with a line of text. */
export const limitAttachments = (
  messages: ReadonlyArray<Message>,
  accepted: Capabilities["input"]
): Array<Message> => {
  let images = accepted.image ? attachmentLimits.images : 0
  let documents = accepted.document ? attachmentLimits.documents : 0
  const why = (isAccepted: boolean, max: number, kind: string) =>
    isAccepted
      ? `a request can have at most ${max} ${kind}, so only the newest are sent`
      : `this model does not accept ${kind}`
  return mapBackwards(messages, (block) => {
    if (block.image !== undefined && --images < 0) {
      return {
        text: omissionText("image", undefined, why(accepted.image, attachmentLimits.images, "images"))
      } as typeof block
    }
    if (block.document !== undefined && --documents < 0) {
      const reason = why(accepted.document, attachmentLimits.documents, "documents")
      return { text: omissionText("document", block.document.name, reason) } as typeof block
    }
    return block
  })
}

/** Adds the text that Bedrock requires in a message with documents. Source: the API model's documentation of `Message.content`. */
export const addTextToDocuments = (message: Message): Message => ({
  ...message,
  content: addText(message.content!).map((block) =>
    block.toolResult === undefined
      ? block
      : { toolResult: { ...block.toolResult, content: addText(block.toolResult.content!) } }
  )
})

const addText = <B extends Block>(content: ReadonlyArray<B>): Array<B> => {
  const names = content.flatMap(({ document }) => document === undefined ? [] : [document.name])
  return names.length === 0 || content.some(({ text }) => text !== undefined)
    ? [...content]
    : [...content, { text: `(Attached: ${names.join(", ")}.)` } as B]
}
