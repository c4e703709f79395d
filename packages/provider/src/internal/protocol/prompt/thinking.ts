/** Combines a request with the fields that make the model think. */
import type { Message, ToolConfiguration } from "@aws-sdk/client-bedrock-runtime"
import type { ThinkingPlan } from "./thinkingPlan.ts"

interface Request {
  readonly messages: ReadonlyArray<Message>
  readonly toolConfig: ToolConfiguration | undefined
}

interface Adapted {
  readonly fields: ThinkingPlan["fields"]
  readonly toolConfig: ToolConfiguration | undefined
  readonly sendsMaxTokens: boolean
}

/**
 * A request that forces a tool call does not make the model think; if the model always thinks, the call is not forced. A request that continues
 * a turn whose calls have no thinking before them, for example because another model made them, does not make the model think either.
 */
export const adaptToThinking = (plan: ThinkingPlan | undefined, { messages, toolConfig }: Request): Adapted => {
  if (plan === undefined) return { fields: {}, toolConfig, sendsMaxTokens: true }
  const isForced = toolConfig?.toolChoice !== undefined && toolConfig.toolChoice.auto === undefined
  const isRefused = (isForced && plan.refusesForcedTool) ||
    (plan.refusesUnthoughtCalls && continuesUnthoughtCalls(messages))
  if (!isRefused) return { fields: plan.fields, toolConfig, sendsMaxTokens: !plan.refusesMaxTokens }
  if (plan.fieldsWithoutThinking !== undefined) {
    return { fields: plan.fieldsWithoutThinking, toolConfig, sendsMaxTokens: true }
  }
  const { toolChoice: _, ...free } = toolConfig!
  return { fields: plan.fields, toolConfig: free, sendsMaxTokens: !plan.refusesMaxTokens }
}

/**
 * Claude's rule for thinking with a budget: the first assistant message of an unfinished turn begins with reasoning. Source:
 * Anthropic, "Extended thinking", about tool use.
 */
const continuesUnthoughtCalls = (messages: ReadonlyArray<Message>): boolean => {
  const prompt = messages.findLastIndex(({ content, role }) =>
    role === "user" && content!.every(({ toolResult }) => toolResult === undefined)
  )
  const answer = messages[prompt + 1]
  return answer?.content !== undefined && answer.content[0]?.reasoningContent === undefined
}
