/**
 * The schema of a tool's parameters, as Bedrock and the models behind it take it. Others write these schemas (MCP servers, for
 * one), and a single one that is refused makes every request of the session fail. What can't be sent is described in words instead;
 * whoever runs the tool checks the call anyway.
 */
import * as Either from "effect/Either"
import { isObject, type Json, type JsonObject, toJson } from "../jsonValue.ts"
import { type Lost, plainSchema } from "./plainSchema.ts"

export interface AdaptedSchema {
  /** An object at the top, without combinators there and without references. */
  readonly schema: JsonObject
  /** What of the given schema is not in it. */
  readonly lost: ReadonlyArray<Lost>
}

/** Known to be taken at the top. Claude refuses `anyOf`, `oneOf` and `allOf` there, and other models some of the rest. */
const atTop = new Set(["type", "description", "properties", "required", "additionalProperties"])

/** Whatever the schema is, a boolean or nothing at all included. */
export const adaptSchema = (given: unknown): AdaptedSchema => {
  const inner: Array<Lost> = []
  const schema = plainSchema(Either.getOrElse(toJson(given), () => null), inner)
  const { properties, required } = parametersOf(schema)
  const isLost = (keyword: string, value: Json) =>
    keyword === "type" ? ![value].flat().includes("object") : keyword !== "title" && !atTop.has(keyword)
  const top = Object.entries(schema).flatMap(([path, value]) => isLost(path, value) ? [{ path, value }] : [])
  const lost = [...top, ...inner]
  // What is described in words must not be forbidden by the schema.
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

/** Those of the schema and of all parts of its combinators; required is what each alternative requires. */
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

/** A parameter that two parts describe in different ways may be as either says. */
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
