import * as Digest from "@altimate-code/system/Digest"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import { BedrockError, type Reason } from "../../src/BedrockError.ts"
import { findRefusal } from "../../src/internal/failure/findRefusal.ts"

const picture = new Uint8Array([1])
const other = new Uint8Array([2])
const paper = new Uint8Array([3])

const request: ConverseCommandInput = {
  modelId: "m",
  messages: [
    { role: "user", content: [{ text: "Look." }, { image: { format: "png", source: { bytes: picture } } }] },
    {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "Hm.", signature: "s" } } },
        { toolUse: { toolUseId: "1", name: "notion_search", input: {} } }
      ]
    },
    {
      role: "user",
      content: [{
        toolResult: {
          toolUseId: "1",
          content: [
            { text: "found" },
            { image: { format: "png", source: { bytes: other } } },
            { document: { format: "pdf", name: "paper", source: { bytes: paper } } }
          ]
        }
      }]
    }
  ],
  toolConfig: {
    tools: [
      { toolSpec: { name: "read", inputSchema: { json: {} } } },
      { toolSpec: { name: "notion_search", inputSchema: { json: {} } } },
      { cachePoint: { type: "default" } }
    ]
  }
}

const refused = (
  message: string,
  { reason = "Validation", status = 400 }: { readonly reason?: Reason; readonly status?: number } = {},
  sent = request
) =>
  findRefusal(
    new BedrockError({ reason, message: `ValidationException: ${message}`, status, attempts: 1 }),
    sent
  )

const part = (kind: string, ...contents: ReadonlyArray<string | Uint8Array>) => ({
  _tag: "Part",
  kind,
  digests: contents.map(Digest.of)
})

describe("a request that is too long", () => {
  for (
    const [message, size, limit] of [
      ["The model returned the following errors: Input is too long for requested model."],
      ["Input is too long for requested model"],
      ["prompt is too long: 210000 tokens > 200000 maximum", 210_000, 200_000],
      [
        "The model returned the following errors: prompt is too long: 1,204,552 tokens > 1,000,000 maximum",
        1_204_552,
        1_000_000
      ],
      [
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens`",
        190_000,
        180_000
      ],
      [
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130512 tokens.",
        130_512,
        128_000
      ],
      ["Too many input tokens. Max input tokens: 300000, request input token count: 310000", 310_000, 300_000],
      ["Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again."],
      ["litellm.ContextWindowExceededError: the request exceeds the context window of the model"],
      ["context_length_exceeded"]
    ] as ReadonlyArray<[string, number?, number?]>
  ) {
    it(`is recognized with its numbers: ${message}`, () =>
      assert.deepStrictEqual(refused(message), {
        _tag: "TooLong",
        unit: "tokens",
        ...(size === undefined ? {} : { size }),
        ...(limit === undefined ? {} : { limit })
      }))
  }

  it("is recognized by its status if a gateway limits the body", () => {
    for (const status of [413, 431]) {
      assert.deepStrictEqual(refused("Request Entity Too Large", { status }), {
        _tag: "TooLong",
        unit: "bytes"
      })
    }
    assert.deepStrictEqual(refused("request_too_large: Request exceeds the maximum size of 5000000 bytes"), {
      _tag: "TooLong",
      unit: "bytes",
      limit: 5_000_000
    })
  })

  for (
    const [message, options] of [
      ["Too many tokens, please wait before trying again.", { reason: "Throttled", status: 429 }],
      ["Too many tokens, please wait before trying again.", {}],
      ["Too many tokens per day", {}],
      ["max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens", {}],
      ["The maximum tokens you requested exceeds the model limit of 4096. Try again with a lower value.", {}],
      ["messages.0.content.1: image is too large: 9000 x 100 pixels > 8000 maximum", {}],
      ["The input image is too large", {}]
    ] as const
  ) {
    it(`is not recognized in "${message}" (${"status" in options ? options.status : 400})`, () =>
      assert.notStrictEqual(refused(message, options)?._tag, "TooLong"))
  }
})

describe("the refused part of a request", () => {
  for (
    const [message, expected] of [
      ["messages.0.content.1.image.source.base64.data: Could not process image", part("image", picture)],
      ["messages[0].content[1]: image exceeds 5 MB maximum", part("image", picture)],
      ["Malformed input request: #/messages/0/content/1: expected a smaller image", part("image", picture)],
      ["Value at 'messages.1.member.content.2.member.image' failed to satisfy constraint", part("image", picture)],
      ["messages.2.content.0: image exceeds 5 MB maximum: 8000000 bytes > 5242880 bytes", part("image", other)],
      ["messages.2.content.0.tool_result.content.2: The PDF specified is password protected.", part("document", paper)],
      ["messages.2.content.0.toolResult.content.0.text: not allowed", part("text", "found")],
      ["messages.0.content.0: blocked by policy", part("text", "Look.")],
      ["messages.1.content.0: Invalid `signature` in `thinking` block", part("reasoning", "Hm.")],
      ["Could not process image", part("image")],
      ["The model can't read this document", part("document")],
      ["messages.9.content.9.image: Could not process image", part("image")],
      ["messages.1.content.1.tool_use.id: String should match pattern", { _tag: "Unnamed" }],
      ["Malformed input request, please reformat your input and try again.", { _tag: "Unnamed" }],
      ["tools.1.custom.input_schema: JSON schema is invalid", { _tag: "Tool", name: "notion_search" }],
      ["The value at toolConfig.tools.0.toolSpec.inputSchema.json is not valid", { _tag: "Tool", name: "read" }],
      ["Value at 'toolConfig.tools.2.member.toolSpec.name' failed to satisfy constraint", {
        _tag: "Tool",
        name: "notion_search"
      }],
      ["The schema of tool \"notion_search\" is not supported", { _tag: "Tool", name: "notion_search" }]
    ] as const
  ) {
    it(`is found from its description: ${message}`, () => assert.deepStrictEqual(refused(message), expected as never))
  }

  it("is not a file if the request has none", () => {
    const text: ConverseCommandInput = { modelId: "m", messages: [{ role: "user", content: [{ text: "Hi" }] }] }
    assert.deepStrictEqual(refused("Could not process image", {}, text), { _tag: "Unnamed" })
  })

  it("is undefined if the conversation is not the cause", () => {
    assert.isUndefined(refused("The provided model identifier is invalid."))
    assert.isUndefined(refused("no access", { reason: "Permission", status: 403 }))
    assert.isUndefined(refused("The service is down: Input is too long", { reason: "Unavailable", status: 503 }))
  })
})
