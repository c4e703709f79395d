/**
 * The constraints on the fields besides the conversation, from the Bedrock Runtime API model `2023-09-30`: `GuardrailConfiguration`,
 * `RequestMetadata`, `ServiceTier`, `PerformanceConfiguration`, `CachePointBlock` and `additionalModelResponseFieldPaths`.
 */
import type { ConverseRequest } from "../converse/request.ts"
import { listCachePoints } from "./wholeRequest.ts"

/** A value that violates a constraint. */
export interface Problem {
  readonly path: string
  readonly value: string | number
  readonly constraint: string
}

type Rule = (value: string) => ReadonlyArray<string>

export const enumeration = (values: ReadonlyArray<string>): Rule => (value) =>
  values.includes(value) ? [] : [`Member must satisfy enum value set: [${values.join(", ")}]`]

const matches = (pattern: string): Rule => (value) =>
  new RegExp(`^(?:${pattern})$`).test(value) ? [] : [`Member must satisfy regular expression pattern: ${pattern}`]

const length = (least: number, most: number): Rule => ({ length }) => [
  ...(length >= least ? [] : [`Member must have length greater than or equal to ${least}`]),
  ...(length <= most ? [] : [`Member must have length less than or equal to ${most}`])
]

const guardrailId = matches("(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))")
const guardrailVersion = matches("(|([1-9][0-9]{0,7})|(DRAFT))")
const metadataKey = matches("[a-zA-Z0-9\\s:_@$#=/+,-.]{1,256}")
const metadataValue = matches("[a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}")

export function* findConstraintProblems(request: ConverseRequest, body: unknown): Generator<Problem> {
  const check = function*(path: string, value: string | undefined, rule: Rule): Generator<Problem> {
    if (value !== undefined) { for (const constraint of rule(value)) yield { path, value, constraint } }
  }
  const { guardrailConfig, inferenceConfig, performanceConfig, requestMetadata, serviceTier } = request
  yield* check("guardrailConfig.guardrailIdentifier", guardrailConfig?.guardrailIdentifier, guardrailId)
  yield* check("guardrailConfig.guardrailVersion", guardrailConfig?.guardrailVersion, guardrailVersion)
  yield* check("guardrailConfig.trace", guardrailConfig?.trace, enumeration(["enabled", "disabled", "enabled_full"]))
  yield* check(
    "guardrailConfig.streamProcessingMode",
    guardrailConfig?.streamProcessingMode,
    enumeration(["sync", "async"])
  )
  yield* check("serviceTier.type", serviceTier?.type, enumeration(["priority", "default", "flex", "reserved"]))
  yield* check("performanceConfig.latency", performanceConfig?.latency, enumeration(["standard", "optimized"]))
  const entries = Object.entries(requestMetadata ?? {})
  if (requestMetadata !== undefined && (entries.length < 1 || entries.length > 16)) {
    const constraint = entries.length < 1
      ? "Member must have length greater than or equal to 1"
      : "Member must have length less than or equal to 16"
    yield { path: "requestMetadata", value: JSON.stringify(requestMetadata), constraint }
  }
  for (const [name, value] of entries) {
    yield* check("requestMetadata", name, metadataKey)
    yield* check(`requestMetadata.${name}.member`, value, metadataValue)
  }
  for (const [index, text] of inferenceConfig?.stopSequences?.entries() ?? []) {
    yield* check(`inferenceConfig.stopSequences.${index + 1}.member`, text, length(1, Infinity))
  }
  const paths = request.additionalModelResponseFieldPaths ?? []
  if (paths.length > 10) {
    yield {
      path: "additionalModelResponseFieldPaths",
      value: JSON.stringify(paths),
      constraint: "Member must have length less than or equal to 10"
    }
  }
  for (const [index, path] of paths.entries()) {
    yield* check(`additionalModelResponseFieldPaths.${index + 1}.member`, path, length(1, 256))
  }
  for (const { path, ttl, type } of listCachePoints(body)) {
    yield* check(`${path}.cachePoint.type`, type, enumeration(["default"]))
    yield* check(`${path}.cachePoint.ttl`, ttl, enumeration(["5m", "1h"]))
  }
}

/** Bedrock's messages are not known; these are the sandbox's own. */
export function* findViolations({ additionalModelResponseFieldPaths = [], guardrailConfig }: ConverseRequest) {
  const { guardrailIdentifier = "", guardrailVersion = "" } = guardrailConfig ?? {}
  if (guardrailConfig !== undefined && (guardrailIdentifier === "" || guardrailVersion === "")) {
    yield "The guardrailConfig field must have both a guardrailIdentifier and a guardrailVersion."
  }
  for (const path of additionalModelResponseFieldPaths) {
    if (!path.startsWith("/")) yield `The path ${path} in additionalModelResponseFieldPaths is not a JSON Pointer.`
  }
}
