import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
// Bedrock must accept the history that the agent sends back.
import { fromResponseParts } from "../../agent/src/session/History.ts"
import { BedrockClient } from "../src/BedrockClient.ts"
import { BedrockError } from "../src/BedrockError.ts"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import { modelProblem } from "../src/Diagnosis.ts"
import { client, faulty, hello } from "./protocol/fixture.ts"

const wire = "us.anthropic.claude-sonnet-4-6-v1"

const model = (script: Script, options: Partial<BedrockLanguageModel.Options> & Sandbox.Options = {}) =>
  Effect.map(Sandbox.make({ ...options, script }), (sandbox) => ({
    sandbox,
    layer: BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1", ...options }).pipe(
      Layer.provideMerge(client(sandbox.url))
    )
  }))

const weather = Toolkit.make(
  Tool.make("weather", {
    description: "The weather in a city",
    parameters: { city: Schema.String },
    success: Schema.Struct({ celsius: Schema.Number })
  })
)
const asked: Array<string> = []
const handlers = weather.toLayer({
  weather: ({ city }) => Effect.sync(() => (asked.push(city), { celsius: city.length }))
})

/** The body of a request, with bytes in base64. */
const sent = (sandbox: Sandbox.Service, index: number) =>
  Effect.map(sandbox.requests, (requests) => (requests[index]?.body ?? {}) as Partial<ConverseCommandInput>)

describe("the language model", () => {
  it.scopedLive("streams text between response metadata and one finish part", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model([{
        ...hello,
        usage: { inputTokens: 5, outputTokens: 2, cacheReadInputTokens: 3 }
      }])
      const parts = yield* LanguageModel.streamText({ prompt: "Hi" }).pipe(
        Stream.runCollect,
        Effect.map(Chunk.toReadonlyArray),
        Effect.provide(layer)
      )
      // Deltas that arrive together are one part.
      assert.deepStrictEqual(Arr.dedupeAdjacent(parts.map((part) => part.type)), [
        "response-metadata",
        "text-start",
        "text-delta",
        "text-end",
        "finish"
      ])
      const [metadata] = parts
      assert.strictEqual(metadata?.type === "response-metadata" && Option.getOrUndefined(metadata.modelId), wire)
      assert.isString(metadata?.type === "response-metadata" && Option.getOrUndefined(metadata.id))
      const finish = parts.at(-1)
      assert.strictEqual(finish?.type === "finish" && finish.usage.cachedInputTokens, 3)
      const [request] = yield* sandbox.requests
      assert.strictEqual(request?.modelId, wire)
      assert.deepStrictEqual((yield* sent(sandbox, 0)).inferenceConfig, { maxTokens: 32_000 })
    }))

  it.effect("emits a finish part even if the gateway drops the usage", () =>
    Effect.gen(function*() {
      const withoutUsage = Layer.succeed(BedrockClient, {
        endpoint: { url: "http://127.0.0.1:1", origin: { _tag: "Default" }, why: "a test says so" },
        canRetryAnswer: () => false,
        notices: Effect.succeed([]),
        converse: () => Effect.dieMessage("not streamed"),
        converseStream: () =>
          Stream.make(
            { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hello" } } },
            { messageStop: { stopReason: "end_turn" as const } }
          )
      })
      const layer = BedrockLanguageModel.layer({ model: "claude-prod" }).pipe(
        Layer.provide(withoutUsage),
        Layer.provide(client("http://127.0.0.1:1"))
      )
      const parts = yield* Effect.provide(Stream.runCollect(LanguageModel.streamText({ prompt: "Hi" })), layer)
      assert.deepStrictEqual(Chunk.toArray(parts).map((part) => part.type), [
        "response-metadata",
        "text-start",
        "text-delta",
        "text-end",
        "finish"
      ])
    }))

  it.scopedLive("closes the connection if a stream is interrupted, with or without tools", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model([faulty({ type: "stall", afterEvents: 3, times: 2 })])
      yield* Effect.gen(function*() {
        for (const options of [{ prompt: "Hi" }, { prompt: "Hi", toolkit: weather }]) {
          const shown = yield* Deferred.make<void>()
          const fiber = yield* LanguageModel.streamText(options).pipe(
            Stream.runForEach(() => Deferred.succeed(shown, undefined)),
            Effect.fork
          )
          yield* Deferred.await(shown)
          yield* Fiber.interrupt(fiber)
          yield* sandbox.waitFor((requests) => requests.every((request) => request.aborted))
        }
      }).pipe(Effect.provide(Layer.merge(layer, handlers)))
      assert.strictEqual((yield* sandbox.requests).length, 2)
    }))

  it.scopedLive("sends the ID without a prefix if the prefix rules are off", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [hello] })
      const layer = BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(
        Layer.provide(PrefixRules.off),
        Layer.provide(client(sandbox.url))
      )
      yield* Effect.provide(LanguageModel.generateText({ prompt: "Hi" }), layer)
      assert.deepStrictEqual((yield* sandbox.requests).map(({ modelId }) => modelId), [
        "anthropic.claude-sonnet-4-6-v1"
      ])
    }))

  it.scopedLive("generates text with the caller's token limit", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model([hello], { maxTokens: 77 })
      const { finishReason, text } = yield* Effect.provide(LanguageModel.generateText({ prompt: "Hi" }), layer)
      assert.strictEqual(text, "Hello")
      assert.strictEqual(finishReason, "stop")
      assert.deepStrictEqual((yield* sent(sandbox, 0)).inferenceConfig, { maxTokens: 77 })
    }))

  it.scopedLive("generates an object by making the model call a tool", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model([
        {
          blocks: [{ type: "text", text: "Sure." }, {
            type: "toolUse",
            name: "contact",
            input: { name: "Ada", born: 1815 }
          }]
        }
      ])
      const { value } = yield* LanguageModel.generateObject({
        prompt: "Who?",
        objectName: "contact",
        schema: Schema.Struct({ name: Schema.String, born: Schema.Int })
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(value, { name: "Ada", born: 1815 })
      assert.deepStrictEqual((yield* sent(sandbox, 0)).toolConfig?.toolChoice, { tool: { name: "contact" } })
    }))

  it.scopedLive("fails if an object does not match its schema", () =>
    Effect.gen(function*() {
      const { layer } = yield* model([{ blocks: [{ type: "toolUse", name: "contact", input: { name: 7 } }] }])
      const error = yield* LanguageModel.generateObject({
        prompt: "Who?",
        objectName: "contact",
        schema: Schema.Struct({ name: Schema.String })
      }).pipe(Effect.flip, Effect.provide(layer))
      assert.strictEqual(error._tag, "MalformedOutput")
    }))
})

describe("a tool", () => {
  it.scopedLive("is called with the streamed input, and its result is sent in the next turn", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model([
        {
          blocks: [{ type: "text", text: "Let me see." }, {
            type: "toolUse",
            name: "weather",
            toolUseId: "t-1",
            input: ["", "{\"city\":", "\"Rome\"}"]
          }]
        },
        { blocks: [{ type: "text", text: "4 degrees" }] }
      ])
      yield* Effect.gen(function*() {
        const question = Prompt.make("How warm is Rome?")
        const parts = yield* Stream.runCollect(LanguageModel.streamText({ prompt: question, toolkit: weather }))
        assert.deepStrictEqual(asked, ["Rome"])
        const next = Prompt.merge(question, fromResponseParts(Chunk.toReadonlyArray(parts)))
        const { text } = yield* LanguageModel.generateText({ prompt: next, toolkit: weather })
        assert.strictEqual(text, "4 degrees")
      }).pipe(Effect.provide(Layer.merge(layer, handlers)))
      const { messages, toolConfig } = yield* sent(sandbox, 1)
      // Cache points do not matter here.
      const content = (index: number) => messages?.[index]?.content?.filter((block) => !("cachePoint" in block))
      assert.deepStrictEqual(content(1), [
        { text: "Let me see." },
        { toolUse: { toolUseId: "t-1", name: "weather", input: { city: "Rome" } } }
      ])
      assert.deepStrictEqual(content(2), [{ toolResult: { toolUseId: "t-1", content: [{ json: { celsius: 4 } }] } }])
      assert.isDefined(toolConfig)
    }))

  it.scopedLive("that the service ran itself is not run again and does not break the turn", () =>
    Effect.gen(function*() {
      const { layer } = yield* model([{
        blocks: [
          { type: "toolUse", name: "web_search", toolUseId: "s-1", input: { q: "x" }, serverTool: true },
          { type: "toolResult", toolUseId: "s-1", text: "found" },
          { type: "text", text: "It is so." }
        ]
      }])
      const parts = yield* LanguageModel.streamText({ prompt: "Is it?", toolkit: weather }).pipe(
        Stream.runCollect,
        Effect.map(Chunk.toReadonlyArray),
        Effect.provide(Layer.merge(layer, handlers))
      )
      assert.isFalse(parts.some((part) => part.type === "tool-call" || part.type === "tool-result"))
      assert.deepStrictEqual(
        parts.flatMap((part) => part.type === "text-delta" ? [part.delta] : []).join(""),
        "It is so."
      )
    }))
})

describe("reasoning", () => {
  const thinking: Script = [
    {
      blocks: [
        { type: "reasoning", text: ["Let me ", "think."], signature: "sig/+==" },
        { type: "redactedReasoning", data: "AQID" },
        { type: "text", text: "So." }
      ]
    },
    hello
  ]
  const sentBack = [
    { reasoningContent: { reasoningText: { text: "Let me think.", signature: "sig/+==" } } },
    { reasoningContent: { redactedContent: "AQID" } },
    { text: "So." }
  ]
  it.scopedLive("that was streamed is sent back unchanged, with its signature", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model(thinking)
      yield* Effect.gen(function*() {
        const parts = yield* Stream.runCollect(LanguageModel.streamText({ prompt: "Why?" }))
        const history = fromResponseParts(Chunk.toReadonlyArray(parts))
        yield* LanguageModel.generateText({
          prompt: [Prompt.make("Why?"), history, Prompt.make("And?")].reduce((all, one) => Prompt.merge(all, one))
        })
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual((yield* sent(sandbox, 1)).messages?.[1]?.content as unknown, sentBack)
    }))

  it.scopedLive("from a complete response is sent back unchanged, even if the history was stored as JSON", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model(thinking)
      yield* Effect.gen(function*() {
        const { content } = yield* LanguageModel.generateText({ prompt: "Why?" })
        const stored = yield* Schema.encode(Prompt.FromJson)(fromResponseParts(content))
        const history = yield* Schema.decode(Prompt.FromJson)(stored)
        yield* LanguageModel.generateText({
          prompt: [Prompt.make("Why?"), history, Prompt.make("And?")].reduce((all, one) => Prompt.merge(all, one))
        })
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual((yield* sent(sandbox, 1)).messages?.[1]?.content as unknown, sentBack)
    }))
})

describe("a failure", () => {
  it.scopedLive("can be extracted from the @effect/ai error", () =>
    Effect.gen(function*() {
      const fault = { type: "throttle", times: "always" } as const
      const { layer } = yield* model([faulty(fault)])
      const errors = yield* Effect.provide(
        Effect.all([
          Effect.flip(LanguageModel.generateText({ prompt: "Hi" })),
          Effect.flip(Stream.runDrain(LanguageModel.streamText({ prompt: "Hi" })))
        ]),
        layer
      )
      for (const error of errors) {
        const cause = Option.getOrThrow(BedrockError.fromAiError(error))
        assert.strictEqual(cause.reason, "Throttled")
        assert.strictEqual(cause.attempts, 4)
        assert.include(error.message, "Too many requests")
      }
    }))

  it.scopedLive("because of the model's ID reports how the ID was chosen", () =>
    Effect.gen(function*() {
      const { layer } = yield* model([hello], { models: ["global.anthropic.claude-sonnet-4-6-v1"] })
      const error = yield* Effect.provide(Effect.flip(LanguageModel.generateText({ prompt: "Hi" })), layer)
      const cause = Option.getOrThrow(BedrockError.fromAiError(error))
      assert.strictEqual(cause.message, "ValidationException: The provided model identifier is invalid.")
      assert.strictEqual(cause.model?.wire, wire)
      assert.strictEqual(modelProblem(cause), "invalid")
    }))

  it.scopedLive("because of a prompt that Bedrock can't accept occurs before any request", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* model([hello])
      const error = yield* Effect.provide(Effect.flip(LanguageModel.generateText({ prompt: " " })), layer)
      assert.strictEqual(error._tag, "MalformedInput")
      assert.isTrue(Option.isNone(BedrockError.fromAiError(error)))
      assert.strictEqual((yield* sandbox.requests).length, 0)
    }))
})

it.scopedLive("BedrockTarget describes the model, endpoint and credential of requests", () =>
  Effect.gen(function*() {
    const { layer, sandbox } = yield* model([hello])
    const target = yield* Effect.provide(BedrockLanguageModel.BedrockTarget, layer)
    assert.strictEqual(target.model.wire, wire)
    assert.strictEqual(target.endpoint.url, sandbox.url)
    assert.strictEqual((yield* target.credential).where, "AWS_BEARER_TOKEN_BEDROCK")
  }))
