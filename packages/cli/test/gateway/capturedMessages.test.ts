import * as Secrets from "@altimate-code/log/Secrets"
import * as Prompt from "@effect/ai/Prompt"
import * as Response from "@effect/ai/Response"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { captureMessages } from "../../src/telemetry/capturedMessages.ts"

const secret = "capture-secret-20240815"

const capture = (messages: Prompt.RawInput, response: ReadonlyArray<Response.AnyPart> = []) =>
  Effect.gen(function*() {
    const { mask, register } = Secrets.make()
    yield* register(Redacted.make(secret))
    const span = yield* Effect.makeSpan("request")
    captureMessages(mask)({
      prompt: Prompt.make(messages),
      response,
      span,
      tools: [],
      toolChoice: "none",
      responseFormat: { type: "text" }
    })
    const read = (name: string) => String(span.attributes.get(name))
    return { input: read("gen_ai.input.messages"), output: read("gen_ai.output.messages"), read }
  })

describe("captured messages", () => {
  it.effect("have the form of OpenTelemetry's conventions", () =>
    Effect.gen(function*() {
      const image = Buffer.alloc(1000).toString("base64")
      const { input, output, read } = yield* capture([
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Look." },
            { type: "file", mediaType: "image/png", data: Buffer.from(image, "base64") },
            { type: "file", mediaType: "application/pdf", data: `data:application/pdf;base64,${image}` },
            { type: "file", mediaType: "image/png", data: new URL("https://example.com/a.png?key=hidden") }
          ]
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "A tool." },
            { type: "tool-call", id: "1", name: "read", params: { path: "a.png" }, providerExecuted: false }
          ]
        },
        {
          role: "tool",
          content: [{
            type: "tool-result",
            id: "1",
            name: "read",
            isFailure: false,
            result: { content: [{ type: "file", mediaType: "image/png", data: image }] },
            providerExecuted: false
          }]
        }
      ], [
        Response.makePart("text-delta", { id: "0", delta: "It is " }),
        Response.makePart("text-delta", { id: "0", delta: "black." }),
        Response.makePart("finish", {
          reason: "tool-calls",
          usage: new Response.Usage({ inputTokens: 1, outputTokens: 1, totalTokens: 2 })
        })
      ])
      assert.deepStrictEqual(JSON.parse(read("gen_ai.system_instructions")), [{ type: "text", content: "Be brief." }])
      const blob = { type: "blob", modality: "image", mime_type: "image/png", size: 1000 }
      assert.deepStrictEqual(JSON.parse(input), [
        {
          role: "user",
          parts: [
            { type: "text", content: "Look." },
            blob,
            { ...blob, modality: "document", mime_type: "application/pdf" },
            { type: "uri", modality: "image", mime_type: "image/png", uri: "https://example.com/a.png?key=<redacted>" }
          ]
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", content: "A tool." },
            { type: "tool_call", id: "1", name: "read", arguments: { path: "a.png" } }
          ]
        },
        { role: "tool", parts: [{ type: "tool_call_response", id: "1", response: { content: [blob] } }] }
      ])
      assert.deepStrictEqual(JSON.parse(output), [
        { role: "assistant", parts: [{ type: "text", content: "It is black." }], finish_reason: "tool_call" }
      ])
    }))

  it.effect("are bounded: long texts are cut off after secrets were masked, and the oldest parts are left out", () =>
    Effect.gen(function*() {
      const texts = Array.from(
        { length: 20 },
        (_, index) => `${index}:${"x".repeat(15_980)}${secret}${"y".repeat(9000)}`
      )
      const { input } = yield* capture(texts.map((text) => ({ role: "user", content: [{ type: "text", text }] })))
      assert.isBelow(input.length, 66_000)
      assert.notInclude(input, secret.slice(0, 8))
      const [omitted, ...kept] = JSON.parse(input)
      assert.deepStrictEqual(omitted, { role: "user", parts: [{ type: "omitted", count: 17 }] })
      assert.deepStrictEqual(
        kept.map(({ parts }: { parts: ReadonlyArray<{ content: string }> }) => parts[0]!.content.split(":")[0]),
        ["17", "18", "19"]
      )
      const data = yield* capture([{
        role: "assistant",
        content: [{
          type: "tool-call",
          id: "1",
          name: "write",
          params: { lines: texts.map((text) => text.slice(0, 900)) },
          providerExecuted: false
        }]
      }])
      assert.isBelow(data.input.length, 20_000)
    }))
})
