/** Makes the smallest JSON that matches a JSON Schema, as the input of a forced tool call. */

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }
type Node = { readonly [key: string]: unknown }

/** The recursion limit: a schema that requires itself has no finite instance. */
const maxDepth = 32

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value)

const node = (value: unknown): Node => isNode(value) ? value : {}

const list = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []

const number = (value: unknown, otherwise: number): number => typeof value === "number" ? value : otherwise

/** `#/$defs/Name`, the only form that generators of tool schemas use. */
const dereference = (root: unknown, reference: string): unknown =>
  reference.replace(/^#\/?/, "").split("/").filter((segment) => segment !== "").reduce<unknown>(
    (at, segment) => node(at)[segment.replaceAll("~1", "/").replaceAll("~0", "~")],
    root
  )

const merge = (left: Node, right: Node): Node => ({
  ...left,
  ...right,
  properties: { ...node(left["properties"]), ...node(right["properties"]) },
  required: [...list(left["required"]), ...list(right["required"])]
})

/** Merges the schema with its `$ref` and all parts of its `allOf`. */
const flatten = (root: unknown, schema: unknown, depth: number): Node => {
  const { $ref, allOf, ...own } = node(schema)
  if (depth > maxDepth) return own
  const parts = [...(typeof $ref === "string" ? [dereference(root, $ref)] : []), ...list(allOf)]
  return parts.length === 0 ? own : parts.map((part) => flatten(root, part, depth + 1)).concat(own).reduce(merge)
}

const object = (root: unknown, schema: Node, depth: number): Json =>
  Object.fromEntries(
    list(schema["required"]).map((name) => [
      String(name),
      instance(root, node(schema["properties"])[String(name)], depth + 1)
    ])
  )

const array = (root: unknown, schema: Node, depth: number): Json => {
  const items = schema["prefixItems"] ?? schema["items"]
  return Array.from(
    { length: number(schema["minItems"], 0) },
    (_, i) => instance(root, Array.isArray(items) ? items[i] : items, depth + 1)
  )
}

/** The integer within the bounds that is closest to zero. */
const integer = (schema: Node): number => {
  const least = Math.max(
    Math.ceil(number(schema["minimum"], -Infinity)),
    Math.floor(number(schema["exclusiveMinimum"], -Infinity)) + 1
  )
  const most = Math.min(
    Math.floor(number(schema["maximum"], Infinity)),
    Math.ceil(number(schema["exclusiveMaximum"], Infinity)) - 1
  )
  return Math.min(Math.max(0, least), most)
}

const instance = (root: unknown, unresolved: unknown, depth: number): Json => {
  if (!isNode(unresolved)) return null
  const schema = flatten(root, unresolved, depth)
  for (const key of ["const", "default"]) {
    if (key in schema) return schema[key] as Json
  }
  const [first] = list(schema["enum"])
  if (first !== undefined) return first as Json
  const [choice] = [...list(schema["anyOf"]), ...list(schema["oneOf"])]
  if (choice !== undefined) return instance(root, choice, depth + 1)
  const [type] = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]]
  switch (type) {
    case "string":
      return "x".repeat(number(schema["minLength"], 0))
    case "number":
    case "integer":
      return integer(schema)
    case "boolean":
      return false
    case "null":
      return null
    case "array":
      return array(root, schema, depth)
    default:
      return object(root, schema, depth)
  }
}

export const minimalInput = (schema: unknown): { readonly [key: string]: Json } => {
  const value = instance(schema, schema, 0)
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as { readonly [key: string]: Json }
    : {}
}
