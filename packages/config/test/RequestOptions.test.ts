import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe as describeOrigin, type Setting } from "../src/Origin.ts"
import * as RequestOptions from "../src/RequestOptions.ts"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { bedrock, makeFixture } from "./fixture.ts"

/** The values without their origins. */
const valuesOf = (options: RequestOptions.RequestOptions): unknown =>
  JSON.parse(JSON.stringify(options, (_, value) => value?.origin === undefined ? value : value.value))

const model = (options: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  provider: { "amazon-bedrock": { options, models: { m: rest } } }
})

const guardrail = { id: "gr1", version: "1" }

layer(NodeContext.layer)("The fields of a request", (it) => {
  it.scoped("are the same in short and in Converse's own spelling", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      const short = {
        guardrail: { id: "gr1", version: 2, trace: "enabled_full", streamProcessingMode: "async" },
        requestMetadata: { team: "a" },
        serviceTier: "flex",
        performanceConfig: "optimized",
        maxTokens: 100,
        temperature: 0,
        topP: 1,
        stopSequences: ["stop"],
        anthropic_beta: "a-1, b-2",
        cache: { ttl: "1h" },
        additionalModelRequestFields: { top_k: 5, nested: { a: 1 } },
        additionalModelResponseFieldPaths: ["/stop_sequence"],
        effort: "high",
        thinking: { type: "enabled", budget_tokens: 2000 }
      }
      const long = {
        guardrailConfig: {
          guardrailIdentifier: "gr1",
          guardrailVersion: "2",
          trace: "enabled_full",
          streamProcessingMode: "async"
        },
        requestMetadata: { team: "a" },
        serviceTier: { type: "flex" },
        performanceConfig: { latency: "optimized" },
        inferenceConfig: { maxTokens: 100, temperature: 0, topP: 1, stopSequences: ["stop"] },
        anthropic_beta: ["a-1", "b-2"],
        cachePoint: { type: "default", ttl: "1h" },
        additionalModelRequestFields: { top_k: 5, nested: { a: 1 } },
        additionalModelResponseFieldPaths: ["/stop_sequence"],
        effort: "high",
        thinking: { type: "enabled", budgetTokens: 2000 }
      }
      const read = (options: Record<string, unknown>) =>
        Effect.gen(function*() {
          yield* write(globalFile, model(options, { options }))
          const { gateway, models, unknown, warnings } = yield* load()
          assert.deepStrictEqual([unknown, warnings], [[], []])
          assert.deepStrictEqual(valuesOf(models["m"]!.request!), valuesOf(gateway.request))
          return valuesOf(gateway.request)
        })
      const values = yield* read(short)
      assert.deepStrictEqual(yield* read(long), values)
      assert.deepStrictEqual(values, {
        guardrail: { id: "gr1", version: "2", trace: "enabled_full", streamProcessingMode: "async" },
        requestMetadata: { team: "a" },
        serviceTier: "flex",
        latency: "optimized",
        maxTokens: 100,
        temperature: 0,
        topP: 1,
        stopSequences: ["stop"],
        anthropicBeta: ["a-1", "b-2"],
        cacheTtl: "1h",
        additionalModelRequestFields: { top_k: 5, nested: { a: 1 } },
        additionalModelResponseFieldPaths: ["/stop_sequence"],
        effort: "high",
        thinking: { type: "enabled", budget_tokens: 2000 }
      })
    }))

  it.scoped("have their origins, and the values of variables", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(
        globalFile,
        `{ "provider": { "amazon-bedrock": { "options": {
  "guardrailConfig": { "guardrailIdentifier": "{env:GR}", "guardrailVersion": "1" },
  "requestMetadata": { "user": "{env:WHO}-x" },
  "inferenceConfig": { "temperature": 0.5 } } } } }`
      )
      const { gateway: { request }, leaves } = yield* load({ env: { GR: "gr1", WHO: "ann" } })
      const at = (setting: Setting<unknown> | undefined) => [setting?.value, describeOrigin(setting!.origin)]
      assert.deepStrictEqual(at(request.guardrail), [guardrail, `${globalFile}:2:3 (global config)`])
      assert.deepStrictEqual(at(request.requestMetadata!["user"]), ["ann-x", `${globalFile}:3:24 (global config)`])
      assert.deepStrictEqual(at(request.temperature), [0.5, `${globalFile}:4:24 (global config)`])
      assert.includeMembers(leaves.map(({ key, value }) => `${key}=${value}`), [
        "provider.amazon-bedrock.options.guardrail.id={env:GR}",
        "provider.amazon-bedrock.options.requestMetadata.user={env:WHO}-x",
        "provider.amazon-bedrock.options.temperature=0.5"
      ])
    }))

  it.scoped("of a model are its own: effort, headers and options", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(globalFile, model({}, { effort: "low", headers: { "x-a": "{env:A}" }, options: { topP: 0.5 } }))
      const { models } = yield* load({ env: { A: "secret-of-a" } })
      const { headers, request } = models["m"]!
      assert.deepStrictEqual(valuesOf(request!), { effort: "low", topP: 0.5 })
      assert.strictEqual(Redacted.value(headers!["x-a"]!.value), "secret-of-a")
      assert.notInclude(JSON.stringify(models), "secret-of-a")
    }))

  it.scoped("are shown, except for secrets", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(globalFile, model({ maxTokens: 5, thinking: { budget_tokens: 2 } }, { headers: { a: "b" } }))
      const { leaves } = yield* load()
      assert.deepStrictEqual(leaves.map(({ key, value }) => `${key.split(".").slice(2).join(".")}=${value}`), [
        "options.maxTokens=5",
        "options.thinking.budget_tokens=2",
        "models.m.options.headers.a=<redacted>"
      ])
    }))

  const refused: ReadonlyArray<readonly [options: Record<string, unknown>, message: string]> = [
    [{ guardrail: { id: "gr1" } }, "the guardrail has no version"],
    [{ guardrail: { version: "1" } }, "the guardrail has no id"],
    [{ guardrail: {} }, "the guardrail has no id"],
    [{ guardrailConfig: {} }, "the guardrail has no id"],
    [{ guardrail: { id: "{env:BLANK}", version: "{env:BLANK}" } }, "the guardrail has no id"],
    [
      { guardrail: { id: "My guardrail", version: "1" } },
      "expected the ID or ARN of a guardrail for guardrail.id, found another text"
    ],
    [{ guardrail: { id: "gr1", version: "01" } }, "expected a version of a guardrail for guardrail.version"],
    [{ guardrail: { ...guardrail, trace: "on" } }, "for provider.amazon-bedrock.options.guardrail.trace"],
    [{ guardrail: true }, "expected an object or false"],
    [{ requestMetadata: { "a*": "b" } }, "the name of requestMetadata.a*"],
    [{ requestMetadata: { "": "b" } }, "an entry of requestMetadata has an empty name"],
    [{ requestMetadata: { a: "b\"" } }, "the value of requestMetadata.a"],
    [{ requestMetadata: { a: "x".repeat(257) } }, "the value of requestMetadata.a"],
    [
      { requestMetadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, "v"])) },
      "requestMetadata has 17 entries; Bedrock accepts 16"
    ],
    [{ serviceTier: "cheap" }, "expected \"default\""],
    [{ performanceConfig: { latency: "fast" } }, "expected \"standard\" or \"optimized\""],
    [{ temperature: 1.5 }, "expected a number from 0 to 1"],
    [{ topP: -1 }, "expected a number from 0 to 1"],
    [{ stopSequences: [""] }, "expected texts that are not empty for stopSequences, found an empty text"],
    [{ anthropic_beta: ["a b"] }, "expected names of beta features for anthropic_beta, found another text"],
    [{ cache: { ttl: "2h" } }, "expected \"5m\" or \"1h\""],
    [{ additionalModelRequestFields: [] }, "expected an object"],
    [
      { additionalModelResponseFieldPaths: ["stop"] },
      "expected JSON Pointers for additionalModelResponseFieldPaths, found another text"
    ],
    [{ additionalModelResponseFieldPaths: Array.from({ length: 11 }, () => "/a") }, "expected at most 10 items"],
    [{ effort: "huge" }, "for provider.amazon-bedrock.options.effort"],
    [{ thinking: { type: "on" } }, "for provider.amazon-bedrock.options.thinking.type"]
  ]
  for (const [options, message] of refused) {
    it.scoped(`are refused before anything is sent: ${JSON.stringify(options).slice(0, 70)}`, () =>
      Effect.gen(function*() {
        const { failure, globalFile, write } = yield* makeFixture
        for (const file of [model(options), model({}, { options })]) {
          yield* write(globalFile, file)
          const error = yield* failure({ env: { BLANK: " " } })
          assert.include(error.message.replace("models.m.", ""), message)
          assert.include(error.message, `${globalFile}:`)
        }
      }))
  }

  it.scoped("count metadata of a model and of all models together", () =>
    Effect.gen(function*() {
      const { failure, globalFile, write } = yield* makeFixture
      const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`, "v"]))
      yield* write(
        globalFile,
        model({ requestMetadata: metadata }, { options: { requestMetadata: { k0: "w", x: "y" } } })
      )
      assert.include((yield* failure()).message, "requestMetadata has 17 entries")
    }))
})

layer(NodeContext.layer)("A model's guardrail", (it) => {
  const read = (own: unknown) =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      yield* write(
        globalFile,
        model({ guardrail: { ...guardrail, trace: "disabled" } }, { options: { guardrail: own } })
      )
      return (yield* load()).models["m"]!.request!.guardrail!.value
    })

  it.scoped("may be the general one with changes, another one, or none", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* read({ trace: "enabled" }), { ...guardrail, trace: "enabled" })
      assert.deepStrictEqual(yield* read({ version: "DRAFT" }), { id: "gr1", version: "DRAFT", trace: "disabled" })
      // The general version and trace belong to another guardrail.
      assert.deepStrictEqual(yield* read({ id: "gr2", version: "3" }), { id: "gr2", version: "3" })
      assert.strictEqual(yield* read(false), false)
    }))
})

describe("Fields of all models and of one", () => {
  const at = <A>(value: A): Setting<A> => ({ value, origin: { _tag: "Default" } })

  it("are merged field by field, and the model's own take precedence", () => {
    const merged = RequestOptions.merge(
      {
        temperature: at(0.1),
        topP: at(0.2),
        requestMetadata: { a: at("1"), b: at("2") },
        additionalModelRequestFields: { f: at({ x: 1, y: { z: 1 } }), g: at([1]) }
      },
      {
        topP: at(0.9),
        requestMetadata: { b: at("3") },
        additionalModelRequestFields: { f: at({ y: { w: 2 } }), g: at([2]) }
      }
    )
    assert.deepStrictEqual(valuesOf(merged), {
      temperature: 0.1,
      topP: 0.9,
      requestMetadata: { a: "1", b: "3" },
      additionalModelRequestFields: { f: { x: 1, y: { z: 1, w: 2 } }, g: [2] }
    })
    assert.deepStrictEqual(RequestOptions.merge({}, {}), {})
  })
})

layer(NodeContext.layer)("A guardrail in a project's file", (it) => {
  const weakened = (own: Record<string, unknown>, projects: Record<string, unknown>) =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      yield* write(globalFile, own)
      yield* write(projectFile, projects)
      const { gateway, models, untrusted } = yield* load({ trust: TrustPolicy.layer })
      const changes = untrusted.flatMap(({ changes }) => changes.map(({ key, why }) => `${key}: ${why}`))
      return { changes, guardrail: gateway.request.guardrail?.value, models, drop: gateway.drop }
    })
  const key = "provider.amazon-bedrock.options"

  it.scoped("applies if the user has none", () =>
    Effect.gen(function*() {
      for (const own of [bedrock({}), bedrock({ guardrail: false })]) {
        const { changes, guardrail: applying } = yield* weakened(own, bedrock({ guardrail }))
        assert.deepStrictEqual([changes, applying], [[], guardrail])
      }
    }))

  it.scoped("applies if it is the user's own", () =>
    Effect.gen(function*() {
      const own = bedrock({ guardrail: { ...guardrail, version: 1 } })
      assert.deepStrictEqual(
        (yield* weakened(own, bedrock({ guardrailConfig: { guardrailVersion: "1" } }))).changes,
        []
      )
    }))

  it.scoped("waits for trust if it changes or removes the user's own", () =>
    Effect.gen(function*() {
      const own = bedrock({ guardrail })
      const cases: ReadonlyArray<readonly [Record<string, unknown>, string]> = [
        [bedrock({ guardrail: false }), `${key}.guardrail: removes your guardrail`],
        [bedrock({ guardrail: { id: "other", version: "1" } }), `${key}.guardrail: changes your guardrail`],
        [bedrock({ guardrailConfig: { trace: "disabled" } }), `${key}.guardrail: changes your guardrail`],
        [bedrock({ drop: ["ttl", "guardrailConfig"] }), `${key}.drop: removes your guardrail`],
        [
          model({}, { options: { guardrail: false } }),
          "provider.amazon-bedrock.models.m.options.guardrail: removes your guardrail"
        ],
        [
          model({}, { options: { guardrail: { version: "DRAFT" } } }),
          "provider.amazon-bedrock.models.m.options.guardrail: changes your guardrail"
        ]
      ]
      for (const [projects, expected] of cases) {
        const { changes, drop, guardrail: applying, models } = yield* weakened(own, projects)
        assert.deepStrictEqual([changes, applying, drop], [[expected], guardrail, []])
        assert.isUndefined(models["m"]?.request?.guardrail)
      }
    }))

  it.scoped("waits for trust if it changes or removes that of one model", () =>
    Effect.gen(function*() {
      const own = model({}, { options: { guardrail } })
      for (
        const projects of [
          model({}, { options: { guardrail: false } }),
          model({}, { options: { guardrail: { trace: "disabled" } } }),
          bedrock({ drop: ["guardrailConfig"] })
        ]
      ) {
        const { changes, models } = yield* weakened(own, projects)
        assert.lengthOf(changes, 1)
        assert.deepStrictEqual(models["m"]!.request!.guardrail!.value, guardrail)
      }
    }))

  it.scoped("waits for trust if it contains a placeholder, like a model's headers and other fields", () =>
    Effect.gen(function*() {
      for (
        const projects of [
          bedrock({ guardrail: { id: "{env:HOME}", version: "1" } }),
          bedrock({ requestMetadata: { a: "{env:AWS_SECRET_ACCESS_KEY}" } }),
          model({}, { options: { requestMetadata: { a: "${AWS_SECRET_ACCESS_KEY}" } } }),
          model({}, { headers: { a: "b" } }),
          model({}, { options: { additionalModelRequestFields: { tools: [] } } })
        ]
      ) {
        assert.lengthOf((yield* weakened({}, projects)).changes, 1, JSON.stringify(projects))
      }
    }))
})

describe("The thinking of a model", () => {
  const set = <A>(value: A): Setting<A> => ({ value, origin: { _tag: "Default" } })
  const effort = set("low" as const)
  const thinking = set({ type: "enabled", budget_tokens: 4000 } as const)

  it("overrides a general effort, but not its own", () => {
    assert.deepStrictEqual(valuesOf(RequestOptions.merge({ effort, topP: set(1) }, { thinking })), {
      topP: 1,
      thinking: thinking.value
    })
    assert.deepStrictEqual(RequestOptions.merge({}, { effort, thinking }), { effort, thinking })
    assert.deepStrictEqual(RequestOptions.merge({ thinking }, { effort }), { effort, thinking })
  })
})
