/** What a service such as Bedrock demands of a conversation. */
import type * as Prompt from "@effect/ai/Prompt"

/** Empty when nothing is wrong. */
export const faults = ({ content }: Prompt.Prompt): ReadonlyArray<string> => {
  const found: Array<string> = []
  const messages = content.filter(({ role }) => role !== "system")
  if (messages.length > 0 && messages[0]!.role !== "user") found.push("it begins with no prompt")
  messages.forEach((message, index) => {
    const before = messages[index - 1]
    const asked = before?.role === "assistant" ? callIds(before) : []
    const answered = message.role === "tool" ? message.content.map(({ id }) => id) : []
    if (asked.join() !== answered.join()) found.push(`calls [${asked.join()}] are answered by [${answered.join()}]`)
    if (message.role === "assistant") {
      if (before?.role === "assistant") found.push("an answer follows an answer")
      if (!message.content.some((part) => part.type === "tool-call" || (part.type === "text" && part.text.trim()))) {
        found.push("an answer says nothing")
      }
    }
  })
  const last = messages.at(-1)
  if (last?.role === "assistant" && callIds(last).length > 0) found.push("the last calls are not answered")
  return found
}

const callIds = (message: Prompt.AssistantMessage) =>
  message.content.flatMap((part) => part.type === "tool-call" ? [part.id] : [])
