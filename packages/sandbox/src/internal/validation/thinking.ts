/**
 * What each model line refuses about thinking. Sources: AWS, Bedrock user guide, "Adaptive thinking" and "Extended thinking", and Nova 2 user guide,
 * "Extended thinking"; Anthropic's migration guides for the 5.5 models. Messages are the models' own where they are public.
 */
import * as Predicate from "effect/Predicate"

const getMember = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce((at, name) => Predicate.isRecord(at) ? at[name] : undefined, value)
const toList = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []
const isInteger = (value: unknown): value is number => Number.isInteger(value)

interface Line {
  /** The accepted types of `thinking`. */
  readonly types: ReadonlyArray<string>
  readonly efforts: ReadonlyArray<string>
  /** Whether the model thinks without being asked to. */
  readonly isOn: boolean
}

const upToMax = ["low", "medium", "high", "max"]
const all = ["low", "medium", "high", "xhigh", "max"]

/** The versions of each family. A version in an ID is followed by the end, by `-v1` or by a date of eight digits. */
const lines: ReadonlyArray<readonly [RegExp, Line]> = [
  [/claude-(fable|mythos)-/, { types: ["adaptive"], efforts: all, isOn: true }],
  [/claude-opus-5-5\b/, { types: ["adaptive"], efforts: all, isOn: true }],
  [/claude-sonnet-5-5\b/, { types: ["adaptive", "between_tools"], efforts: all, isOn: true }],
  [/claude-(opus|sonnet|haiku)-5\b/, { types: ["adaptive", "disabled"], efforts: all, isOn: true }],
  [/claude-opus-4-[78]\b/, { types: ["adaptive", "disabled"], efforts: all, isOn: false }],
  [/claude-(opus|sonnet)-4-6\b/, { types: ["adaptive", "enabled", "disabled"], efforts: upToMax, isOn: false }],
  [/claude-opus-4-5\b/, { types: ["enabled", "disabled"], efforts: ["low", "medium", "high"], isOn: false }],
  [/claude-(3-7-sonnet|(opus|sonnet|haiku)-4)\b/, { types: ["enabled", "disabled"], efforts: [], isOn: false }],
  [/claude-/, { types: ["disabled"], efforts: [], isOn: false }]
]

const quote = (words: ReadonlyArray<string>): string => words.map((word) => `'${word}'`).join(", ")

/** The first assistant message of the turn that is not finished. */
const findOpenAnswer = (messages: ReadonlyArray<unknown>): number => {
  const prompt = messages.findLastIndex((message) =>
    getMember(message, "role") === "user"
    && toList(getMember(message, "content")).every((block) => getMember(block, "toolResult") === undefined)
  )
  return prompt + 1
}

export function* findClaudeProblems(body: unknown, modelId: string): Generator<string> {
  const line = lines.find(([pattern]) => pattern.test(modelId))?.[1]
  if (line === undefined) return
  const { efforts, isOn, types } = line
  const thinking = getMember(body, "additionalModelRequestFields", "thinking")
  const effort = getMember(body, "additionalModelRequestFields", "output_config", "effort")
  const maxTokens = getMember(body, "inferenceConfig", "maxTokens")
  const type = getMember(thinking, "type")
  if (thinking !== undefined) {
    if (!Predicate.isString(type)) return yield "thinking.type: Field required"
    if (!["enabled", "adaptive", "disabled", "between_tools"].includes(type)) {
      return yield `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags`
    }
    if (!types.includes(type)) {
      yield `"thinking.type.${type}" is not supported for this model.${
        types.includes("adaptive")
          ? " Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior."
          : ""
      }`
    }
    const display = getMember(thinking, "display")
    if (display !== undefined && modelId.startsWith("us-gov.")) {
      yield `thinking.${type}.display: Extra inputs are not permitted`
    }
    if (display !== undefined && display !== "summarized" && display !== "omitted") {
      yield `thinking.${type}.display: Input should be 'summarized' or 'omitted'`
    }
  }
  if (type === "enabled") {
    const budget = getMember(thinking, "budget_tokens")
    if (!isInteger(budget)) return yield "thinking.enabled.budget_tokens: Field required"
    if (budget < 1024) yield "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
    if (isInteger(maxTokens) && budget >= maxTokens) yield "`max_tokens` must be greater than `thinking.budget_tokens`."
    const messages = toList(getMember(body, "messages"))
    const at = findOpenAnswer(messages)
    const [first] = toList(getMember(messages[at], "content"))
    if (first !== undefined && getMember(first, "reasoningContent") === undefined) {
      yield `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${
        getMember(first, "toolUse") === undefined ? "text" : "tool_use"
      }\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`
    }
  }
  if (effort !== undefined) {
    if (efforts.length === 0) yield "This model does not support the effort parameter."
    else if (!efforts.includes(effort as string)) {
      yield `output_config.effort: Input should be ${quote(efforts)}`
    }
    if (type === "disabled" && (effort === "xhigh" || effort === "max")) {
      yield `Effort '${effort}' is not supported when thinking is disabled.`
    }
  }
  const thinks = type === undefined ? isOn : type !== "disabled"
  const choice = getMember(body, "toolConfig", "toolChoice")
  if (thinks && (getMember(choice, "any") !== undefined || getMember(choice, "tool") !== undefined)) {
    yield "Thinking may not be enabled when tool_choice forces tool use."
  }
  const temperature = getMember(body, "inferenceConfig", "temperature") ?? 1
  if (thinks && temperature !== 1) {
    yield "`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation on extended thinking."
  }
}

export function* findOtherProblems(body: unknown, modelId: string): Generator<string> {
  const fields = getMember(body, "additionalModelRequestFields")
  const config = getMember(fields, "reasoningConfig")
  if (modelId.includes("amazon.nova-") && config !== undefined) {
    if (!modelId.includes("amazon.nova-2-")) {
      return yield "Malformed input request: #: extraneous key [reasoningConfig] is not permitted, please reformat your input and try again."
    }
    const type = getMember(config, "type")
    const effort = getMember(config, "maxReasoningEffort")
    if (type !== "enabled" && type !== "disabled") yield "reasoningConfig.type must be one of: enabled, disabled"
    if (type === "enabled" && !["low", "medium", "high"].includes(effort as string)) {
      yield "reasoningConfig.maxReasoningEffort must be one of: low, medium, high"
    }
    const set = ["maxTokens", "temperature", "topP"].filter((name) =>
      (getMember(body, "inferenceConfig", name) ?? null) !== null
    )
    if (effort === "high" && set.length > 0) {
      yield `${set.join(", ")} must not be set when reasoningConfig.maxReasoningEffort is high.`
    }
  }
  const effort = getMember(fields, "reasoning_effort")
  if (
    modelId.includes("openai.gpt-oss-") && effort !== undefined && !["low", "medium", "high"].includes(effort as string)
  ) {
    yield `Invalid value: '${String(effort)}'. Supported values are: 'low', 'medium', and 'high'.`
  }
}
