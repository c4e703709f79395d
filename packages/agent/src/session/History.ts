/**
 * Converts the lines of a session into the prompt of the next request.
 *
 * @since 0.1.0
 */
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import { estimateTokens } from "../internal/compaction/lineSize.ts"
import { findLastSummary } from "../internal/session/lastSummary.ts"
import { removeRefused } from "../internal/session/refusedContent.ts"
import type { Entry, Line } from "./Session.ts"
import * as Usage from "./Usage.ts"

/** Merges metadata, provider by provider. */
const mergeMetadata = (
  before: Response.ProviderMetadata,
  after: Response.ProviderMetadata
): Response.ProviderMetadata => ({
  ...before,
  ...Object.fromEntries(Object.entries(after).map(([provider, data]) => [provider, { ...before[provider], ...data }]))
})

/** The metadata of each reasoning that is complete. Providers put it in the part that starts it, in a delta, or in the part that ends it. */
const collectReasoning = (parts: ReadonlyArray<Response.AnyPart>): ReadonlyArray<Response.ProviderMetadata> => {
  const open = new Map<string, Response.ProviderMetadata>()
  return parts.flatMap((part) => {
    switch (part.type) {
      case "reasoning":
        return [part.metadata]
      case "reasoning-start":
        open.set(part.id, part.metadata)
        return []
      case "reasoning-delta":
      case "reasoning-end": {
        const before = open.get(part.id)
        if (before === undefined) return []
        const merged = mergeMetadata(before, part.metadata)
        open.set(part.id, merged)
        return part.type === "reasoning-end" ? [merged] : []
      }
      default:
        return []
    }
  })
}

/**
 * Like `Prompt.fromResponseParts`, but preserves the metadata of reasoning as the options of its prompt part, because without its
 * signature the reasoning would be refused or lost in the next turn. Accepts the parts of `generateText` and `streamText` of any provider.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromResponseParts = (parts: ReadonlyArray<Response.AnyPart>): Prompt.Prompt => {
  const reasoning = collectReasoning(parts).values()
  const messages = Prompt.fromResponseParts(parts).content.map((message) =>
    message.role === "assistant"
      ? Prompt.assistantMessage({
        ...message,
        content: message.content.map((part) =>
          part.type === "reasoning"
            ? Prompt.reasoningPart({ ...part, options: reasoning.next().value ?? {} })
            : part
        )
      })
      : message
  )
  return Prompt.fromMessages(messages)
}

/**
 * Converts an answer that may have been cut off: includes all of its text, and other parts only if they are complete.
 *
 * @since 0.1.0
 * @category constructors
 */
export const toAssistantMessage = (parts: ReadonlyArray<Response.AnyPart>): Prompt.AssistantMessage => {
  const open = new Set<string>()
  for (const part of parts) {
    if (part.type === "text-start") open.add(part.id)
    if (part.type === "text-end") open.delete(part.id)
  }
  const ends = [...open].map((id) => ({ type: "text-end", id }) as Response.TextEndPart)
  const message = fromResponseParts([...parts, ...ends]).content.find(({ role }) => role === "assistant")
  const content = message?.role === "assistant" ? message.content : []
  return Prompt.assistantMessage({ content: content.filter((part) => part.type !== "text" || part.text !== "") })
}

/**
 * Whether an answer has more than blank text and reasoning: models refuse others, so they are not sent.
 *
 * @since 0.1.0
 * @category predicates
 */
export const hasContent = ({ content }: Prompt.AssistantMessage): boolean =>
  content.some((part) => part.type === "text" ? part.text.trim() !== "" : part.type !== "reasoning")

type Result = Extract<Entry, { readonly type: "tool-result" }>

const callsOf = (message: Prompt.AssistantMessage) =>
  message.content.flatMap((part) => part.type === "tool-call" && !part.providerExecuted ? [part] : [])

/** Finds the results of an answer's calls, which precede the next answer. */
const findResultsAfter = (lines: ReadonlyArray<Line>, index: number): Array<Result> => {
  const results: Array<Result> = []
  for (let at = index + 1; at < lines.length; at++) {
    const line = lines[at]!
    if (line.type === "assistant") break
    if (line.type === "tool-result") results.push(line)
  }
  return results
}

/** Older versions could save calls with the same ID: they get their results in order. */
const makeToolMessage = (calls: ReadonlyArray<Prompt.ToolCallPart>, results: Array<Result>) =>
  Prompt.toolMessage({
    content: calls.map(({ id, name }) => {
      const at = results.findIndex((result) => result.id === id)
      const [result] = at === -1 ? [] : results.splice(at, 1)
      return Prompt.toolResultPart({
        id,
        name,
        isFailure: result?.outcome !== "ok",
        result: result === undefined ? "This call has no result: it was interrupted." : result.output.content,
        providerExecuted: false
      })
    })
  })

/**
 * Makes the messages of the next request: the last summary and the messages that it does not cover, without refused content. Every call
 * is followed by its result, in the order of the calls.
 *
 * @since 0.1.0
 * @category constructors
 */
export const toPrompt = (given: ReadonlyArray<Line>): Prompt.Prompt => {
  const lines = removeRefused(given)
  const summary = findLastSummary(lines)
  const messages: Array<Prompt.Message> = summary === undefined ? [] : [
    Prompt.userMessage({
      content: [Prompt.textPart({ text: `Summary of the conversation so far:\n\n${summary.text}` })]
    })
  ]
  lines.forEach((line, index) => {
    if (index < (summary?.keep ?? 0)) return
    if (line.type === "user") messages.push(line.message)
    if (line.type !== "assistant" || !hasContent(line.message)) return
    messages.push(line.message)
    const calls = callsOf(line.message)
    if (calls.length > 0) messages.push(makeToolMessage(calls, findResultsAfter(lines, index)))
  })
  return Prompt.fromMessages(messages)
}

/**
 * Estimates the tokens in the next request: the usage reported with the last answer since the last summary, plus an estimate for later
 * results and prompts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const estimateContext = (lines: ReadonlyArray<Line>): number => {
  const since = lines.slice((findLastSummary(lines)?.at ?? -1) + 1)
  const at = since.findLastIndex((line) => line.type === "assistant" && Usage.total(line.usage) > 0)
  const last = since[at]
  return since.slice(at + 1).reduce(
    (all, line) => all + estimateTokens(line),
    last?.type === "assistant" ? Usage.total(last.usage) : 0
  )
}
