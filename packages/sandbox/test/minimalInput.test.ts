import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import { makeMinimalInput } from "../src/internal/converse/minimalInput.ts"
import { splitIntoPieces } from "../src/internal/converse/splitIntoPieces.ts"

interface Tree {
  readonly value: number
  readonly children: ReadonlyArray<Tree>
}
const Tree: Schema.Schema<Tree> = Schema.Struct({
  value: Schema.Int.pipe(Schema.greaterThan(4)),
  children: Schema.Array(Schema.suspend(() => Tree))
}).annotations({ identifier: "Tree" })

class Address extends Schema.Class<Address>("Address")({ street: Schema.NonEmptyString }) {}

describe("The smallest input", () => {
  const fitting = Schema.Struct({
    text: Schema.String.pipe(Schema.minLength(3)),
    negative: Schema.Int.pipe(Schema.lessThan(-3)),
    number: Schema.Number.pipe(Schema.greaterThanOrEqualTo(2.5)),
    flag: Schema.Boolean,
    choice: Schema.Literal("b", "a"),
    nothing: Schema.Null,
    either: Schema.Union(Schema.Struct({ kind: Schema.Literal("x") }), Schema.String),
    list: Schema.NonEmptyArray(Schema.Struct({ id: Schema.Int })),
    pair: Schema.Tuple(Schema.String, Schema.Boolean),
    address: Address,
    tree: Tree,
    optional: Schema.optional(Schema.String)
  })

  it.effect("matches the JSON Schemas that Effect generates", () =>
    Effect.gen(function*() {
      const input = makeMinimalInput(JSONSchema.make(fitting))
      const decoded = yield* Schema.decodeUnknown(fitting)(input)
      assert.isFalse("optional" in decoded)
      assert.deepStrictEqual(decoded.tree, { value: 5, children: [] })
    }))

  it("is an object, whatever the schema", () => {
    for (const schema of [undefined, null, true, {}, [], { type: "string" }, { type: "object", required: 1 }]) {
      assert.deepStrictEqual(makeMinimalInput(schema), {})
    }
  })

  it("uses defaults and constants, and merges the parts of allOf", () => {
    assert.deepStrictEqual(
      makeMinimalInput({
        allOf: [{ required: ["a"], properties: { a: { const: [1] } } }, { $ref: "#/$defs/B~1C" }],
        required: ["c"],
        properties: { c: { type: ["integer", "null"], default: 7 } },
        $defs: { "B/C": { type: "object", required: ["b"], properties: { b: { oneOf: [{ enum: ["z", "y"] }] } } } }
      }),
      { a: [1], b: "z", c: 7 }
    )
  })

  it("is finite for a schema that requires itself", () => {
    assert.isObject(makeMinimalInput({ type: "object", required: ["self"], properties: { self: { $ref: "#" } } }))
    assert.deepStrictEqual(makeMinimalInput({ $ref: "#" }), {})
    assert.deepStrictEqual(makeMinimalInput({ required: ["a"], properties: { a: { $ref: "#/nowhere" } } }), { a: {} })
  })
})

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text)

describe("The pieces of a text", () => {
  it.prop(
    "join to the same text, and none splits a character",
    [Schema.Array(Schema.String)],
    ([texts]) => {
      const text = `a${"🦉".repeat(20)}${texts.join(" ")} \n`
      const pieces = splitIntoPieces(text)
      assert.strictEqual(pieces.join(""), text)
      if (isWellFormed(text)) assert.isTrue(pieces.every(isWellFormed))
    },
    { fastCheck: { numRuns: 100 * runs } }
  )
})
