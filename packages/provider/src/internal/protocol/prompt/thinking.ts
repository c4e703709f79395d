/** Combines a request with the fields that make the model think. */
import type { ConverseCommandInput, Message, ToolConfiguration } from "@aws-sdk/client-bedrock-runtime"
import * as Predicate from "effect/Predicate"
import * as Struct from "effect/Struct"
import { maxBudget, minBudget, type ThinkingPlan } from "./thinkingPlan.ts"

interface Request {
  readonly messages: ReadonlyArray<Message>
  readonly toolConfig: ToolConfiguration | undefined
}

interface Adapted {
  readonly fields: ThinkingPlan["fields"]
  readonly toolConfig: ToolConfiguration | undefined
  readonly sendsMaxTokens: boolean
  /** Whether the temperature and `topP` are sent. */
  readonly sendsSampling: boolean
}

/**
 * A request that forces a tool call does not make the model think; if the model always thinks, the call is not forced. A request that continues
 * a turn whose calls have no thinking before them, for example because another model made them, does not make the model think either.
 */
export const adaptToThinking = (plan: ThinkingPlan | undefined, { messages, toolConfig }: Request): Adapted => {
  if (plan === undefined) return { fields: {}, toolConfig, sendsMaxTokens: true, sendsSampling: true }
  const isForced = toolConfig?.toolChoice !== undefined && toolConfig.toolChoice.auto === undefined
  const isRefused = (isForced && plan.refusesForcedTool) ||
    (plan.refusesUnthoughtCalls && continuesUnthoughtCalls(messages))
  const thinks = {
    fields: plan.fields,
    sendsMaxTokens: !plan.refusesMaxTokens,
    sendsSampling: !plan.refusesSampling
  }
  if (!isRefused) return { ...thinks, toolConfig }
  if (plan.fieldsWithoutThinking !== undefined) {
    return { fields: plan.fieldsWithoutThinking, toolConfig, sendsMaxTokens: true, sendsSampling: true }
  }
  const { toolChoice: _, ...free } = toolConfig!
  return { ...thinks, toolConfig: free }
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

/**
 * Makes a request acceptable whose own model fields control Claude's thinking, and for which there is no plan: the budget is less than `maxTokens`,
 * and no tool call is forced. If `maxTokens` leaves no room for the smallest budget, the model does not think.
 * Source: Anthropic, "Extended thinking": `budget_tokens` must be less than `max_tokens`; only the tool choices `auto` and `none` are accepted.
 */
export const limitOwnThinking = (request: ConverseCommandInput): ConverseCommandInput => {
  const fields: unknown = request.additionalModelRequestFields
  const thinking = Predicate.isRecord(fields) ? fields["thinking"] : undefined
  if (!Predicate.isRecord(fields) || !Predicate.isRecord(thinking) || thinking["type"] === "disabled") return request
  const { inferenceConfig: { maxTokens = Infinity } = {}, toolConfig } = request
  const budget = thinking["budget_tokens"]
  if (Predicate.isNumber(budget) && budget >= maxTokens) {
    const most = maxBudget(maxTokens)
    const others = Struct.omit(fields, "thinking")
    return limitOwnThinking(
      most >= minBudget
        ? {
          ...request,
          additionalModelRequestFields: { ...others, thinking: { ...thinking, budget_tokens: most } } as never
        }
        : Object.keys(others).length > 0
        ? { ...request, additionalModelRequestFields: others as never }
        : Struct.omit(request, "additionalModelRequestFields")
    )
  }
  const choice = toolConfig?.toolChoice
  return choice === undefined || choice.auto !== undefined
    ? request
    : { ...request, toolConfig: Struct.omit(toolConfig!, "toolChoice") }
}
