import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { parse, type ParseError, printParseErrorCode } from "jsonc-parser"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { ConfigFile } from "../src/ConfigFile.ts"
import * as ConfigJsonSchema from "../src/ConfigJsonSchema.ts"
import { ProgramNames } from "../src/given/ProgramNames.ts"

const text = readFileSync(
  fileURLToPath(new URL("../../../docs/altimate-code.example.jsonc", import.meta.url)),
  "utf8"
)

const errors: Array<ParseError> = []
const example: unknown = parse(text, errors)

/** The parts of a JSON Schema that describe settings. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: boolean | Node
  readonly anyOf?: ReadonlyArray<Node>
  readonly items?: Node
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The settings of the schema that are missing in all values, and the keys of the values that are not in the schema. */
const differences = (node: Node, values: ReadonlyArray<unknown>, path: string): ReadonlyArray<string> => {
  const objects = values.filter(isObject)
  const { additionalProperties, anyOf = [], items, properties = {} } = node
  const others = objects.flatMap((value) => Object.entries(value).filter(([key]) => !Object.hasOwn(properties, key)))
  return [
    ...Object.entries(properties).flatMap(([key, child]) => {
      const inner = objects.flatMap((value) => Object.hasOwn(value, key) ? [value[key]] : [])
      return inner.length === 0 ? [`missing: ${path}${key}`] : differences(child, inner, `${path}${key}.`)
    }),
    ...(typeof additionalProperties === "object"
      ? differences(additionalProperties, others.map(([, value]) => value), `${path}*.`)
      : node.properties === undefined
      ? []
      : others.map(([key]) => `unknown: ${path}${key}`)),
    ...anyOf.flatMap((alternative) => differences(alternative, values, path)),
    ...(items === undefined ? [] : differences(items, values.filter(Array.isArray).flat(), `${path}[].`))
  ]
}

describe("docs/altimate-code.example.jsonc", () => {
  it("is a valid configuration", () => {
    assert.deepStrictEqual(errors.map(({ error, offset }) => `${printParseErrorCode(error)} at ${offset}`), [])
    Schema.decodeUnknownSync(ConfigFile)(example)
  })

  it("has every setting of the schema and no others", () => {
    const { properties, ...schema } = JSON.parse(ConfigJsonSchema.render(ProgramNames.defaultValue()))
    // The settings of a server are the same under both names.
    assert.deepStrictEqual(properties.mcpServers.additionalProperties, properties.mcp.additionalProperties)
    const { mcpServers: _, ...others } = properties
    // The fields of a request are the same for one model as for all.
    const bedrock = properties.provider.properties["amazon-bedrock"].properties
    const { options } = bedrock.models.additionalProperties.properties
    for (const [name, field] of Object.entries(options.properties)) {
      if (name !== "headers") assert.deepStrictEqual(bedrock.options.properties[name], field)
    }
    options.properties = { headers: options.properties.headers, temperature: options.properties.temperature }
    assert.property(example, "mcpServers")
    const { mcpServers: __, ...file } = example as Record<string, unknown>
    assert.deepStrictEqual(differences({ ...schema, properties: others }, [file], ""), [])
  })

  it("explains each setting on the line before it", () => {
    const lines = text.split("\n")
    const unexplained = lines.filter((line, index) =>
      /^\s*"[^"]+":/.test(line) && !/^\s*\/\/ .+/.test(lines[index - 1] ?? "")
    )
    assert.deepStrictEqual(unexplained, [])
  })
})
