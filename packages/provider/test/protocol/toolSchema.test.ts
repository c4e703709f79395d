import { assert, describe, it } from "@effect/vitest"
import { describeTool } from "../../src/internal/protocol/tools/toolDescription.ts"
import { adaptSchema } from "../../src/internal/protocol/tools/toolSchema.ts"

const schemaOf = (given: unknown): unknown => adaptSchema(given).schema
const descriptionOf = (given: unknown, description = "Finds files.") =>
  describeTool(description, adaptSchema(given).removed)
const string = { type: "string" }
const integer = { type: "integer" }

describe("the schema of a tool's parameters", () => {
  it("stays unchanged if Bedrock accepts all of it", () => {
    const schema = {
      type: "object",
      description: "d",
      properties: {
        a: {
          type: ["string", "null"],
          enum: ["x", null],
          default: null,
          description: "a",
          minLength: 1,
          pattern: "^x"
        },
        b: { anyOf: [string, { type: "array", items: integer, minItems: 1, uniqueItems: true }] },
        c: { type: "object", properties: {}, required: [], additionalProperties: { type: "number", minimum: 0 } }
      },
      required: ["a"],
      additionalProperties: false
    }
    assert.deepStrictEqual(schemaOf(schema), schema)
    assert.strictEqual(descriptionOf(schema), "Finds files.")
  })

  it("has no combinator at the top level: its parts are merged and described", () => {
    const either = {
      type: "object",
      properties: { path: string, glob: string },
      additionalProperties: false,
      anyOf: [{ required: ["path"] }, { required: ["glob"] }]
    }
    assert.deepStrictEqual(schemaOf(either), { type: "object", properties: { path: string, glob: string } })
    assert.include(descriptionOf(either), "anyOf: [{\"required\":[\"path\"]},{\"required\":[\"glob\"]}]")
    const union = {
      oneOf: [
        { type: "object", properties: { kind: { const: "a" }, id: string }, required: ["kind", "id"] },
        { type: "object", properties: { kind: { const: "b" }, id: string, url: string }, required: ["kind", "url"] }
      ]
    }
    assert.deepStrictEqual(schemaOf(union), {
      type: "object",
      properties: { kind: { anyOf: [{ const: "a" }, { const: "b" }] }, id: string, url: string },
      required: ["kind"]
    })
    const all = {
      allOf: [{ properties: { a: string }, required: ["a"] }, { properties: { b: string }, required: ["b"] }]
    }
    assert.deepStrictEqual(schemaOf(all), {
      type: "object",
      properties: { a: string, b: string },
      required: ["a", "b"]
    })
    for (const keyword of ["not", "if", "enum", "const", "patternProperties", "minProperties"]) {
      const value = { not: {}, if: {}, enum: [{}], const: {}, patternProperties: {}, minProperties: 1 }[keyword]
      assert.deepStrictEqual(schemaOf({ type: "object", [keyword]: value }), { type: "object" })
      assert.include(descriptionOf({ type: "object", [keyword]: value }), `${keyword}: ${JSON.stringify(value)}`)
    }
  })

  it("is an object, whatever the input", () => {
    for (
      const given of [true, false, null, undefined, 7, "object", [], {}, { type: "string" }, {
        type: ["object", "null"]
      }]
    ) {
      assert.deepStrictEqual(schemaOf(given), { type: "object" })
    }
    assert.include(descriptionOf({ type: "string" }), "type: \"string\"")
    assert.strictEqual(descriptionOf({ type: ["object", "null"] }), "Finds files.")
  })

  it("contains the targets of its references, if they are finite", () => {
    const schema = {
      type: "object",
      properties: {
        a: { $ref: "#/$defs/A" },
        b: { $ref: "#/properties/a", description: "As a." },
        c: { $ref: "#/definitions/with~1slash", maximum: 9 },
        d: { $ref: "#/definitions/per%20cent" }
      },
      $defs: { A: { type: "object", properties: { n: { $ref: "#/$defs/N" } } }, N: integer },
      definitions: { "with/slash": integer, "per cent": string }
    }
    const a = { type: "object", properties: { n: integer } }
    assert.deepStrictEqual(schemaOf(schema), {
      type: "object",
      properties: { a, b: { ...a, description: "As a." }, c: { allOf: [integer, { maximum: 9 }] }, d: string }
    })
    assert.strictEqual(descriptionOf(schema), "Finds files.")
  })

  it("allows anything in place of a recursive, external or dangling reference, and describes the reference", () => {
    const tree = {
      type: "object",
      properties: { name: string, children: { type: "array", items: { $ref: "#/$defs/T" } } }
    }
    const recursive = { $ref: "#/$defs/T", $defs: { T: tree } }
    assert.deepStrictEqual(schemaOf(recursive), {
      type: "object",
      properties: { name: string, children: { type: "array", items: { type: "object" } } }
    })
    assert.include(descriptionOf(recursive), "properties.children.items.$ref: \"#/$defs/T\"; #/$defs/T: {\"type\"")
    for (const $ref of ["https://example.com/a.json", "#/$defs/missing", "#anchor", "other.json#/a", "#/__proto__"]) {
      assert.deepStrictEqual(schemaOf({ type: "object", properties: { a: { $ref } } }), {
        type: "object",
        properties: { a: {} }
      })
      assert.include(descriptionOf({ type: "object", properties: { a: { $ref } } }), $ref)
    }
  })

  it("stays small even if its references multiply or are deeply nested", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => {
        const next = { $ref: `#/$defs/d${n + 1}` }
        return [`d${n}`, { type: "object", properties: { a: next, b: next } }]
      })
    )
    let deep: object = string
    for (let n = 0; n < 200; n++) deep = { type: "object", properties: { a: deep } }
    for (const given of [{ $ref: "#/$defs/d0", $defs }, deep]) {
      assert.isBelow(JSON.stringify(schemaOf(given)).length, 50_000)
      assert.isBelow(descriptionOf(given)?.length ?? 0, 2_100)
    }
  })

  it("has no parameters with invalid names and no invalid keywords; the description mentions them instead", () => {
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: {
        $top: integer,
        ["x".repeat(65)]: string,
        a: { type: "text", minimum: "1" },
        b: true,
        c: { type: "array", items: [string, true] },
        d: { type: "string", nullable: true, "x-order": 1, pattern: "(" }
      },
      required: ["$top", "a"],
      additionalProperties: false
    }
    assert.deepStrictEqual(schemaOf(schema), {
      type: "object",
      properties: { a: {}, b: {}, c: { type: "array", prefixItems: [string, {}] }, d: string },
      required: ["a"]
    })
    const description = descriptionOf(schema) ?? ""
    for (
      const part of [
        "properties.$top: {\"type\":\"integer\"}",
        "properties.a.type: \"text\"",
        "nullable: true",
        "pattern: \"(\""
      ]
    ) {
      assert.include(description, part)
    }
    assert.deepStrictEqual(schemaOf({ type: "object", properties: [], required: "a" }), { type: "object" })
  })
})

describe("a tool's description", () => {
  it("is absent if blank, and never long", () => {
    assert.isUndefined(descriptionOf({}, " \n\u001f"))
    const long = descriptionOf(
      { type: "object", anyOf: Array.from({ length: 999 }, () => ({ required: ["a"] })) },
      `${"x".repeat(9_999)}😀`
    )
    assert.isBelow(long?.length ?? 0, 12_100)
    assert.isTrue(long?.isWellFormed())
  })
})
