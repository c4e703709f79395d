/** Reduces a JSON Schema to keywords that are known to be valid in draft 2020-12, without references. */
import { isObject, type Json, type JsonObject } from "../jsonValue.ts"

/** A part of a schema that is removed, for example `properties.id.$ref`, and its value. */
export interface Lost {
  readonly path: string
  readonly value: Json
}

interface Context {
  readonly root: Json
  readonly lost: Array<Lost>
  /** How many more schemas are allowed: a schema that refers to itself twice would grow without end. */
  room: number
}

interface Place {
  readonly path: ReadonlyArray<string>
  /** The references that were followed to get here. */
  readonly via: ReadonlyArray<string>
}

const mostSchemas = 2000
const deepest = 32

/** Claude's rule for the names of parameters ("Property keys should match pattern …"). */
const isName = (name: string): boolean => /^[a-zA-Z0-9_.-]{1,64}$/.test(name)

const types = ["array", "boolean", "integer", "null", "number", "object", "string"]

const isString = (value: Json): boolean => typeof value === "string"
const isNumber = (value: Json): boolean => typeof value === "number"
const isBoolean = (value: Json): boolean => typeof value === "boolean"
const isCount = (value: Json): boolean => Number.isInteger(value) && Number(value) >= 0
const isAny = (): boolean => true
const isFilled = (value: Json): value is Array<Json> => Array.isArray(value) && value.length > 0
const isType = (value: Json): boolean =>
  isString(value)
    ? types.includes(value as string)
    : isFilled(value) && value.every((type) => isString(type) && isType(type)) && new Set(value).size === value.length
const isPattern = (value: Json): boolean => {
  try {
    return isString(value) && new RegExp(value as string, "u") instanceof RegExp
  } catch {
    return false
  }
}
const isNames = (value: Json): boolean =>
  Array.isArray(value) && value.every((name) => isString(name) && isName(name as string)) &&
  new Set(value).size === value.length

/** Keywords that are kept, and which values are valid. */
const values: { readonly [keyword: string]: (value: Json) => boolean } = {
  type: isType,
  title: isString,
  description: isString,
  default: isAny,
  examples: Array.isArray,
  deprecated: isBoolean,
  readOnly: isBoolean,
  writeOnly: isBoolean,
  enum: isFilled,
  const: isAny,
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  pattern: isPattern,
  format: isString,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: isBoolean,
  minContains: isCount,
  maxContains: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  required: isNames
}

const schemas = new Set(["items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"])
const lists = new Set(["prefixItems", "allOf", "anyOf", "oneOf"])
const maps = new Set(["properties", "patternProperties", "dependentSchemas"])

/** Keywords that do not constrain values. */
const silent = new Set([
  "$schema",
  "$id",
  "id",
  "$comment",
  "$anchor",
  "$dynamicAnchor",
  "$recursiveAnchor",
  "$vocabulary",
  "$defs",
  "definitions"
])

/** Removed parts are added to `lost`. */
export const plainSchema = (root: Json, lost: Array<Lost>): JsonObject =>
  plain(root, { path: [], via: [] }, { root, lost, room: mostSchemas })

const plain = (schema: Json, place: Place, context: Context): JsonObject => {
  if (schema === false) return { not: {} }
  if (!isObject(schema)) return {}
  if (context.room-- <= 0 || place.path.length > deepest) {
    lose(context, place.path, schema)
    return {}
  }
  const { $ref, ...own } = schema
  if (typeof $ref !== "string") return keywords(own, place, context)
  const target = resolve(context.root, $ref)
  if (target === undefined || place.via.includes($ref)) {
    lose(context, [...place.path, "$ref"], $ref)
    // A schema that refers to itself is described once, as text.
    if (target !== undefined && !context.lost.some(({ path }) => path === $ref)) lose(context, [$ref], target)
    return keywords({ ...typeOf(target), ...own }, place, context)
  }
  const referred = plain(target, { ...place, via: [...place.via, $ref] }, context)
  const beside = keywords(own, place, context)
  const isAnnotation = Object.keys(beside).every((keyword) => ["title", "description", "default"].includes(keyword))
  return isAnnotation ? { ...referred, ...beside } : { allOf: [referred, beside] }
}

const typeOf = (schema: Json | undefined): JsonObject =>
  isObject(schema ?? null) && isType((schema as JsonObject)["type"] ?? null)
    ? { type: (schema as JsonObject)["type"]! }
    : {}

const lose = ({ lost }: Context, path: ReadonlyArray<string>, value: Json): void => {
  lost.push({ path: path.join("."), value })
}

const keywords = (schema: JsonObject, place: Place, context: Context): JsonObject => {
  const kept = new Map<string, Json>()
  for (const [name, value] of Object.entries(schema)) {
    // A tuple in drafts before 2020-12.
    const keyword = name === "items" && Array.isArray(value) ? "prefixItems" : name
    const inner = (...path: ReadonlyArray<string>) => ({ ...place, path: [...place.path, name, ...path] })
    if (keyword === "additionalProperties" && isBoolean(value)) kept.set(keyword, value)
    else if (schemas.has(keyword) && isSchema(value)) kept.set(keyword, plain(value, inner(), context))
    else if (lists.has(keyword) && isFilled(value) && value.every(isSchema)) {
      kept.set(keyword, value.map((schema, index) => plain(schema, inner(String(index)), context)))
    } else if (maps.has(keyword) && isObject(value)) {
      kept.set(keyword, members(keyword, value, inner, context))
    } else if (keyword === "required" && Array.isArray(value) && !isNames(value)) {
      const names = [...new Set(value)].filter((name) => isNames([name]))
      if (names.length > 0) kept.set(keyword, names)
      lose(context, inner().path, value)
    } else if (Object.hasOwn(values, keyword) && values[keyword]!(value)) kept.set(keyword, value)
    else if (!silent.has(keyword) && !keyword.startsWith("x-")) lose(context, inner().path, value)
  }
  return Object.fromEntries(kept)
}

const isSchema = (value: Json): boolean => isObject(value) || isBoolean(value)

const members = (
  keyword: string,
  value: JsonObject,
  inner: (name: string) => Place,
  context: Context
): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, schema]) => {
      const isKept = isSchema(schema) &&
        (keyword === "properties" ? isName(name) : keyword !== "patternProperties" || isPattern(name))
      if (isKept) return [[name, plain(schema, inner(name), context)]]
      lose(context, inner(name).path, schema)
      return []
    })
  )

/** The target of a reference within the schema (RFC 6901); `undefined` if it has none. */
const resolve = (root: Json, reference: string): Json | undefined => {
  if (!/^#(\/|$)/.test(reference)) return undefined
  let at: Json | undefined = root
  for (const segment of reference.split("/").slice(1)) {
    const name = unescape(segment)
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as { readonly [name: string]: Json })[name]
  }
  return at !== undefined && isSchema(at) ? at : undefined
}

const unescape = (segment: string): string => {
  const text = segment.replaceAll("~1", "/").replaceAll("~0", "~")
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
