/** Requests a structured answer as the input of a tool call, the only way that works with all Bedrock models. */
import * as Tool from "@effect/ai/Tool"
import type * as Schema from "effect/Schema"

export interface ObjectFormat {
  readonly objectName: string
  readonly schema: Schema.Schema.Any
}

interface ObjectTool {
  readonly name: string
  readonly description: string
  readonly schema: object
  /** Converts the input of the tool call to the text of the answer. */
  readonly text: (input: unknown) => string
}

/**
 * The schema of a tool must be an object, so any other schema is wrapped in an object with the single property `value`, which `text` unwraps.
 */
export const makeObjectTool = (format: ObjectFormat): ObjectTool => {
  const base = {
    name: format.objectName.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "object",
    description: Tool.getDescriptionFromSchemaAst(format.schema.ast)?.trim() || "Give the answer by calling this tool."
  }
  const schema = Tool.getJsonSchemaFromSchemaAst(format.schema.ast)
  if ("type" in schema && schema.type === "object") return { ...base, schema, text: (input) => JSON.stringify(input) }
  const { $defs, ...value } = { $defs: undefined, ...schema }
  return {
    ...base,
    schema: { type: "object", properties: { value }, required: ["value"], ...($defs !== undefined && { $defs }) },
    text: (input) => JSON.stringify((input as { readonly value?: unknown } | null)?.value ?? null)
  }
}
