import { droppable } from "@altimate-code/config/Gateway"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as BedrockClient from "../../src/BedrockClient.ts"
import { refusedField } from "../../src/internal/failure/refusedField.ts"
import { dropFields } from "../../src/internal/transport/dropFields.ts"
import { client, request as plain } from "../protocol/fixture.ts"

const cachePoint = { cachePoint: { type: "default" as const, ttl: "1h" as const } }
const bytes = new Uint8Array([1, 2, 3])
const request: ConverseCommandInput = {
  modelId: "claude-prod",
  system: [{ text: "Be brief." }, cachePoint],
  messages: [
    { role: "user", content: [{ text: "Hi" }, cachePoint] },
    {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "A greeting.", signature: "sig" } } },
        { toolUse: { toolUseId: "t1", name: "look", input: { status: "open", cachePoint: { a: 1 } } } }
      ]
    },
    {
      role: "user",
      content: [
        { toolResult: { toolUseId: "t1", status: "success", content: [{ json: { status: "seen" } }] } },
        { image: { format: "png", source: { bytes } } }
      ]
    }
  ],
  inferenceConfig: { maxTokens: 100 },
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: "look",
          inputSchema: { json: { type: "object", properties: { status: { type: "string" }, ttl: {} } } }
        }
      },
      cachePoint
    ],
    toolChoice: { auto: {} }
  },
  requestMetadata: { temperature: "warm" },
  additionalModelRequestFields: { temperature: 1 }
}

describe("dropped fields", () => {
  it("are removed everywhere, including blocks that contain nothing else", () => {
    const { messages, system, toolConfig } = dropFields(request, ["cachePoint"])
    assert.deepStrictEqual(system, [{ text: "Be brief." }])
    assert.deepStrictEqual(messages?.[0]?.content, [{ text: "Hi" }])
    assert.deepStrictEqual(toolConfig?.tools, request.toolConfig!.tools!.slice(0, 1))
    assert.deepStrictEqual(messages?.[1], request.messages![1], "a tool's input is the tool's")
  })

  it("are not removed from a tool's input, schema or result, from metadata or from the model's own fields", () => {
    const dropped = dropFields(request, ["status", "temperature", "ttl"])
    assert.deepStrictEqual(dropped, {
      ...request,
      system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }],
      messages: [
        { role: "user", content: [{ text: "Hi" }, { cachePoint: { type: "default" } }] },
        request.messages![1]!,
        {
          role: "user",
          content: [
            { toolResult: { toolUseId: "t1", content: [{ json: { status: "seen" } }] } },
            request.messages![2]!.content![1]!
          ]
        }
      ],
      toolConfig: {
        tools: [request.toolConfig!.tools![0]!, { cachePoint: { type: "default" } }],
        toolChoice: { auto: {} }
      }
    })
  })

  it("are removed together with objects that become empty", () => {
    assert.notProperty(dropFields(request, ["maxTokens"]), "inferenceConfig")
    assert.notProperty(dropFields({ ...request, system: [cachePoint] }, ["cachePoint"]), "system")
    assert.notProperty(dropFields(request, ["toolChoice"]).toolConfig, "toolChoice")
    assert.notProperty(dropFields(request, ["requestMetadata"]), "requestMetadata")
    assert.notProperty(dropFields(request, ["additionalModelRequestFields"]), "additionalModelRequestFields")
  })

  it("are removed from the model's own fields only if they control thinking or are beta features", () => {
    const thinking = { type: "adaptive", display: "summarized" }
    const own: ConverseCommandInput = {
      ...request,
      additionalModelRequestFields: { thinking, output_config: { effort: "low" }, temperature: 1 }
    }
    const fields = (...names: Parameters<typeof dropFields>[1]) =>
      dropFields(own, names).additionalModelRequestFields as object
    assert.deepStrictEqual(fields("display"), {
      ...own.additionalModelRequestFields as object,
      thinking: { type: "adaptive" }
    })
    assert.deepStrictEqual(fields("thinking", "output_config"), { temperature: 1 })
    assert.strictEqual<unknown>(fields("temperature"), own.additionalModelRequestFields)
    const beta: ConverseCommandInput = { ...request, additionalModelRequestFields: { thinking, anthropic_beta: ["a"] } }
    assert.deepStrictEqual(dropFields(beta, ["anthropic_beta"]).additionalModelRequestFields as object, { thinking })
    const only = { ...request, additionalModelRequestFields: { thinking } }
    assert.notProperty(dropFields(only, ["thinking"]), "additionalModelRequestFields")
  })

  it("leave alternating roles: a message that becomes empty is removed, and the messages around it are merged", () => {
    const { messages } = dropFields({
      ...request,
      messages: [
        { role: "user", content: [{ text: "one" }] },
        { role: "assistant", content: [{ reasoningContent: { reasoningText: { text: "…", signature: "s" } } }] },
        { role: "user", content: [{ text: "two" }] },
        { role: "assistant", content: [{ text: "three" }] }
      ]
    }, ["reasoningContent"])
    assert.deepStrictEqual(messages, [
      { role: "user", content: [{ text: "one" }, { text: "two" }] },
      { role: "assistant", content: [{ text: "three" }] }
    ])
  })

  it("are the only change", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue()),
      FastCheck.subarray([...droppable]),
      (more, names) => {
        const free = (value: unknown): boolean =>
          typeof value !== "object" || value === null
          || Object.entries(value).every(([name, item]) => !names.some((dropped) => dropped === name) && free(item))
        FastCheck.pre(free(more))
        const { messages: _messages, ...other } = more
        const given = { ...other, messages: [] }
        assert.strictEqual(dropFields(given, names), given)
      }
    ))
    assert.strictEqual(dropFields(request, []), request)
    assert.strictEqual(dropFields(request, ["performanceConfig"]), request)
  })
})

describe("an error about a field", () => {
  const sent = {
    isSent: (field: string) => field !== "outputConfig",
    modelFields: [
      ["thinking", "thinking"],
      ["type", "thinking"],
      ["display", "display"],
      ["output_config", "output_config"],
      ["effort", "output_config"],
      ["top_k", "additionalModelRequestFields"]
    ] as const
  }
  for (
    const [message, field] of [
      ["The model returned the following errors: extraneous key [cachePoint] is not permitted", "cachePoint"],
      ["Unknown field: requestMetadata", "requestMetadata"],
      ["Malformed input request: #/messages/0/content/1: extraneous key [cachePoint] is not permitted", "cachePoint"],
      ["#/toolConfig: additional properties are not allowed ('toolChoice' was unexpected)", "toolChoice"],
      ["unrecognized field \"tool_choice\" in body", "toolChoice"],
      ["body.inferenceConfig.topP: Extra inputs are not permitted", "topP"],
      ["Unexpected property 'status'", "status"],
      ["`temperature` is deprecated for this model.", "temperature"],
      ["`temperature` and `top_p` cannot both be specified for this model.", "topP"],
      [
        "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
        "toolChoice"
      ],
      ["cachePoint.ttl is not supported for this model", "ttl"],
      ["thinking.type.enabled is not supported for this model", "thinking"],
      [
        "\"thinking.type.disabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
        "thinking"
      ],
      ["thinking.adaptive.display: Extra inputs are not permitted", "display"],
      ["output_config: Extra inputs are not permitted", "output_config"],
      ["This model does not support the effort parameter.", "output_config"],
      ["extraneous key [top_k] is not permitted", "additionalModelRequestFields"],
      ["extraneous key [anthropic_beta] is not permitted", "anthropic_beta"],
      ["Thinking may not be enabled when tool_choice forces tool use.", undefined],
      ["This model doesn't support tool use in streaming mode", undefined],
      ["The status of the request is not supported", undefined],
      ["maxTokens must be at most 8192", undefined],
      ["Unknown field: flavour", undefined]
    ] as const
  ) {
    it(`${field === undefined ? "names no field that can be dropped" : `names ${field}`}: ${message}`, () =>
      assert.strictEqual(Option.getOrUndefined(refusedField({ message }, sent)), field))
  }
})

describe("a refused field", () => {
  const says = (text: string) => ({ blocks: [{ type: "text" as const, text }] })
  // Recent Claude models refuse the two parameters together.
  const full = {
    ...plain,
    modelId: "amazon.nova-pro-v1:0",
    inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9 },
    requestMetadata: { team: "a" }
  }
  const ask = Effect.flatMap(BedrockClient.BedrockClient, (bedrock) => bedrock.converse(full))

  it.scopedLive("is dropped from the request and later ones, one field at a time, with a notice", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ refuse: ["temperature", "topP", "requestMetadata"] })
      yield* Effect.gen(function*() {
        const bedrock = yield* BedrockClient.BedrockClient
        yield* ask
        const requests = yield* sandbox.requests
        assert.strictEqual(requests.length, 4)
        const notices = yield* bedrock.notices
        assert.strictEqual(notices.length, 3)
        const last = notices.at(-1)!
        assert.sameMembers(last._tag === "FieldDropped" ? [...last.dropped] : [], [
          "temperature",
          "topP",
          "requestMetadata"
        ])
        yield* Stream.runDrain(bedrock.converseStream(full))
        assert.strictEqual((yield* sandbox.requests).length, 5)
        assert.deepStrictEqual(yield* bedrock.notices, [])
      }).pipe(Effect.provide(client(sandbox.url)))
    }))

  it.scopedLive("is included in the next request if dropping it did not help", () =>
    Effect.gen(function*() {
      const no = {
        type: "error",
        status: 400,
        name: "ValidationException",
        message: "extraneous key [topP] is not permitted"
      } as const
      const sandbox = yield* Sandbox.make({ script: [{ ...says("Hi"), faults: [{ ...no, times: 2 }] }] })
      yield* Effect.gen(function*() {
        const bedrock = yield* BedrockClient.BedrockClient
        assert.strictEqual((yield* Effect.flip(ask)).reason, "Validation")
        assert.deepStrictEqual(yield* bedrock.notices, [])
        yield* ask
        const bodies = (yield* sandbox.requests).map(({ rawBody }) => rawBody.includes("topP"))
        assert.deepStrictEqual(bodies, [true, false, true])
      }).pipe(Effect.provide(client(sandbox.url)))
    }))
})
