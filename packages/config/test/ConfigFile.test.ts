import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ConfigFile, paths } from "../src/ConfigFile.ts"
import * as ConfigJsonSchema from "../src/ConfigJsonSchema.ts"
import { ProgramNames } from "../src/given/ProgramNames.ts"

const at = (schema: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((node, key) => (node as Record<string, Record<string, unknown>>)["properties"]?.[key], schema)

layer(NodeContext.layer)("The schema of the configuration file", (it) => {
  it.effect("generates the JSON Schema that is in the repository", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const written = yield* fs.readFileString(new URL("../altimate-code.schema.json", import.meta.url).pathname)
      assert.strictEqual(ConfigJsonSchema.render(ProgramNames.defaultValue()), written)
    }))

  it.effect("describes every setting, allows others, and requires none", () =>
    Effect.sync(() => {
      const schema = JSON.parse(ConfigJsonSchema.render(ProgramNames.defaultValue()))
      assert.strictEqual(schema.$schema, "http://json-schema.org/draft-07/schema#")
      assert.notInclude(ConfigJsonSchema.render(ProgramNames.defaultValue()), "$ref")
      for (const path of Object.values(paths)) {
        const setting = at(schema, path)
        assert.propertyVal(setting, "type", "string")
        assert.property(setting, "description")
        for (let depth = 0; depth < path.length; depth += 1) {
          const object = at(schema, path.slice(0, depth))
          assert.propertyVal(object, "type", "object")
          assert.property(object, "description")
          assert.notStrictEqual((object as Record<string, unknown>)["additionalProperties"], false)
          assert.deepStrictEqual((object as Record<string, unknown>)["required"], [])
        }
      }
    }))

  it.effect("contains exactly the guide's settings", () =>
    Effect.sync(() => {
      const options = {
        baseURL: "b",
        endpoint: "e",
        region: "r",
        profile: "p",
        proxy: "p",
        caFile: "c",
        clientCert: "c",
        clientKey: "c",
        http2: true,
        allowInsecure: true,
        timeout: { connect: 1, firstByte: 2, idle: 3, total: 4 },
        retry: { total: 60000, attempts: 3, midAnswer: false },
        streaming: "auto",
        headers: { "x-tenant": "t" },
        drop: ["cachePoint"],
        auth: "header",
        apiKey: "k",
        signingService: "s",
        tokenCommand: ["c", "a"],
        crossRegion: "off",
        prefixRules: [{ regions: "us-*", except: ["us-gov-*"], models: ["m"], prefix: "us." }]
      }
      const models = {
        m: {
          name: "n",
          id: "i",
          baseModel: "b",
          crossRegion: "eu",
          limit: { context: 1, output: 1 },
          cost: { input: 0, output: 0.5, cache_read: 0, cache_write: 0 }
        }
      }
      const file = {
        $schema: "s",
        model: "m",
        provider: { "amazon-bedrock": { options, models }, other: { any: 1 } },
        permission: { edit: "ask", bash: { "rm *": "deny", "*": "allow" } },
        mcp: {
          near: { type: "local", command: ["c"], environment: { A: "a" }, enabled: true, timeout: 1 },
          far: { type: "remote", url: "u", headers: { H: "h" } },
          off: { enabled: false }
        },
        instructions: ["i"]
      }
      assert.deepStrictEqual<unknown>(Schema.decodeUnknownSync(ConfigFile, { onExcessProperty: "error" })(file), file)
    }))
})
