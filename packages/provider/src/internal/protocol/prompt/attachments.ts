/** How many images and documents a whole request holds. */
import type { Capabilities } from "@altimate-code/model-id/Catalog"
import type { ContentBlock, Message, ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime"
import { attachmentLimits } from "../../../AttachmentLimits.ts"
import { leftOut } from "./file.ts"

type Block = ContentBlock | ToolResultContentBlock

/** Each block of each message from the last to the first, those in tool results too. */
const mapBackwards = (messages: ReadonlyArray<Message>, f: <B extends Block>(block: B) => B): Array<Message> =>
  messages.toReversed().map((message) => ({
    ...message,
    content: message.content!.toReversed().map((block) =>
      block.toolResult === undefined ? f(block) : {
        toolResult: { ...block.toolResult, content: block.toolResult.content!.toReversed().map(f).toReversed() }
      }
    ).toReversed()
  })).toReversed()

/** The newest as they are; of those that are too many, and of a kind that the model does not take, a line of text is left. */
export const limitAttachments = (
  messages: ReadonlyArray<Message>,
  takes: Capabilities["input"]
): Array<Message> => {
  let images = takes.image ? attachmentLimits.images : 0
  let documents = takes.document ? attachmentLimits.documents : 0
  const why = (isTaken: boolean, most: number, kind: string) =>
    isTaken ? `a request may hold at most ${most} ${kind}, and there are newer ones` : `this model takes no ${kind}`
  return mapBackwards(messages, (block) => {
    if (block.image !== undefined && --images < 0) {
      return { text: leftOut("image", undefined, why(takes.image, attachmentLimits.images, "images")) } as typeof block
    }
    if (block.document !== undefined && --documents < 0) {
      const reason = why(takes.document, attachmentLimits.documents, "documents")
      return { text: leftOut("document", block.document.name, reason) } as typeof block
    }
    return block
  })
}

/** Bedrock wants a text beside a document, in the same message. Source: the API model's documentation of `Message.content`. */
export const withTextBesideDocuments = (message: Message): Message => ({
  ...message,
  content: beside(message.content!).map((block) =>
    block.toolResult === undefined
      ? block
      : { toolResult: { ...block.toolResult, content: beside(block.toolResult.content!) } }
  )
})

const beside = <B extends Block>(content: ReadonlyArray<B>): Array<B> => {
  const names = content.flatMap(({ document }) => document === undefined ? [] : [document.name])
  return names.length === 0 || content.some(({ text }) => text !== undefined)
    ? [...content]
    : [...content, { text: `(Attached: ${names.join(", ")}.)` } as B]
}
