/**
 * The turns so far, as the next request needs them.
 *
 * @since 0.1.0
 */
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"

/**
 * `Prompt.fromResponseParts`, which drops metadata, with the metadata of reasoning kept as the options of its prompt
 * part: without its signature a model's reasoning is refused, or lost, on the next turn. Takes the parts of
 * `generateText` as well as those of `streamText`, and is the same for every provider.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromResponseParts = (parts: ReadonlyArray<Response.AnyPart>): Prompt.Prompt => {
  const kept = parts.filter((part) => part.type === "reasoning" || part.type === "reasoning-end").values()
  const messages = Prompt.fromResponseParts(parts).content.map((message) =>
    message.role === "assistant"
      ? Prompt.assistantMessage({
        ...message,
        content: message.content.map((part) =>
          part.type === "reasoning"
            ? Prompt.reasoningPart({ ...part, options: kept.next().value?.metadata ?? {} })
            : part
        )
      })
      : message
  )
  return Prompt.fromMessages(messages)
}
