/**
 * The JSON Schema of the configuration file, for editors.
 *
 * @since 0.1.0
 */
import * as JSONSchema from "effect/JSONSchema"
import { ConfigFile } from "./ConfigFile.ts"

/**
 * The JSON Schema (draft 7) as text. Additional properties are allowed, as in `ConfigFile`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (): string => {
  const schema = JSONSchema.fromAST(ConfigFile.ast, { definitions: {}, additionalPropertiesStrategy: "allow" })
  return `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }, null, 2)}\n`
}
