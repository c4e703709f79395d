/** Makes the smallest JSON that matches a JSON Schema, as the input of a forced tool call. */

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }
type Node = { readonly [key: string]: unknown }

/** The recursion limit: a schema that requires itself has no finite instance. */
const maxDepth = 32

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value)

const toNode = (value: unknown): Node => isNode(value) ? value : {}

const toList = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

const toNumber = (value: unknown, otherwise: number): number => typeof value === "number" ? value : otherwise

/** `#/$defs/Name`, the only form that generators of tool schemas use. */
const dereference = (root: unknown, reference: string): unknown =>
  reference.replace(/^#\/?/, "").split("/").filter((segment) => segment !== "").reduce<unknown>(
    (at, segment) => toNode(at)[segment.replaceAll("~1", "/").replaceAll("~0", "~")],
    root
  )

const merge = (left: Node, right: Node): Node => ({
  ...left,
  ...right,
  properties: { ...toNode(left["properties"]), ...toNode(right["properties"]) },
  required: [...toList(left["required"]), ...toList(right["required"])]
})

/** Merges the schema with its `$ref` and all parts of its `allOf`. */
const flatten = (root: unknown, schema: unknown, depth: number): Node => {
  const { $ref, allOf, ...own } = toNode(schema)
  if (depth > maxDepth) return own
  const parts = [...(typeof $ref === "string" ? [dereference(root, $ref)] : []), ...toList(allOf)]
  return parts.length === 0 ? own : parts.map((part) => flatten(root, part, depth + 1)).concat(own).reduce(merge)
}

const makeObject = (root: unknown, schema: Node, depth: number): Json =>
  Object.fromEntries(
    toList(schema["required"]).map((name) => [
      String(name),
      makeInstance(root, toNode(schema["properties"])[String(name)], depth + 1)
    ])
  )

const makeArray = (root: unknown, schema: Node, depth: number): Json => {
  const items = schema["prefixItems"] ?? schema["items"]
  return Array.from(
    { length: toNumber(schema["minItems"], 0) },
    (_, i) => makeInstance(root, Array.isArray(items) ? items[i] : items, depth + 1)
  )
}

/** The integer within the bounds that is closest to zero. */
const chooseInteger = (schema: Node): number => {
  const least = Math.max(
    Math.ceil(toNumber(schema["minimum"], -Infinity)),
    Math.floor(toNumber(schema["exclusiveMinimum"], -Infinity)) + 1
  )
  const most = Math.min(
    Math.floor(toNumber(schema["maximum"], Infinity)),
    Math.ceil(toNumber(schema["exclusiveMaximum"], Infinity)) - 1
  )
  return Math.min(Math.max(0, least), most)
}

const makeInstance = (root: unknown, unresolved: unknown, depth: number): Json => {
  if (!isNode(unresolved)) return null
  const schema = flatten(root, unresolved, depth)
  for (const key of ["const", "default"]) {
    if (key in schema) return schema[key] as Json
  }
  const [first] = toList(schema["enum"])
  if (first !== undefined) return first as Json
  const [choice] = [...toList(schema["anyOf"]), ...toList(schema["oneOf"])]
  if (choice !== undefined) return makeInstance(root, choice, depth + 1)
  const [type] = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]]
  switch (type) {
    case "string":
      return "x".repeat(toNumber(schema["minLength"], 0))
    case "number":
    case "integer":
      return chooseInteger(schema)
    case "boolean":
      return false
    case "null":
      return null
    case "array":
      return makeArray(root, schema, depth)
    default:
      return makeObject(root, schema, depth)
  }
}

export const makeMinimalInput = (schema: unknown): { readonly [key: string]: Json } => {
  const value = makeInstance(schema, schema, 0)
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as { readonly [key: string]: Json }
    : {}
}
