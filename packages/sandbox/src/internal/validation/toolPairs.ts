/** The rule that the message after a tool call has exactly one result for each call. */
import type { Message } from "../converse/request.ts"

const listCalls = (message: Message | undefined): ReadonlyArray<string> =>
  message?.role === "assistant"
    // A server tool's call is answered by the model's provider, in the assistant's message.
    ? message.content.flatMap(({ toolUse }) => toolUse && toolUse.type === undefined ? [toolUse.toolUseId] : [])
    : []

const listResults = (message: Message | undefined): ReadonlyArray<string> =>
  message?.role === "user" ? message.content.flatMap(({ toolResult }) => toolResult ? [toolResult.toolUseId] : []) : []

export function* findProblems(messages: ReadonlyArray<Message>): Generator<string> {
  for (const [i, message] of messages.entries()) {
    const called = listCalls(messages[i - 1])
    const answered = listResults(message)
    const unanswered = called.filter((id) => !answered.includes(id))
    if (unanswered.length > 0) {
      yield `Expected toolResult blocks at messages.${i}.content for the following Ids: ${unanswered.join(", ")}`
    }
    // Only the first problem is reported, so all calls have results here: an extra result has no call, or is a duplicate.
    if (answered.length > called.length) {
      yield `The number of toolResult blocks at messages.${i}.content exceeds the number of toolUse blocks of previous turn.`
    }
  }
  const open = listCalls(messages.at(-1))
  if (open.length > 0) {
    yield `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${open.join(", ")}`
  }
}
