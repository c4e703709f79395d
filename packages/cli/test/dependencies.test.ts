import { assert, describe, it } from "@effect/vitest"
import { build, type Plugin } from "esbuild"
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
// @ts-expect-error scripts have no types
import { dependencies } from "../../../scripts/dependencies.mjs"

/** What a program prints, with the changes that the bundle makes in dependencies, or without them. */
const run = async (contents: string, plugins: ReadonlyArray<Plugin> = dependencies) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    mainFields: ["module", "main"],
    plugins: [...plugins]
  })
  return execFileSync(process.execPath, ["-"], { encoding: "utf8", input: outputFiles[0]!.text })
}

describe("The changes of the bundle in its dependencies", () => {
  it("load modules of Node late without changing what their functions and classes do", async () => {
    const text = await run(`
      import { createHash } from "node:crypto"
      import { Agent as AgentOfNode } from "node:https"
      import https from "node:https"
      import { Socket } from "node:net"
      import { TLSSocket } from "node:tls"
      class Agent extends AgentOfNode { own() { return true } }
      const socket = new TLSSocket(new Socket())
      const agent = new Agent()
      const hash = createHash("sha256").update("").digest("hex").slice(0, 4)
      console.log(socket instanceof TLSSocket, {} instanceof TLSSocket, agent.own(), agent instanceof https.Agent, hash)`)
    assert.strictEqual(text, "true false true true e3b0\n")
  })

  it("make schemas that do the same", async () => {
    const program = `
      import * as Schema from "effect/Schema"
      const say = (...values) => console.log(...values.map((value) => typeof value === "string" ? value : JSON.stringify(value)))
      const Cart = Schema.Struct({
        name: Schema.String,
        count: Schema.optionalWith(Schema.Number, { default: () => 3 }),
        state: Schema.Literal("open", "paid")
      })
      say(String(Cart), Cart.make({ name: "a", state: "open" }), String(Cart.pick("name")), String(Cart.omit("name")))
      try { Cart.make({ name: 1, state: "open" }) } catch (error) { say(error.message) }
      const Named = Cart.annotations({ identifier: "Named" })
      say(String(Named), Object.keys(Named.fields), String(Named.pick("name")))
      const Open = Schema.Struct({ name: Schema.String }, { key: Schema.String, value: Schema.Unknown })
      say(String(Open), Open.records.length)
      const Any = Schema.Union(Cart, Schema.Null, Schema.Literal(1))
      say(String(Any), Any.members.length, Any.annotations({ title: "t" }).members.length)
      say(Schema.Literal("p", "q").literals, Schema.Literal("p", "q").annotations({ description: "d" }).literals)
      class Point extends Schema.Class("Point")({ x: Schema.Number }) { get twice() { return this.x * 2 } }
      say(new Point({ x: 2 }).twice, Schema.decodeUnknownSync(Point)({ x: 4 }) instanceof Point, String(Point))
      class Labeled extends Point.extend("Labeled")({ name: Schema.String }) {}
      say(new Labeled({ x: 1, name: "n" }))
      class Failed extends Schema.TaggedError()("Failed", { why: Schema.String }) {}
      say(new Failed({ why: "w" })._tag, Schema.isSchema(Failed), Schema.isSchema(Cart), Schema.isSchema(Schema.Literal("p")))
      class Extended extends Schema.Struct({ z: Schema.Boolean }) {}
      say(Schema.decodeUnknownSync(Extended)({ z: true }), Extended.make({ z: false }), String(Extended), Object.keys(Extended.fields))
      class Long extends Schema.String.pipe(Schema.minLength(2)) {}
      say(Schema.is(Long)("a"), Schema.is(Long)("ab"))
      class Both extends Schema.Union(Schema.String, Schema.Number) {}
      say(Both.members.length, Schema.encodeSync(Both)(3))
      const Parsed = Schema.transform(Schema.String, Schema.Number, { strict: true, decode: Number, encode: String })
      say(Schema.decodeSync(Parsed)("5"), String(Parsed), String(Parsed.from), String(Parsed.to))
      const Branded = Schema.String.pipe(Schema.brand("Branded"))
      say(Branded.make("a"), String(Branded.annotations({ identifier: "Other" })))
      say(Schema.decodeSync(Schema.parseJson(Cart))('{"name":"1","state":"paid"}'))
      say(Schema.TaggedStruct("Tagged", { v: Schema.Int }).make({ v: 1 }))
      for (const schema of [Schema.extend(Cart, Schema.Struct({ d: Schema.Date })), Schema.partial(Open), Schema.mutable(Open),
        Schema.Array(Cart), Schema.NonEmptyArray(Schema.Int).annotations({ title: "Some" }), Schema.keyof(Schema.Struct({ a: Schema.Int, b: Schema.Int })),
        Schema.typeSchema(Cart), Schema.encodedSchema(Cart), Schema.suspend(() => Cart)]) say(String(schema), typeof schema)
      const kinds = Schema.Struct({ k: Schema.Number }).pipe(Schema.attachPropertySignature("kind", "c"))
      say(Schema.decodeSync(kinds)({ k: 1 }), Schema.standardSchemaV1(Open)["~standard"].vendor)`
    const text = await run(program)
    assert.isAbove(text.split("\n").length, 20)
    assert.strictEqual(text, await run(program, []))
  })
})
