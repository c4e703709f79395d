/**
 * The JSON Schema of the configuration file, for editors.
 *
 * @since 0.1.0
 */
import * as JSONSchema from "effect/JSONSchema"
import * as Predicate from "effect/Predicate"
import { ConfigFile } from "./ConfigFile.ts"

/** Effect writes a record whose key excludes other settings as a pattern that matches any name, even theirs. */
const toAdditional = (_: string, value: unknown): unknown => {
  if (!Predicate.isRecord(value) || !Predicate.isRecord(value["patternProperties"])) return value
  const { patternProperties, propertyNames: _names, ...rest } = value
  return { ...rest, additionalProperties: (patternProperties as Record<string, unknown>)[""] }
}

/**
 * The JSON Schema (draft 7) as text. Additional properties are allowed, as in `ConfigFile`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (): string => {
  const schema = JSONSchema.fromAST(ConfigFile.ast, { definitions: {}, additionalPropertiesStrategy: "allow" })
  return `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }, toAdditional, 2)}\n`
}
