/** Claude's own checks of a request, with its messages where they are known. */
import * as Predicate from "effect/Predicate"
import { readPicture } from "./picture.ts"
import { findClaudeProblems } from "./thinking.ts"
import { findDuplicates, listBlocks, listCachePoints, listMedia, listTools } from "./wholeRequest.ts"

const isString = Predicate.isString

export const isClaude = (modelId: string): boolean => modelId.includes("anthropic.claude")

/** Models before 4.6 continue an answer that the request begins. Source: Anthropic, migration guides. */
const acceptsPrefill = /claude-(3-|(opus|sonnet|haiku)-4(-[15])?-2)/

function* findSchemaProblems(schema: unknown): Generator<string> {
  if (!Predicate.isRecord(schema)) return yield "input_schema: Input should be a valid dictionary"
  if (schema["type"] !== "object") yield "input_schema.type: Input should be 'object'"
  if (["anyOf", "oneOf", "allOf"].some((name) => name in schema)) {
    yield "input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
  }
  const { properties = {}, required = [] } = schema
  if (!Predicate.isRecord(properties)) return yield "input_schema.properties: Input should be a valid dictionary"
  if (Object.keys(properties).some((name) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(name))) {
    yield "input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'"
  }
  if (!Array.isArray(required) || !required.every(isString)) yield "input_schema.required: Input should be a valid list"
  if (!isDraft2020(schema)) yield "input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12"
}

const typeNames = ["array", "boolean", "integer", "null", "number", "object", "string"]

/** Checks the rules of the draft that tool schemas violate in practice. */
const isDraft2020 = (schema: unknown): boolean => {
  if (Predicate.isBoolean(schema)) return true
  if (!Predicate.isRecord(schema)) return false
  return Object.entries(schema).every(([name, value]) => {
    switch (name) {
      case "type":
        return [value].flat().every((type) => typeNames.includes(type as string)) && [value].flat().length > 0
      case "$ref":
        return false
      case "properties":
      case "patternProperties":
        return Predicate.isRecord(value) && Object.values(value).every(isDraft2020)
      case "anyOf":
      case "oneOf":
      case "allOf":
      case "prefixItems":
        return Array.isArray(value) && value.length > 0 && value.every(isDraft2020)
      case "items":
      case "additionalProperties":
      case "not":
      case "if":
      case "then":
      case "else":
        return isDraft2020(value)
      case "required":
        return Array.isArray(value) && value.every(isString)
      case "enum":
        return Array.isArray(value) && value.length > 0
      case "minimum":
      case "maximum":
      case "exclusiveMinimum":
      case "exclusiveMaximum":
        return Predicate.isNumber(value)
      case "description":
      case "title":
      case "pattern":
        return isString(value)
      default:
        return true
    }
  })
}

/** The generations that accept a cache point for an hour, and no longer both or any of the sampling parameters. */
const isAtLeast45 = (modelId: string): boolean => /claude-([a-z]+-(4-[5-9]|[5-9])|fable|mythos)(?!\d)/.test(modelId)
const isAtLeast47 = (modelId: string): boolean => /claude-([a-z]+-(4-[7-9]|[5-9])|fable|mythos)(?!\d)/.test(modelId)

function* findFieldProblems(body: unknown, modelId: string): Generator<string> {
  if (!Predicate.isRecord(body)) return
  const betas = Predicate.isRecord(body["additionalModelRequestFields"])
    ? body["additionalModelRequestFields"]["anthropic_beta"]
    : undefined
  if (betas !== undefined && (!Array.isArray(betas) || !betas.every(isString))) {
    yield "anthropic_beta: Input should be a valid list"
  }
  const inference = Predicate.isRecord(body["inferenceConfig"]) ? body["inferenceConfig"] : {}
  const { temperature, topP } = inference
  // Recorded from Claude Opus 4.7 and Claude Sonnet 4.5.
  if (isAtLeast47(modelId) && temperature !== undefined) yield "`temperature` is deprecated for this model."
  if (isAtLeast47(modelId) && topP !== undefined) yield "`top_p` is deprecated for this model."
  if (isAtLeast45(modelId) && temperature !== undefined && topP !== undefined) {
    yield "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
  }
  // The model's own message is not known.
  if (!isAtLeast45(modelId) && listCachePoints(body).some(({ ttl }) => ttl === "1h")) {
    yield "cachePoint.ttl: 1h is not supported by this model"
  }
}

export function* findProblems(body: unknown, modelId: string): Generator<string> {
  const refused = (problem: string) => `The model returned the following errors: ${problem}`
  for (const problem of findFieldProblems(body, modelId)) yield refused(problem)
  for (const [t, { schema }] of listTools(body).entries()) {
    for (const problem of findSchemaProblems(schema)) yield refused(`tools.${t}.custom.${problem}`)
  }
  for (const { bytes, format, path } of listMedia(body, "image")) {
    const picture = readPicture(bytes)
    if (picture === undefined) yield refused(`${path}: Could not process image`)
    else if (picture.format !== format) {
      yield refused(
        `${path}: The image was specified using the image/${format} media type, but the image appears to be a image/${picture.format} image`
      )
    } else if (Math.max(picture.width, picture.height) > 8000) {
      yield refused(`${path}: At least one of the image dimensions exceed max allowed size: 8000 pixels`)
    }
  }
  const ids = listBlocks(body).flatMap(([, block]) => {
    const call = Predicate.isRecord(block) ? block["toolUse"] : undefined
    return Predicate.isRecord(call) && isString(call["toolUseId"]) ? [call["toolUseId"]] : []
  })
  if (findDuplicates(ids).length > 0) yield refused("messages: `tool_use` ids must be unique")
  const messages = Predicate.isRecord(body) && Array.isArray(body["messages"]) ? body["messages"] : []
  for (const [m, message] of messages.entries()) {
    const last = message.content.filter((block: object) => !("cachePoint" in block)).at(-1)
    if (message.role === "assistant" && last?.reasoningContent !== undefined) {
      yield refused(`messages.${m}: The final block in an assistant message cannot be \`thinking\`.`)
    }
  }
  if (messages.at(-1)?.role === "assistant" && !acceptsPrefill.test(modelId)) {
    yield refused(
      "This model does not support assistant message prefill. The conversation must end with a user message."
    )
  }
  for (const problem of findClaudeProblems(body, modelId)) yield refused(problem)
}
