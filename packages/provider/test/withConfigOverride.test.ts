import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import * as BedrockClient from "../src/BedrockClient.ts"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import { hello } from "./protocol/fixture.ts"

const token = Redacted.make("gateway-token-canary")
const nova = "amazon.nova-pro-v1:0"

const silent = Logger.replace(Logger.defaultLogger, Logger.none)

const say = LanguageModel.generateText({ prompt: "Hi" })
const stream = LanguageModel.streamText({ prompt: "Hi" })

type Given = Partial<Parameters<typeof BedrockLanguageModel.layerGateway>[0]>

/** Provides a model whose gateway records the requests. */
const makeModel = (given: Given = {}) =>
  Effect.map(Sandbox.make({ prefix: "/bedrock/v1", script: [hello, hello, hello] }), (gateway) => {
    const options = { url: gateway.url, region: "us-east-1", model: nova, ...given, token, auth: undefined }
    const bedrock = Layer.merge(BedrockLanguageModel.layerGateway(options), silent)
    return { gateway, run: Effect.provide(bedrock) }
  })

const operations = [["generateText", Effect.asVoid(say)], ["streamText", Stream.runDrain(stream)]] as const

for (const [name, request] of operations) {
  describe(`withConfigOverride around ${name}`, () => {
    it.scopedLive("overrides the model's options and the settings, for the requests inside only", () =>
      Effect.gen(function*() {
        const { gateway, run } = yield* makeModel({
          maxTokens: 77,
          temperature: 0.1,
          headers: { "x-team": "data", "x-job": "none" },
          requestMetadata: { team: "data" },
          additionalModelRequestFields: { inferenceConfig: { topK: 5 } }
        })
        const override = {
          maxTokens: 33,
          temperature: 0.7,
          topP: 0.5,
          stopSequences: ["END"],
          serviceTier: "flex",
          latency: "optimized",
          requestMetadata: { job: "report" },
          additionalModelRequestFields: { inferenceConfig: { topP: 1 }, house: true },
          additionalModelResponseFieldPaths: ["/stop_sequence"],
          guardrail: { id: "gr1", version: "2" },
          headers: { "x-job": Redacted.make("report") }
        } as const
        yield* run(Effect.zipRight(BedrockLanguageModel.withConfigOverride(request, override), request))
        const [inside, outside] = yield* gateway.requests
        const guardrail = { guardrailIdentifier: "gr1", guardrailVersion: "2", trace: "enabled" }
        assert.deepInclude(inside?.body, {
          inferenceConfig: { maxTokens: 33, temperature: 0.7, topP: 0.5, stopSequences: ["END"] },
          serviceTier: { type: "flex" },
          performanceConfig: { latency: "optimized" },
          requestMetadata: { team: "data", job: "report" },
          additionalModelRequestFields: { inferenceConfig: { topK: 5, topP: 1 }, house: true },
          additionalModelResponseFieldPaths: ["/stop_sequence"],
          guardrailConfig: guardrail
        })
        assert.include(inside?.headers, { "x-team": "data", "x-job": "report" })
        assert.deepInclude(outside?.body, { inferenceConfig: { maxTokens: 77, temperature: 0.1 } })
        assert.include(outside?.headers, { "x-team": "data", "x-job": "none" })
        assert.notProperty(outside?.body, "serviceTier")
      }))

    it.scopedLive("plans the thinking anew", () =>
      Effect.gen(function*() {
        const { gateway, run } = yield* makeModel({ model: "anthropic.claude-sonnet-4-6-v1", effort: "low" })
        yield* run(BedrockLanguageModel.withConfigOverride(request, { effort: "high" }))
        yield* run(BedrockLanguageModel.withConfigOverride(request, { effort: "off" }))
        const fields = (yield* gateway.requests).map(({ body }) =>
          (body as Record<string, unknown>)["additionalModelRequestFields"]
        )
        assert.deepStrictEqual(fields, [
          { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
          undefined
        ])
      }))

    it.scopedLive("gives the inner of two overrides precedence, option by option", () =>
      Effect.gen(function*() {
        const { gateway, run } = yield* makeModel()
        yield* run(request.pipe(
          BedrockLanguageModel.withConfigOverride({ maxTokens: 11 }),
          BedrockLanguageModel.withConfigOverride({ maxTokens: 22, temperature: 0.2 })
        ))
        assert.deepInclude((yield* gateway.requests)[0]?.body, {
          inferenceConfig: { maxTokens: 11, temperature: 0.2 }
        })
      }))

    it.scopedLive("reports an invalid option and sends nothing", () =>
      Effect.gen(function*() {
        const { gateway, run } = yield* makeModel()
        const failure = yield* Effect.flip(run(BedrockLanguageModel.withConfigOverride(request, { temperature: 7 })))
        assert.strictEqual(failure._tag, "MalformedInput")
        assert.include(failure.message, "the parameter temperature: expected a number from 0 to 1")
        assert.strictEqual((yield* gateway.requests).length, 0)
      }))
  })

  describe(`transformRequest of ${name}`, () => {
    it.scopedLive("changes what is sent: first that of the model, then that of the override", () =>
      Effect.gen(function*() {
        const { gateway, run } = yield* makeModel({
          maxTokens: 77,
          transformRequest: (request) => ({
            ...Struct.omit(request, "inferenceConfig"),
            promptVariables: { name: { text: "first" } }
          })
        })
        yield* run(BedrockLanguageModel.withConfigOverride(request, {
          transformRequest: (request) =>
            Effect.sync(() => ({
              ...request,
              modelId: "house-model",
              promptVariables: { ...request.promptVariables, last: { text: "second" } }
            }))
        }))
        const [sent] = yield* gateway.requests
        assert.strictEqual(sent?.rawPath.split("/")[4], "house-model")
        assert.notProperty(sent?.body, "inferenceConfig")
        assert.deepInclude(sent?.body, { promptVariables: { name: { text: "first" }, last: { text: "second" } } })
      }))

    it.scopedLive("can refuse a request, which is not sent then", () =>
      Effect.gen(function*() {
        const { gateway, run } = yield* makeModel({
          transformRequest: () =>
            new AiError.MalformedInput({ module: "Program", method: "test", description: "no budget is left" })
        })
        const failure = yield* Effect.flip(run(request))
        assert.include(failure.message, "no budget is left")
        assert.strictEqual((yield* gateway.requests).length, 0)
      }))
  })
}

describe("an override", () => {
  it.scopedLive("applies to a stream that it is provided to", () =>
    Effect.gen(function*() {
      const { gateway, run } = yield* makeModel()
      const overridden = Stream.provideService(stream, BedrockLanguageModel.Config, { maxTokens: 33 })
      yield* run(Stream.runDrain(overridden))
      assert.deepInclude((yield* gateway.requests)[0]?.body, { inferenceConfig: { maxTokens: 33 } })
    }))

  it.scopedLive("takes precedence over the options of a layer", () =>
    Effect.gen(function*() {
      const gateway = yield* Sandbox.make({ prefix: "/bedrock/v1", script: [hello] })
      const client = BedrockClient.layerGateway({ url: gateway.url, token, region: "us-east-1" })
      yield* BedrockLanguageModel.withConfigOverride(say, { maxTokens: 33, effort: "high" }).pipe(
        Effect.provide(BedrockLanguageModel.model("anthropic.claude-sonnet-4-6-v1", { maxTokens: 77, effort: "low" })),
        Effect.provide([client, silent])
      )
      assert.deepInclude((yield* gateway.requests)[0]?.body, {
        inferenceConfig: { maxTokens: 33 },
        additionalModelRequestFields: { thinking: { type: "adaptive" }, output_config: { effort: "high" } }
      })
    }))

  it.scopedLive("leaves the options of a prompt as they are", () =>
    Effect.gen(function*() {
      const { gateway, run } = yield* makeModel({ maxTokens: 77 })
      const options = { "altimate-code-bedrock": { maxTokens: 11 } }
      const prompt = Prompt.make([{ role: "user", content: [{ type: "text", text: "Hi" }], options }])
      yield* run(
        BedrockLanguageModel.withConfigOverride(LanguageModel.generateText({ prompt }), {
          maxTokens: 33,
          temperature: 0.5
        })
      )
      assert.deepInclude((yield* gateway.requests)[0]?.body, { inferenceConfig: { maxTokens: 11, temperature: 0.5 } })
    }))

  it.scopedLive("applies to concurrent requests", () =>
    Effect.gen(function*() {
      const { gateway, run } = yield* makeModel({ maxTokens: 77 })
      yield* run(
        Effect.all([say, say], { concurrency: 2 }).pipe(
          BedrockLanguageModel.withConfigOverride({ maxTokens: 33 })
        )
      )
      for (const { body } of yield* gateway.requests) assert.deepInclude(body, { inferenceConfig: { maxTokens: 33 } })
    }))

  it.scopedLive("that the model cannot fulfil is reported once", () =>
    Effect.gen(function*() {
      const { run } = yield* makeModel({ model: "anthropic.claude-sonnet-4-6-v1" })
      const notices = yield* run(Effect.gen(function*() {
        yield* BedrockLanguageModel.withConfigOverride(Effect.zip(say, say), { effort: "xhigh" })
        return yield* (yield* BedrockLanguageModel.BedrockTarget).notices
      }))
      assert.deepStrictEqual(notices, [{
        _tag: "Thinking",
        notice: {
          _tag: "EffortReplaced",
          model: "Claude Sonnet 4.6",
          effort: "xhigh",
          used: "high"
        }
      }])
    }))
})
