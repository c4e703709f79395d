import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it, layer } from "@effect/vitest"
import { assertNone } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { bedrockFields } from "../src/internal/schema/bedrockOptions.ts"
import * as TrustedFiles from "../src/trust/TrustedFiles.ts"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { bedrock, makeFixture } from "./fixture.ts"

const options = (name: string) => ["provider", "amazon-bedrock", "options", name]

/** A change of a project's file for a user whose own cost limit is $5. */
const judgeCost = (path: ReadonlyArray<string>, value: unknown) =>
  Effect.map(
    TrustPolicy.TrustPolicy,
    ({ review }) => review({ path, value, hasPlaceholder: false, ownEndpoints: [], ownMaxCost: Option.some(5) })
  ).pipe(Effect.provide(TrustPolicy.layer), Effect.runSync)

const judge = (path: ReadonlyArray<string>, value: unknown, own: ReadonlyArray<string> = [], hasPlaceholder = false) =>
  Effect.map(
    TrustPolicy.TrustPolicy,
    ({ review }) => review({ path, value, hasPlaceholder, ownEndpoints: own, ownMaxCost: Option.none() })
  ).pipe(
    Effect.provide(TrustPolicy.layer),
    Effect.runSync
  )

/** The endpoints in the user's own configuration. */
const own = [
  "https://gateway.corp.example/bedrock/?tenant=a",
  "https://whole.corp.example",
  "http://localhost:8080/",
  "http://127.0.0.1:9090/bedrock",
  "http://[::1]:9090",
  "not a URL"
]

describe("An endpoint in a project's file", () => {
  for (
    const url of [
      "https://bedrock-runtime.us-east-1.amazonaws.com",
      "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/",
      "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
      "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu",
      "https://bedrock-runtime.us-east-1.api.aws",
      "https://vpce-0a1b2c-3d4e.bedrock-runtime.eu-central-1.vpce.amazonaws.com",
      "https://gateway.corp.example/bedrock",
      "https://GATEWAY.corp.example:443/bedrock/",
      "https://gateway.corp.example/bedrock/v1/team-a",
      "https://gateway.corp.example/other/../bedrock/v1",
      "https://gateway.corp.example/bedrock?tenant=a",
      "https://whole.corp.example/any/path",
      "http://localhost:8080",
      "http://127.0.0.1:9090/bedrock/v1",
      "http://[::1]:9090"
    ]
  ) {
    it(`applies without trust: ${url}`, () => assertNone(judge(options("baseURL"), url, own)))
  }

  for (
    const url of [
      "https://evil.example",
      "https://gateway.corp.example.evil.example",
      "https://gateway.corp.example@evil.example/",
      "https://x.execute-api.us-east-1.amazonaws.com",
      "https://bedrock-runtime.s3.amazonaws.com",
      "https://bedrock-runtime.s3-accelerate.amazonaws.com",
      "https://bedrock-runtime.s3-website-us-east-1.amazonaws.com",
      "https://bedrock-runtime.elb.amazonaws.com",
      "https://bedrock-runtime.us-east-1.amazonaws.com.evil.example",
      "https://bedrock-runtime.evil.example/amazonaws.com",
      "https://evil.bedrock-runtime.us-east-1.amazonaws.com",
      "http://127.0.0.1.evil.example",
      "http://localhost.evil.example",
      "http://bedrock-runtime.us-east-1.amazonaws.com",
      "https://bedrock-runtime.us-east-1.amazonaws.com:8443",
      "https://user@bedrock-runtime.us-east-1.amazonaws.com",
      "https://gateway.corp.example",
      "https://gateway.corp.example/other",
      "https://gateway.corp.example/bedrock-evil",
      "https://gateway.corp.example/BEDROCK",
      "https://gateway.corp.example:8443/bedrock",
      "http://gateway.corp.example/bedrock",
      "http://gateway.corp.example:443/bedrock",
      "https://gateway.corp.example./bedrock",
      "https://user:pw@gateway.corp.example/bedrock",
      "https://gateway.corp.example/bedrock?tenant=b",
      "https://gateway.corp.example/bedrock#x",
      "https://gateway.corp.example/bedrock/../evil",
      "https://gateway.corp.example/bedrock/%2e%2e/evil",
      "https://gateway.corp.example/bedrock/.%2E/evil",
      "https://gateway.corp.example/bedrock\\..\\evil",
      "https://gateway.corp.example/bedrock/..%2fevil",
      "https://gateway.corp.example/bedrock/%252e%252e/evil",
      "https://gateway.corp.example/bedrock/..;/evil",
      "https://gateway.corp.example/bedrock/..;x=y/evil",
      "https://gateway.corp.example/bedrock//evil.example",
      "https://gateway.corp.example//bedrock",
      "http://localhost:8081",
      "http://localhost",
      "https://localhost:8080",
      "http://127.0.0.1:8080",
      "http://127.0.0.2:9090/bedrock",
      "http://127.0.0.1:9090",
      "http://[::1]:8080",
      "not a URL",
      7
    ]
  ) {
    it(`needs trust: ${url}`, () => {
      assert.isTrue(Option.isSome(judge(options("endpoint"), url, own)))
      assert.isTrue(Option.isSome(judge(options("baseURL"), url, own)))
    })
  }

  it("needs trust on this machine too, where any user can listen, if the user has configured no endpoint", () => {
    for (const url of ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"]) {
      assert.isTrue(Option.isSome(judge(options("baseURL"), url)))
    }
  })
})

describe("A setting in a project's file", () => {
  const waiting: ReadonlyArray<readonly [path: ReadonlyArray<string>, value: unknown]> = [
    [options("proxy"), "http://proxy.example"],
    [options("caFile"), "ca.pem"],
    [options("clientCert"), "c.pem"],
    [options("clientKey"), "k.pem"],
    [options("headers"), { a: "b" }],
    [options("apiKey"), "k"],
    [options("tokenCommand"), "true"],
    [options("allowInsecure"), true],
    [["mcp", "server"], { type: "local" }],
    [["permission"], "deny"],
    [["instructions"], ["/etc/passwd"]],
    [["notification"], { command: ["sh", "-c", "echo"] }],
    [["notification", "command"], ["sh"]],
    [["notification", "command"], "sh"],
    [["instructions"], ["docs/*.md", "~/.ssh/*"]],
    [["instructions"], ["docs/../../secret"]],
    [["instructions"], ["{docs,..}/x"]]
  ]
  for (const [path, value] of waiting) {
    it(`needs trust: ${path.join(".")} ${JSON.stringify(value)}`, () =>
      assert.isTrue(Option.isSome(judge(path, value))))
  }

  it("needs trust unless it is known to be harmless", () => {
    const applying = Object.keys(bedrockFields).filter((name) => Option.isNone(judge(options(name), "x")))
    assert.sameMembers(applying, [
      "additionalModelResponseFieldPaths",
      "anthropic_beta",
      "auth",
      "cache",
      "cachePoint",
      "crossRegion",
      "drop",
      "effort",
      "fallback",
      "guardrail",
      "guardrailConfig",
      "http2",
      "inferenceConfig",
      "maxTokens",
      "performanceConfig",
      "prefixRules",
      "profile",
      "maxCost",
      "region",
      "requestMetadata",
      "retry",
      "serviceTier",
      "signingService",
      "stopSequences",
      "streaming",
      "temperature",
      "thinking",
      "timeout",
      "topP"
    ])
  })

  it("may not change what a key does, since a key can send a prompt that runs a command", () => {
    const reasonOf = (path: ReadonlyArray<string>, value: unknown) => Option.getOrUndefined(judge(path, value))
    const reason = "changes which keys send prompts and run commands"
    assert.strictEqual(reasonOf(["keybinds", "input_submit"], "left,backspace"), reason)
    assert.strictEqual(reasonOf(["keybinds"], { input_submit: "left" }), reason)
    assertNone(judge(["theme"], "dark"))
  })

  it("may lower the user's cost limit, but neither raise it nor change the prices that it counts with", () => {
    const model = ["provider", "amazon-bedrock", "models", "m"]
    for (const value of [1, 5]) assertNone(judgeCost(options("maxCost"), value))
    assert.deepStrictEqual(
      judgeCost(options("maxCost"), 5.01),
      Option.some("raises the cost limit of a session, which you have set to $5")
    )
    for (const [key, value] of [["cost", { input: 0, output: 0 }], ["baseModel", "amazon.nova-micro-v1:0"]] as const) {
      assert.isTrue(Option.isSome(judgeCost([...model, key], value)))
      assertNone(judge([...model, key], value))
    }
    assertNone(judgeCost([...model, "name"], "M"))
  })

  it("is described as allowing every command if it does", () => {
    const every = "lets the model run any command without asking"
    for (const rules of ["allow", { bash: "allow" }, { "*": "allow" }, { bash: { "*": "allow" } }]) {
      assert.deepStrictEqual(judge(["permission"], rules), Option.some(every))
    }
    for (const rules of ["ask", { bash: { "npm test": "allow" } }, { edit: "allow" }, { bash: {} }]) {
      assert.notDeepEqual(judge(["permission"], rules), Option.some(every))
    }
  })

  const free: ReadonlyArray<readonly [path: ReadonlyArray<string>, value: unknown]> = [
    [["model"], "amazon-bedrock/x"],
    [options("region"), "eu-west-1"],
    [options("profile"), "dev"],
    [options("timeout"), 1000],
    [options("crossRegion"), "off"],
    [["provider", "amazon-bedrock", "models", "m", "id"], "arn:aws:bedrock:x"],
    [["provider", "other", "options", "baseURL"], "https://evil.example"],
    [["notification"], "osc9"],
    [["instructions"], ["docs/*.md", "a..b"]]
  ]
  for (const [path, value] of free) {
    it(`applies without trust: ${path.join(".")} ${JSON.stringify(value)}`, () => {
      assertNone(judge(path, value))
      if (path[1] !== "other") assert.isTrue(Option.isSome(judge(path, value, [], true)), "but not filled in")
    })
  }
})

layer(NodeContext.layer)("An untrusted project file", (it) => {
  it.scoped("applies its harmless settings and lists the others", () =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      const trust = TrustPolicy.layer
      yield* write(globalFile, { ...bedrock({ baseURL: "https://gw.example" }), permission: { bash: "deny" } })
      yield* write(projectFile, {
        model: "m",
        ...bedrock({
          endpoint: "https://evil.example/x?key=0123456789abcdef",
          region: "eu-west-1",
          headers: { "X-Api-Key": "k" },
          apiKey: "a-stranger's"
        }),
        permission: { bash: {} },
        mcp: { s: { type: "local", command: ["c"] } }
      })
      const settings = yield* load({ trust })
      assert.strictEqual(Option.getOrThrow(settings.model).value, "m")
      assert.strictEqual(Option.getOrThrow(settings.baseURL).value, "https://gw.example")
      assert.strictEqual(settings.region.value, "eu-west-1")
      assert.deepEqual(Option.getOrThrow(settings.permission), { bash: "deny" })
      assertNone(settings.gateway.apiKey)
      assert.deepStrictEqual({ ...settings.mcp }, {})
      const [file] = settings.untrusted
      assert.strictEqual(file!.path, projectFile)
      assert.deepStrictEqual(file!.changes.map(({ key, value }) => [key, value]), [
        ["provider.amazon-bedrock.options.endpoint", "https://evil.example/x?key=<redacted>"],
        ["provider.amazon-bedrock.options.headers", { "X-Api-Key": "<redacted>" }],
        ["provider.amazon-bedrock.options.apiKey", "<redacted>"],
        ["permission", { bash: {} }],
        ["mcp.s", { type: "local", command: ["c"] }]
      ])
      assert.isFalse(settings.leaves.some(({ key }) => key.includes("mcp")))
    }))

  it.scoped("causes no variable or file to be read", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      const trust = TrustPolicy.layer
      // Replacing either of them would end the program.
      yield* write(projectFile, {
        model: "{env:NOT_SET}",
        ...bedrock({ baseURL: "https://{file:/not/there}.evil.example" })
      })
      const { baseURL, model, untrusted } = yield* load({ trust })
      assertNone(model)
      assertNone(baseURL)
      assert.lengthOf(untrusted[0]!.changes, 2)
    }))

  it.scoped("keeps the user's cost limit", () =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      const trust = TrustPolicy.layer
      const limitOf = (project: number, overrides: { readonly maxCost?: number } = {}) =>
        Effect.gen(function*() {
          yield* write(projectFile, {
            provider: {
              "amazon-bedrock": {
                options: { maxCost: project },
                models: { m: { cost: { input: 0, output: 0 } } }
              }
            }
          })
          const { gateway, models, untrusted } = yield* load({ trust, ...overrides })
          const cost = models["m"]?.cost
          return [
            Option.getOrUndefined(gateway.maxCost)?.value,
            cost?.input,
            untrusted[0]?.changes.map(({ key }) => key)
          ]
        })
      const [limit, prices] = ["options.maxCost", "models.m.cost"].map((key) => `provider.amazon-bedrock.${key}`)
      assert.deepStrictEqual(yield* limitOf(10), [10, 0, undefined])
      assert.deepStrictEqual(yield* limitOf(10, { maxCost: 3 }), [3, undefined, [limit, prices]])
      yield* write(globalFile, bedrock({ maxCost: 5 }))
      assert.deepStrictEqual(yield* limitOf(2), [2, undefined, [prices]])
      assert.deepStrictEqual(yield* limitOf(10), [5, undefined, [limit, prices]])
    }))

  it.scoped("applies after it is trusted, until it changes", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, projectFile, services, write } = yield* makeFixture
      const trust = TrustPolicy.layer
      yield* write(projectFile, bedrock({ baseURL: "https://theirs.example" }))
      const before = yield* load({ trust })
      assertNone(before.baseURL)
      assert.isTrue(Option.isSome((yield* load({ trust, trustProject: true })).baseURL))
      yield* Effect.provide(TrustedFiles.add(before.untrusted), services({ trust }))
      const after = yield* load({ trust })
      assert.strictEqual(Option.getOrThrow(after.baseURL).value, "https://theirs.example")
      assert.deepStrictEqual(after.untrusted, [])
      yield* fs.writeFileString(projectFile, " ", { flag: "a" })
      assertNone((yield* load({ trust })).baseURL)
    }))

  it.scoped("is the only source that needs trust; the user's own files and variables apply", () =>
    Effect.gen(function*() {
      const { globalFile, load, project, projectFile, write } = yield* makeFixture
      const trust = TrustPolicy.layer
      yield* write(globalFile, bedrock({ baseURL: "https://one.example" }))
      yield* write(projectFile, bedrock({ baseURL: "https://two.example" }))
      const own = `${project}/own.json`
      yield* write(own, bedrock({ endpoint: "https://two.example", proxy: "http://p.example" }))
      const settings = yield* load({ trust, env: { ALTIMATE_CLI_CONFIG: own } })
      // The user has configured this host, so the project may use it too.
      assert.deepStrictEqual(settings.untrusted, [])
      assert.isTrue(Option.isSome(settings.gateway.proxy))
      const { untrusted } = yield* load({ trust, env: { AWS_ENDPOINT_URL: "https://two.example" } })
      assert.deepStrictEqual(untrusted, [])
      assert.lengthOf((yield* load({ trust })).untrusted, 1)
    }))

  it.scoped("is not trusted if trust.json is invalid, which is reported and left unchanged", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { failure, home, projectFile, services, write } = yield* makeFixture
      const trust = TrustPolicy.layer
      const file = `${home}/.local/share/altimate-code/trust.json`
      yield* write(projectFile, bedrock({ tokenCommand: "evil" }))
      for (const broken of ["{", "[]", "{\"trusted\":{\"a\":1}}"]) {
        yield* write(file, broken)
        const error = yield* failure({ trust })
        assert.include(error.message, "trust.json")
        const added = yield* Effect.flip(
          Effect.provide(
            TrustedFiles.add([TrustedFiles.version("/a", "b")]),
            Layer.merge(services({ trust: TrustPolicy.off }), NodeContext.layer)
          )
        )
        assert.include(added.message, "trust.json")
        assert.strictEqual(yield* fs.readFileString(file), broken)
      }
      yield* fs.remove(file)
      yield* Effect.provide(TrustedFiles.add([TrustedFiles.version("/a", "b")]), services({ trust: TrustPolicy.off }))
      assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
    }))
})
