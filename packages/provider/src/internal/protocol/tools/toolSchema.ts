/**
 * Adapts the schema of a tool's parameters to what Bedrock and its models accept. Schemas come from third parties such as MCP servers, and a
 * refused one would make every request in the session fail. Removed parts are described as text; the tool validates its input anyway.
 */
import * as Either from "effect/Either"
import { isObject, type Json, type JsonObject, toJson } from "../jsonValue.ts"
import { type RemovedPart, simplifySchema } from "./simplifySchema.ts"

export interface AdaptedSchema {
  /** An object schema, without combinators at the top level and without references. */
  readonly schema: JsonObject
  /** The parts that were removed. */
  readonly removed: ReadonlyArray<RemovedPart>
}

/** Keywords to keep at the top level, where Claude refuses `anyOf`, `oneOf` and `allOf`, and other models refuse more. */
const topLevelKeywords = new Set(["type", "description", "properties", "required", "additionalProperties"])

/** Adapts any value, even if it is not a valid schema. */
export const adaptSchema = (given: unknown): AdaptedSchema => {
  const inner: Array<RemovedPart> = []
  const schema = simplifySchema(Either.getOrElse(toJson(given), () => null), inner)
  const { properties, required } = collectParameters(schema)
  const isRemoved = (keyword: string, value: Json) =>
    keyword === "type" ? ![value].flat().includes("object") : keyword !== "title" && !topLevelKeywords.has(keyword)
  const top = Object.entries(schema).flatMap(([path, value]) => isRemoved(path, value) ? [{ path, value }] : [])
  const removed = [...top, ...inner]
  // If parts were removed, the schema must not forbid what their description allows.
  const { additionalProperties, description } = schema
  return {
    schema: {
      type: "object",
      ...(description !== undefined && { description }),
      ...(properties !== undefined && { properties }),
      ...(required !== undefined && { required }),
      ...(additionalProperties !== undefined && removed.length === 0 && { additionalProperties })
    },
    removed
  }
}

interface Parameters {
  readonly properties: JsonObject | undefined
  readonly required: Array<Json> | undefined
}

const combinators = ["allOf", "anyOf", "oneOf"] as const

/** Collects the parameters of the schema and its combinators. A parameter is required if every alternative requires it. */
const collectParameters = (schema: JsonObject): Parameters =>
  combinators.reduce<Parameters>((all, combinator) => {
    const parts = schema[combinator]
    if (!Array.isArray(parts)) return all
    const each = parts.filter(isObject).map(collectParameters)
    const required = each.map(({ required }) => required ?? [])
    const common = combinator === "allOf"
      ? required.flat()
      : (required[0] ?? []).filter((name) => required.every((names) => names.includes(name)))
    return {
      properties: each.reduce((properties, part) => mergeProperties(properties, part.properties), all.properties),
      required: all.required === undefined && common.length === 0
        ? undefined
        : [...new Set([...all.required ?? [], ...common])]
    }
  }, {
    properties: schema["properties"] as JsonObject | undefined,
    required: schema["required"] as Array<Json> | undefined
  })

/** Merges two sets of parameters. A parameter with two different schemas may match either. */
const mergeProperties = (left: JsonObject | undefined, right: JsonObject | undefined): JsonObject | undefined => {
  if (left === undefined || right === undefined) return left ?? right
  const properties = new Map(Object.entries(left))
  for (const [name, schema] of Object.entries(right)) {
    const before = properties.get(name)
    properties.set(name, before === undefined ? schema : toAnyOf(before, schema))
  }
  return Object.fromEntries(properties)
}

const toAnyOf = (left: Json, right: Json): Json => {
  const known = isObject(left) && Array.isArray(left["anyOf"]) && Object.keys(left).length === 1
    ? left["anyOf"]
    : [left]
  const isKnown = known.some((schema) => JSON.stringify(schema) === JSON.stringify(right))
  return isKnown ? left : { anyOf: [...known, right] }
}
