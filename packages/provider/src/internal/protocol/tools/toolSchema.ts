/**
 * Adapts the schema of a tool's parameters to what Bedrock and its models accept. Others write these schemas, such as MCP servers, and one that is
 * refused makes every request of the session fail. Removed parts are described as text; the tool validates its calls anyway.
 */
import * as Either from "effect/Either"
import { isObject, type Json, type JsonObject, toJson } from "../jsonValue.ts"
import { type Lost, plainSchema } from "./plainSchema.ts"

export interface AdaptedSchema {
  /** An object schema, without combinators at the top level and without references. */
  readonly schema: JsonObject
  /** The parts that were removed. */
  readonly lost: ReadonlyArray<Lost>
}

/** Accepted at the top level. Claude refuses `anyOf`, `oneOf` and `allOf` there, and other models refuse more. */
const topLevelKeywords = new Set(["type", "description", "properties", "required", "additionalProperties"])

/** Accepts any value as a schema, including booleans and nothing. */
export const adaptSchema = (given: unknown): AdaptedSchema => {
  const inner: Array<Lost> = []
  const schema = plainSchema(Either.getOrElse(toJson(given), () => null), inner)
  const { properties, required } = parametersOf(schema)
  const isLost = (keyword: string, value: Json) =>
    keyword === "type" ? ![value].flat().includes("object") : keyword !== "title" && !topLevelKeywords.has(keyword)
  const top = Object.entries(schema).flatMap(([path, value]) => isLost(path, value) ? [{ path, value }] : [])
  const lost = [...top, ...inner]
  // The schema must not forbid what is described as text.
  const { additionalProperties, description } = schema
  return {
    schema: {
      type: "object",
      ...(description !== undefined && { description }),
      ...(properties !== undefined && { properties }),
      ...(required !== undefined && { required }),
      ...(additionalProperties !== undefined && lost.length === 0 && { additionalProperties })
    },
    lost
  }
}

interface Parameters {
  readonly properties: JsonObject | undefined
  readonly required: Array<Json> | undefined
}

const combinators = ["allOf", "anyOf", "oneOf"] as const

/** The parameters of the schema and of its combinators. Required are those that each alternative requires. */
const parametersOf = (schema: JsonObject): Parameters =>
  combinators.reduce<Parameters>((all, combinator) => {
    const parts = schema[combinator]
    if (!Array.isArray(parts)) return all
    const each = parts.filter(isObject).map(parametersOf)
    const required = each.map(({ required }) => required ?? [])
    const common = combinator === "allOf"
      ? required.flat()
      : (required[0] ?? []).filter((name) => required.every((names) => names.includes(name)))
    return {
      properties: each.reduce((properties, part) => merged(properties, part.properties), all.properties),
      required: all.required === undefined && common.length === 0
        ? undefined
        : [...new Set([...all.required ?? [], ...common])]
    }
  }, {
    properties: schema["properties"] as JsonObject | undefined,
    required: schema["required"] as Array<Json> | undefined
  })

/** A parameter with two different schemas may match either. */
const merged = (left: JsonObject | undefined, right: JsonObject | undefined): JsonObject | undefined => {
  if (left === undefined || right === undefined) return left ?? right
  const properties = new Map(Object.entries(left))
  for (const [name, schema] of Object.entries(right)) {
    const before = properties.get(name)
    properties.set(name, before === undefined ? schema : either(before, schema))
  }
  return Object.fromEntries(properties)
}

const either = (left: Json, right: Json): Json => {
  const known = isObject(left) && Array.isArray(left["anyOf"]) && Object.keys(left).length === 1
    ? left["anyOf"]
    : [left]
  const isKnown = known.some((schema) => JSON.stringify(schema) === JSON.stringify(right))
  return isKnown ? left : { anyOf: [...known, right] }
}
