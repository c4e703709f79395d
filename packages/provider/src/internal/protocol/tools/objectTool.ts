/** The tool whose input is a structured answer: Bedrock has no other way that all its models share. */
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
  /** The text of the answer, from the input that the model called the tool with. */
  readonly text: (input: unknown) => string
}

/**
 * A tool's schema must be an object at the top: a union is wrapped in an object with the single property `value`,
 * and unwrapped again by `text`.
 */
export const objectTool = (format: ObjectFormat): ObjectTool => {
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
