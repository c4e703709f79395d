/** Reduces a JSON Schema to valid draft 2020-12 keywords without references. */
import { isObject, type Json, type JsonObject } from "../jsonValue.ts"

/** A part that was removed from a schema: its path, for example `properties.id.$ref`, and its value. */
export interface RemovedPart {
  readonly path: string
  readonly value: Json
}

interface Context {
  readonly root: Json
  readonly removed: Array<RemovedPart>
  /** The number of schemas that may still be added. Without a limit, a schema that refers to itself twice would never end. */
  remaining: number
}

interface Place {
  readonly path: ReadonlyArray<string>
  /** The references that led here. */
  readonly via: ReadonlyArray<string>
}

const maxSchemas = 2000
const maxDepth = 32

/** Claude's rule for the names of parameters ("Property keys should match pattern …"). */
const isName = (name: string): boolean => /^[a-zA-Z0-9_.-]{1,64}$/.test(name)

const types = ["array", "boolean", "integer", "null", "number", "object", "string"]

const isString = (value: Json): boolean => typeof value === "string"
const isNumber = (value: Json): boolean => typeof value === "number"
const isBoolean = (value: Json): boolean => typeof value === "boolean"
const isCount = (value: Json): boolean => Number.isInteger(value) && Number(value) >= 0
const isAny = (): boolean => true
const isNonEmptyArray = (value: Json): value is Array<Json> => Array.isArray(value) && value.length > 0
const isType = (value: Json): boolean =>
  isString(value)
    ? types.includes(value as string)
    : isNonEmptyArray(value) && value.every((type) => isString(type) && isType(type)) &&
      new Set(value).size === value.length
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

/** Keywords to keep, each with a check of its value. */
const valueKeywords: { readonly [keyword: string]: (value: Json) => boolean } = {
  type: isType,
  title: isString,
  description: isString,
  default: isAny,
  examples: Array.isArray,
  deprecated: isBoolean,
  readOnly: isBoolean,
  writeOnly: isBoolean,
  enum: isNonEmptyArray,
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

const schemaKeywords = new Set([
  "items",
  "contains",
  "additionalProperties",
  "propertyNames",
  "not",
  "if",
  "then",
  "else"
])
const schemaListKeywords = new Set(["prefixItems", "allOf", "anyOf", "oneOf"])
const schemaMapKeywords = new Set(["properties", "patternProperties", "dependentSchemas"])

/** Keywords that do not constrain values, so that they are removed without mention. */
const ignoredKeywords = new Set([
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

/** Adds the removed parts to `removed`. */
export const simplifySchema = (root: Json, removed: Array<RemovedPart>): JsonObject =>
  simplify(root, { path: [], via: [] }, { root, removed, remaining: maxSchemas })

const simplify = (schema: Json, place: Place, context: Context): JsonObject => {
  if (schema === false) return { not: {} }
  if (!isObject(schema)) return {}
  if (context.remaining-- <= 0 || place.path.length > maxDepth) {
    remove(context, place.path, schema)
    return {}
  }
  const { $ref, ...own } = schema
  if (typeof $ref !== "string") return simplifyKeywords(own, place, context)
  const target = resolveReference(context.root, $ref)
  if (target === undefined || place.via.includes($ref)) {
    remove(context, [...place.path, "$ref"], $ref)
    // A recursive schema is described as text, once.
    if (target !== undefined && !context.removed.some(({ path }) => path === $ref)) remove(context, [$ref], target)
    return simplifyKeywords({ ...pickType(target), ...own }, place, context)
  }
  const referred = simplify(target, { ...place, via: [...place.via, $ref] }, context)
  const beside = simplifyKeywords(own, place, context)
  const isAnnotation = Object.keys(beside).every((keyword) => ["title", "description", "default"].includes(keyword))
  return isAnnotation ? { ...referred, ...beside } : { allOf: [referred, beside] }
}

const pickType = (schema: Json | undefined): JsonObject =>
  isObject(schema ?? null) && isType((schema as JsonObject)["type"] ?? null)
    ? { type: (schema as JsonObject)["type"]! }
    : {}

const remove = ({ removed }: Context, path: ReadonlyArray<string>, value: Json): void => {
  removed.push({ path: path.join("."), value })
}

const simplifyKeywords = (schema: JsonObject, place: Place, context: Context): JsonObject => {
  const result = new Map<string, Json>()
  for (const [name, value] of Object.entries(schema)) {
    // Drafts before 2020-12 write a tuple this way.
    const keyword = name === "items" && Array.isArray(value) ? "prefixItems" : name
    const inner = (...path: ReadonlyArray<string>) => ({ ...place, path: [...place.path, name, ...path] })
    if (keyword === "additionalProperties" && isBoolean(value)) result.set(keyword, value)
    else if (schemaKeywords.has(keyword) && isSchema(value)) result.set(keyword, simplify(value, inner(), context))
    else if (schemaListKeywords.has(keyword) && isNonEmptyArray(value) && value.every(isSchema)) {
      result.set(keyword, value.map((schema, index) => simplify(schema, inner(String(index)), context)))
    } else if (schemaMapKeywords.has(keyword) && isObject(value)) {
      result.set(keyword, simplifyMembers(keyword, value, inner, context))
    } else if (keyword === "required" && Array.isArray(value) && !isNames(value)) {
      const names = [...new Set(value)].filter((name) => isNames([name]))
      if (names.length > 0) result.set(keyword, names)
      remove(context, inner().path, value)
    } else if (Object.hasOwn(valueKeywords, keyword) && valueKeywords[keyword]!(value)) result.set(keyword, value)
    else if (!ignoredKeywords.has(keyword) && !keyword.startsWith("x-")) remove(context, inner().path, value)
  }
  return Object.fromEntries(result)
}

const isSchema = (value: Json): boolean => isObject(value) || isBoolean(value)

const simplifyMembers = (
  keyword: string,
  value: JsonObject,
  inner: (name: string) => Place,
  context: Context
): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, schema]) => {
      const isKept = isSchema(schema) &&
        (keyword === "properties" ? isName(name) : keyword !== "patternProperties" || isPattern(name))
      if (isKept) return [[name, simplify(schema, inner(name), context)]]
      remove(context, inner(name).path, schema)
      return []
    })
  )

/** Resolves a reference within the schema (RFC 6901); `undefined` if the target does not exist. */
const resolveReference = (root: Json, reference: string): Json | undefined => {
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
