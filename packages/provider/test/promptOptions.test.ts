import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import type { RequestPromptOptions } from "../src/parts/PromptOptions.ts"
import { client, hello } from "./protocol/fixture.ts"

const text = (text: string) => [{ type: "text", text }] as const

const system = (options: RequestPromptOptions): Prompt.MessageEncoded => ({
  role: "system",
  content: "Be brief.",
  options: { "altimate-code-bedrock": options }
})
const user = (options?: RequestPromptOptions): Prompt.MessageEncoded => ({
  role: "user",
  content: text("Hi"),
  ...(options && { options: { "altimate-code-bedrock": options } })
})

/** What is sent for a prompt, with the requests' headers. */
const send = (
  messages: ReadonlyArray<Prompt.MessageEncoded>,
  options: Partial<BedrockLanguageModel.Options> = {}
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: [hello, hello] })
    const prompt = Prompt.make(messages)
    yield* Stream.runDrain(LanguageModel.streamText({ prompt })).pipe(
      Effect.zipRight(LanguageModel.generateText({ prompt })),
      Effect.provide(
        BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-5-20250929-v1:0", effort: "low", ...options })
          .pipe(
            Layer.provide(client(sandbox.url))
          )
      )
    )
    const [streamed, complete] = (yield* sandbox.requests).map(({ body }) => body as ConverseCommandInput)
    assert.deepStrictEqual(streamed, complete)
    return { input: complete!, headers: (yield* sandbox.requests).map(({ headers }) => headers) }
  }).pipe(Effect.scoped)

const thinkingOf = ({ additionalModelRequestFields }: ConverseCommandInput) =>
  (additionalModelRequestFields as Record<string, unknown> | undefined)?.["thinking"]

describe("the options of a prompt", () => {
  it.live("change the request", () =>
    Effect.gen(function*() {
      const { headers, input } = yield* send([user({
        effort: "off",
        maxTokens: 300,
        temperature: 0.5,
        stopSequences: ["END"],
        serviceTier: "flex",
        latency: "optimized",
        requestMetadata: { team: "a" },
        headers: { "x-plain": "one", "x-secret": Redacted.make("two") }
      })])
      assert.isUndefined(thinkingOf(input))
      assert.deepStrictEqual(input.inferenceConfig, {
        maxTokens: 300,
        temperature: 0.5,
        stopSequences: ["END"]
      })
      assert.deepStrictEqual(
        [input.serviceTier, input.performanceConfig, input.requestMetadata],
        [{ type: "flex" }, { latency: "optimized" }, { team: "a" }]
      )
      assert.deepStrictEqual(headers.map((names) => [names["x-plain"], names["x-secret"]]), [["one", "two"], [
        "one",
        "two"
      ]])
    }))

  it.live("of the last user message take precedence over those of the system messages and of the layer", () =>
    Effect.gen(function*() {
      const { input } = yield* send([
        system({ effort: "high", maxTokens: 5000, serviceTier: "priority", requestMetadata: { a: "1", b: "1" } }),
        user({ maxTokens: 1 }),
        { role: "assistant", content: text("Hello") },
        user({ thinking: { type: "enabled", budget_tokens: 1500 }, requestMetadata: { b: "2" } })
      ], { maxTokens: 7000 })
      assert.deepStrictEqual(thinkingOf(input), { type: "enabled", budget_tokens: 1500 })
      assert.strictEqual(input.inferenceConfig?.maxTokens, 5000)
      assert.deepStrictEqual([input.serviceTier, input.requestMetadata], [{ type: "priority" }, { a: "1", b: "2" }])
      const without = yield* send([user()])
      assert.deepStrictEqual(thinkingOf(without.input), { type: "enabled", budget_tokens: 2048 })
    }))

  it.live("have a thinking budget below their own token limit", () =>
    Effect.gen(function*() {
      const { input } = yield* send([user({ maxTokens: 3000, thinking: { budget_tokens: 3000 } })])
      assert.deepStrictEqual(thinkingOf(input), { type: "enabled", budget_tokens: 1500 })
    }))

  it.live("choose the guardrail and the cache", () =>
    Effect.gen(function*() {
      const { input } = yield* send([system({ cache: "1h" }), user({ guardrail: { id: "gr1", version: "2" } })])
      assert.deepInclude(input.guardrailConfig, { guardrailIdentifier: "gr1", guardrailVersion: "2", trace: "enabled" })
      assert.deepStrictEqual(input.system?.at(-1), { cachePoint: { type: "default", ttl: "1h" } })
      const uncached = yield* send([system({}), user({ cache: false })])
      assert.notInclude(JSON.stringify(uncached.input), "cachePoint")
    }))

  describe("with cache points of their own", () => {
    const point = (ttl?: "5m" | "1h") => ({ cachePoint: { type: "default", ...(ttl && { ttl }) } }) as const
    const pointed = { options: { "altimate-code-bedrock": point() } }
    const result = (id: string, options: Partial<Prompt.ToolResultPartEncoded> = {}): Prompt.ToolResultPartEncoded => ({
      type: "tool-result",
      id,
      name: "look",
      result: "seen",
      isFailure: false,
      providerExecuted: false,
      ...options
    })
    const called: ReadonlyArray<Prompt.MessageEncoded> = [
      { role: "assistant", content: [{ type: "tool-call", id: "1", name: "look", params: {} }], ...pointed },
      { role: "tool", content: [result("1")], ...pointed }
    ]

    it.live("send those after their messages and no others", () =>
      Effect.gen(function*() {
        const { input } = yield* send([system(point("1h")), user(point()), ...called, user()])
        assert.deepStrictEqual(input.system, [{ text: "Be brief." }, point("1h")])
        assert.deepStrictEqual(
          input.messages?.map(({ content }) => content!.map((block) => Object.keys(block)[0])),
          [["text", "cachePoint"], ["toolUse", "cachePoint"], ["toolResult", "cachePoint", "text"]]
        )
        assert.notProperty(input.toolConfig?.tools?.at(-1) ?? {}, "cachePoint")
      }))

    it.live("send the last four", () =>
      Effect.gen(function*() {
        const { input } = yield* send([system(point()), user(point()), ...called, user(point()), user(point())])
        assert.deepStrictEqual(input.system, [{ text: "Be brief." }])
        assert.deepStrictEqual(
          input.messages?.map(({ content }) => content!.flatMap(({ cachePoint }) => cachePoint ?? []).length),
          [0, 1, 3]
        )
      }))

    it.live("send them with the lifetime of the prompt if they have none", () =>
      Effect.gen(function*() {
        const { input } = yield* send([system(point("1h")), user({ ...point(), cache: "5m" })])
        assert.deepStrictEqual(input.system?.at(-1), point("1h"))
        assert.deepStrictEqual(input.messages?.at(-1)?.content?.at(-1), point("5m"))
      }))

    it.live("send none to a model without support, none after an empty message, and none if the cache is off", () =>
      Effect.gen(function*() {
        const llama = { model: "meta.llama3-1-70b-instruct-v1:0" }
        for (
          const { input } of [
            yield* send([system(point()), user(point())], llama),
            yield* send([system(point()), user({ ...point(), cache: false })])
          ]
        ) assert.notInclude(JSON.stringify(input), "cachePoint")
        const { input } = yield* send([{ role: "system", content: " ", ...pointed }, user(point())])
        assert.notProperty(input, "system")
      }))

    it.live("accept a document together with text only", () =>
      Effect.gen(function*() {
        const file = { type: "file", mediaType: "text/plain", data: new TextEncoder().encode("Sales.") } as const
        const error = yield* Effect.flip(send([{ role: "user", content: [file], ...pointed }]))
        assert.strictEqual(error._tag, "MalformedInput")
      }))

    it.live("send those after single parts", () =>
      Effect.gen(function*() {
        const { input } = yield* send([
          {
            role: "user",
            content: [{ type: "text", text: "The rules.", ...pointed }, { type: "text", text: "The question." }]
          },
          {
            role: "assistant",
            content: [
              { type: "text", text: " ", ...pointed },
              { type: "tool-call", id: "1", name: "look", params: {}, ...pointed },
              { type: "tool-call", id: "2", name: "look", params: {} }
            ]
          },
          { role: "tool", content: [result("1", pointed), result("2", pointed)], ...pointed },
          user()
        ])
        assert.deepStrictEqual(
          input.messages?.map(({ content }) => content!.map((block) => Object.keys(block)[0])),
          [
            ["text", "cachePoint", "text"],
            ["toolUse", "cachePoint", "toolUse"],
            // Bedrock requires results at the beginning.
            ["toolResult", "toolResult", "cachePoint", "text"]
          ]
        )
        assert.notInclude(JSON.stringify([input.system, input.toolConfig]), "cachePoint")
      }))

    const plain = { type: "file", mediaType: "text/plain", data: new TextEncoder().encode("Sales.") } as const
    const pdf = { ...plain, mediaType: "application/pdf", data: new TextEncoder().encode("%PDF-1.4 Sales.") } as const
    const kinds = ({ messages }: ConverseCommandInput) =>
      messages?.map(({ content }) => content!.map((block) => block.document?.format ?? Object.keys(block)[0]))

    it.live("send none directly after a document that is not a PDF, and none at the beginning of a message", () =>
      Effect.gen(function*() {
        const point = { ...pointed }
        const { input } = yield* send([
          { role: "user", content: [{ ...plain, ...point }, ...text("Read it."), { ...pdf, ...point }] },
          { role: "assistant", content: text("Yes.") },
          { role: "user", content: [...text("And these."), plain, { ...plain, ...point }] }
        ])
        assert.deepStrictEqual(kinds(input), [
          ["txt", "text", "pdf", "cachePoint"],
          ["text"],
          ["text", "cachePoint", "txt", "txt"]
        ])
        const automatic = yield* send([{ role: "user", content: [...text("Read it."), plain] }])
        assert.deepStrictEqual(kinds(automatic.input), [["text", "cachePoint", "txt"]])
      }))

    it.live("report a wrong one, also in an earlier message", () =>
      Effect.gen(function*() {
        const wrong = { options: { "altimate-code-bedrock": { cachePoint: { type: "always" } } } }
        const error = yield* Effect.flip(send([{ ...user(), ...wrong } as Prompt.MessageEncoded, user()]))
        assert(error._tag === "MalformedInput")
        assert.include(error.description, "the cachePoint of a message of the user: ")
        assert.include(error.description, "\"default\"")
        const inPart = yield* Effect.flip(send([
          { role: "user", content: [{ type: "text", text: "hi", ...wrong } as Prompt.UserMessagePartEncoded] },
          user()
        ]))
        assert(inPart._tag === "MalformedInput")
        assert.include(inPart.description, "the cachePoint of a text part: ")
      }))
  })

  it.live("make the model cite a document", () =>
    Effect.gen(function*() {
      const file = (citations?: boolean) => ({
        type: "file",
        mediaType: "text/plain",
        fileName: "a.txt",
        data: new TextEncoder().encode("Sales grew."),
        ...(citations !== undefined && { options: { "altimate-code-bedrock": { citations } } })
      } as const)
      const { input } = yield* send([{
        role: "user",
        content: [...text("Summarize."), file(true), file(false), file()]
      }])
      const documents = input.messages?.[0]?.content?.flatMap(({ document }) => document ?? []) ?? []
      assert.deepStrictEqual(documents.map(({ citations }) => citations), [{ enabled: true }, undefined, undefined])
    }))

  it.live("are refused if they are not valid", () =>
    Effect.gen(function*() {
      // @ts-expect-error -- the types know the values
      const wrong = user({ effort: "enormous" })
      // @ts-expect-error -- and the names
      const unknown = user({ temprature: 1 })
      for (const [message, name] of [[wrong, "effort"], [unknown, "temprature"]] as const) {
        const error = yield* Effect.flip(send([message]))
        assert.strictEqual(error._tag, "MalformedInput")
        assert.include(error.message, name)
      }
    }))

  const wrongHeaders = [
    [{ "x-bad": 3 as unknown as string }, "headers.x-bad: expected string | Redacted"],
    [{ "x-bad": "secret-\ncanary" }, "headers.x-bad: the header x-bad has a line break"],
    [{ "x bad": "secret-canary" }, "the header x bad has an invalid name"],
    [{ host: "secret-canary" }, "the header host can't be set here"],
    [{ Authorization: "Bearer secret-canary" }, "the header Authorization can't be set for a single request"]
  ] as const
  for (const [wrong, expected] of wrongHeaders) {
    it.live(`never show the values of headers: ${expected}`, () =>
      Effect.gen(function*() {
        const headers = { "x-api-key": "secret-canary", ...wrong }
        const error = yield* Effect.flip(send([user({ headers })]))
        const overridden = yield* Effect.flip(BedrockLanguageModel.withConfigOverride(send([user()]), { headers }))
        for (const { _tag, message } of [error, overridden]) {
          assert.strictEqual(_tag, "MalformedInput")
          assert.include(message, Object.keys(wrong).join())
          assert.notInclude(message, "canary")
        }
        assert.include(error.message, expected)
      }))
  }

  it.live("that are wrong in a part are reported with the path of that part", () =>
    Effect.gen(function*() {
      const guardrail = { id: "gr1" } as { readonly id: string; readonly version: string }
      const error = yield* Effect.flip(send([user({ guardrail })]))
      assert.include(error.message, "guardrail.version: missing")
      assert.include(
        (yield* Effect.flip(send([user({ maxTokens: 0 })]))).message,
        "maxTokens: expected a whole number above 0"
      )
    }))
})
