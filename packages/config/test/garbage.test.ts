import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { mistaken } from "../../../test/mistaken.ts"
import * as ConfigEdit from "../src/ConfigEdit.ts"
import { ConfigError } from "../src/ConfigError.ts"
import { makeFixture } from "./fixture.ts"

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

const canary = "canary-secret-in-the-configuration"

/** Every option of the gateway, and one setting of each other kind. */
const everything = {
  model: "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
  instructions: ["docs/*.md"],
  permission: { edit: "ask", bash: { "*": "ask", "git *": "allow" } },
  mcp: {
    near: { type: "local", command: ["node", "server.js"], environment: { TOKEN: canary } },
    far: { type: "remote", url: "https://mcp.example/", headers: { authorization: canary }, timeout: 5 }
  },
  provider: {
    bedrock: { options: { base_url: `https://user:${canary}@misplaced.example/bedrock?key=${canary}` } },
    openai: { options: { baseURL: `https://user:${canary}@other.example/v1` } },
    "amazon-bedrock": {
      options: {
        baseURL: `https://user:${canary}@gateway.example/bedrock?api-version=1`,
        region: "eu-central-1",
        profile: "work",
        proxy: `http://user:${canary}@proxy.example:3128`,
        caFile: "ca.pem",
        clientCert: "cert.pem",
        clientKey: "key.pem",
        http2: true,
        allowInsecure: false,
        timeout: { connect: 1000, firstByte: 2000, idle: 3000, total: 4000 },
        retry: { total: 60000, attempts: 3, midAnswer: false },
        streaming: "auto",
        headers: { "x-api-key": canary, "x-tenant": "{env:TENANT}" },
        drop: ["cachePoint", "requestMetadata"],
        auth: "bearer",
        tokenCommand: ["get-token", canary],
        crossRegion: "auto",
        prefixRules: [{ regions: "eu-*", models: ["anthropic.*"], prefix: "eu." }]
      },
      models: { sonnet: { id: "arn:aws:bedrock:x", baseModel: "anthropic.claude-sonnet-4-6", limit: { context: 1 } } }
    }
  }
}

const wrong = FastCheck.tuple(
  mistaken(everything, "{env:", "{env:NONE}", "{file:none}", "http://", "http://[", "*"),
  FastCheck.constantFrom(0, 2)
).map(([value, indent]) => JSON.stringify(value, null, indent))

const text = JSON.stringify(everything, null, 2)
const damaged = FastCheck.array(
  FastCheck.tuple(
    FastCheck.nat(text.length),
    FastCheck.nat(8),
    FastCheck.constantFrom("", "{", "}", "[", "]", "\"", ",", ":", "\\", "//", "/*", "null", "\u0000", "{env:X}")
  ),
  { minLength: 1, maxLength: 3 }
).map((cuts) => cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), text))

const encode = (text: string) => new TextEncoder().encode(text)

/** Damage can also move a secret to a setting that is not known to be secret. */
const garbage = FastCheck.oneof(
  { weight: 4, arbitrary: wrong.map((text) => ({ bytes: encode(text), named: true })) },
  { weight: 2, arbitrary: damaged.map((text) => ({ bytes: encode(text), named: false })) },
  { weight: 1, arbitrary: FastCheck.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes, named: true })) }
)

layer(NodeContext.layer)("A configuration of random text", (it) => {
  it.effect.prop(
    "is read or refused with a position and without secrets, and stays unchanged",
    [garbage, FastCheck.boolean()],
    ([{ bytes, named }, isCommented]) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { globalFile: json, load, log, write } = yield* makeFixture
        const globalFile = isCommented ? `${json}c` : json
        yield* write(globalFile, "")
        yield* fs.writeFile(globalFile, bytes)
        const outcome = yield* Effect.either(load({ env: { TENANT: "tenant" } }))
        if (Either.isLeft(outcome)) {
          assert.instanceOf(outcome.left, ConfigError)
          assert.isNotEmpty(outcome.left.hint)
          assert.notInclude(JSON.stringify(outcome.left) + String(outcome.left), canary)
        } else if (named) {
          const { leaves, misplacedUrl, warnings } = outcome.right
          assert.notInclude(JSON.stringify([leaves, misplacedUrl, warnings]), canary)
        }
        assert.notInclude(log.join("\n"), canary)
        assert.isTrue(Buffer.from(bytes).equals(yield* fs.readFile(globalFile)))
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 40 * runs } }
  )

  const rules = JSON.stringify({ ...everything.permission, read: { [canary]: "ask" } })
  const wrongRules = FastCheck.oneof(
    mistaken(everything.permission, canary, ["allow"]).map((rules) => JSON.stringify(rules)),
    FastCheck.nat(rules.length).map((end) => rules.slice(0, end)),
    FastCheck.string({ unit: "binary" })
  )

  it.effect.prop(
    "in ALTIMATE_CLI_PERMISSION is read, or refused with the variable's name and without its text",
    [wrongRules],
    ([text]) =>
      Effect.gen(function*() {
        const { load, log } = yield* makeFixture
        const outcome = yield* Effect.either(load({ env: { ALTIMATE_CLI_PERMISSION: text } }))
        if (Either.isRight(outcome)) return
        assert.instanceOf(outcome.left, ConfigError)
        assert.match(outcome.left.message, /^ALTIMATE_CLI_PERMISSION: expected /)
        assert.notInclude(JSON.stringify(outcome.left) + log.join("\n"), canary)
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 40 * runs } }
  )

  it.effect.prop(
    "is edited, or refused without changing a byte and without leaving other files",
    [garbage],
    ([{ bytes }]) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { globalFile, write } = yield* makeFixture
        yield* write(globalFile, "")
        yield* fs.writeFile(globalFile, bytes)
        const outcome = yield* Effect.either(ConfigEdit.set(globalFile, [{ path: ["model"], value: "another" }]))
        const after = yield* fs.readFile(globalFile)
        assert.deepStrictEqual(yield* fs.readDirectory(globalFile.slice(0, globalFile.lastIndexOf("/"))), [
          "altimate-code.json"
        ])
        if (Either.isRight(outcome)) {
          assert.include(Buffer.from(after).toString(), "\"another\"")
          return
        }
        assert.instanceOf(outcome.left, ConfigError)
        assert.notInclude(JSON.stringify(outcome.left) + String(outcome.left), canary)
        assert.isTrue(Buffer.from(bytes).equals(after))
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 40 * runs } }
  )
})
