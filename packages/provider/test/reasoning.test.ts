import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script, Turn } from "@altimate-code/sandbox/Script"
import type { ContentBlock, ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as AnthropicClient from "@effect/ai-anthropic/AnthropicClient"
import * as AnthropicLanguageModel from "@effect/ai-anthropic/AnthropicLanguageModel"
import * as Chat from "@effect/ai/Chat"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
// The history that the agent sends back.
import { fromResponseParts } from "../../agent/src/session/History.ts"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import { client } from "./protocol/fixture.ts"
import { makeGateway, sendJson } from "./transport/jsonGateway.ts"

const weather = Toolkit.make(
  Tool.make("weather", { parameters: { city: Schema.String }, success: Schema.Struct({ celsius: Schema.Number }) })
)
const handlers = weather.toLayer({ weather: ({ city }) => Effect.succeed({ celsius: city.length }) })

const thinks = (text: string, signature: string, city: string): Turn => ({
  blocks: [
    { type: "reasoning", text, signature },
    { type: "redactedReasoning", data: "c2VjcmV0" },
    { type: "toolUse", name: "weather", input: { city } }
  ]
})
const script: Script = [
  thinks("I need Oslo.", "sig-1", "Oslo"),
  thinks("And Rome.", "sig-2", "Rome"),
  { blocks: [{ type: "text", text: "Cold and warm." }] }
]

const bedrock = (script: Script) =>
  Effect.map(Sandbox.make({ script }), (sandbox) => ({
    sandbox,
    layer: BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(
      Layer.provide(client(sandbox.url)),
      Layer.merge(handlers)
    )
  }))

/** The assistant's messages of the last request. */
const answersSent = (sandbox: Sandbox.Service) =>
  Effect.map(sandbox.requests, (requests) => {
    const { messages = [] } = requests.at(-1)!.body as Partial<ConverseCommandInput>
    return messages.filter(({ role }) => role === "assistant").map(({ content }) => content!)
  })

const kinds = (content: ReadonlyArray<ContentBlock>) =>
  content.map(({ reasoningContent, toolUse }) =>
    reasoningContent?.reasoningText?.signature ?? reasoningContent?.redactedContent ?? toolUse?.name
  )

const thoughtful = [["sig-1", "c2VjcmV0", "weather"], ["sig-2", "c2VjcmV0", "weather"]]

describe("signed reasoning", () => {
  it.scopedLive("survives a Chat of @effect/ai that runs tools, complete and streamed", () =>
    Effect.gen(function*() {
      for (const streams of [false, true]) {
        const { layer, sandbox } = yield* bedrock(script)
        yield* Effect.gen(function*() {
          const chat = yield* Chat.empty
          for (const prompt of ["How is the weather?", Prompt.empty, Prompt.empty]) {
            const options = { prompt, toolkit: weather }
            yield* streams ? Stream.runDrain(chat.streamText(options)) : chat.generateText(options)
          }
        }).pipe(Effect.provide(layer))
        assert.deepStrictEqual((yield* answersSent(sandbox)).map(kinds), thoughtful)
      }
    }))

  it.scopedLive("survives a Chat whose model is provided for each call, over one client", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script })
      yield* Effect.gen(function*() {
        const chat = yield* Chat.empty
        for (const prompt of ["How is the weather?", Prompt.empty, Prompt.empty]) {
          yield* chat.generateText({ prompt, toolkit: weather }).pipe(
            Effect.provide(BedrockLanguageModel.model("anthropic.claude-sonnet-4-6-v1"))
          )
        }
      }).pipe(Effect.provide([client(sandbox.url), handlers]))
      assert.deepStrictEqual((yield* answersSent(sandbox)).map(kinds), thoughtful)
    }))

  it.scopedLive("survives a loop that appends Prompt.fromResponseParts", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* bedrock(script)
      let prompt = Prompt.make("How is the weather?")
      yield* Effect.gen(function*() {
        for (let count = 0; count < 3; count++) {
          const { content } = yield* LanguageModel.generateText({ prompt, toolkit: weather })
          prompt = Prompt.merge(prompt, Prompt.fromResponseParts(content))
        }
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual((yield* answersSent(sandbox)).map(kinds), thoughtful)
    }))

  it.scopedLive("is not attached to an answer that was changed", () =>
    Effect.gen(function*() {
      const { layer, sandbox } = yield* bedrock(script)
      yield* Effect.gen(function*() {
        const first = Prompt.make("How is the weather?")
        const { content } = yield* LanguageModel.generateText({ prompt: first, toolkit: weather })
        const changed = Prompt.fromResponseParts(
          content.map((part) =>
            part.type === "reasoning" && part.text !== "" ? { ...part, text: "I need Bonn." } : part
          )
        )
        yield* LanguageModel.generateText({ prompt: Prompt.merge(first, changed), toolkit: weather })
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual((yield* answersSent(sandbox)).map(kinds), [["weather"]])
    }))
})

/** Anthropic's API: answers each request with the next stream or message, and records the requests. */
const anthropic = (answers: ReadonlyArray<ReadonlyArray<object>>) =>
  Effect.gen(function*() {
    const requests: Array<{ readonly messages: ReadonlyArray<{ readonly role: string; readonly content: unknown }> }> =
      []
    const url = yield* makeGateway((response, { body }) => {
      requests.push(JSON.parse(body))
      const events = answers[requests.length - 1]
      if (events === undefined) return sendJson(response, 500, {})
      response.writeHead(200, { "content-type": "text/event-stream" }).end(
        events.map((event) => `event: ${(event as { readonly type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`)
          .join("")
      )
    })
    const layer = AnthropicLanguageModel.layer({ model: "claude-sonnet-4-5" }).pipe(
      Layer.provide(AnthropicClient.layer({ apiKey: Redacted.make("key"), apiUrl: url.replace(/\/v1$/, "") })),
      Layer.provide(FetchHttpClient.layer),
      Layer.merge(handlers)
    )
    return { requests, layer }
  })

const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
const message = (...events: ReadonlyArray<object>) => [
  {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage
    }
  },
  ...events,
  { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage },
  { type: "message_stop" }
]
const start = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block })
const delta = (index: number, delta: object) => ({ type: "content_block_delta", index, delta })
const stop = (index: number) => ({ type: "content_block_stop", index })

const run = (prompt: Prompt.RawInput) =>
  Effect.map(
    Stream.runCollect(LanguageModel.streamText({ prompt, toolkit: weather })),
    (parts): ReadonlyArray<Response.AnyPart> => Chunk.toReadonlyArray(parts) as never
  )

describe("the history of a turn", () => {
  it.scopedLive("of Bedrock continues over @effect/ai-anthropic with its reasoning", () =>
    Effect.gen(function*() {
      const { layer } = yield* bedrock(script)
      const parts = yield* Effect.provide(run("How is the weather?"), layer)
      const history = Prompt.merge(Prompt.make("How is the weather?"), fromResponseParts(parts))

      const claude = yield* anthropic([
        message(start(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "Cold." }), stop(0))
      ])
      yield* Effect.provide(run(history), claude.layer)
      const [, answer] = claude.requests[0]!.messages
      assert.deepInclude((answer!.content as ReadonlyArray<object>).slice(0, 2), {
        type: "thinking",
        thinking: "I need Oslo.",
        signature: "sig-1"
      })
      assert.deepInclude((answer!.content as ReadonlyArray<object>)[1], { type: "redacted_thinking", data: "c2VjcmV0" })
    }))

  it.scopedLive("of @effect/ai-anthropic, which signs in a delta, continues over Bedrock with its reasoning", () =>
    Effect.gen(function*() {
      const claude = yield* anthropic([
        message(
          start(0, { type: "thinking", thinking: "", signature: "" }),
          delta(0, { type: "thinking_delta", thinking: "I need Oslo." }),
          delta(0, { type: "signature_delta", signature: "sig-a" }),
          stop(0),
          start(1, { type: "redacted_thinking", data: "c2VjcmV0" }),
          stop(1),
          start(2, { type: "tool_use", id: "toolu_1", name: "weather", input: {} }),
          delta(2, { type: "input_json_delta", partial_json: "{\"city\":\"Oslo\"}" }),
          stop(2)
        )
      ])
      const parts = yield* Effect.provide(run("How is the weather?"), claude.layer)
      const history = Prompt.merge(Prompt.make("How is the weather?"), fromResponseParts(parts))

      const { layer, sandbox } = yield* bedrock([{ blocks: [{ type: "text", text: "Cold." }] }])
      yield* Effect.provide(run(history), layer)
      assert.deepStrictEqual((yield* answersSent(sandbox)).map(kinds), [["sig-a", "c2VjcmV0", "weather"]])
    }))
})
