import { droppable } from "@altimate-code/config/Gateway"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { dropFields } from "../src/internal/drop.ts"
import { refusedField } from "../src/internal/refusedField.ts"

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

describe("fields that are dropped", () => {
  it("are left out wherever they stand, and a block that held nothing else as well", () => {
    const { messages, system, toolConfig } = dropFields(request, ["cachePoint"])
    assert.deepStrictEqual(system, [{ text: "Be brief." }])
    assert.deepStrictEqual(messages?.[0]?.content, [{ text: "Hi" }])
    assert.deepStrictEqual(toolConfig?.tools, request.toolConfig!.tools!.slice(0, 1))
    assert.deepStrictEqual(messages?.[1], request.messages![1], "a tool's input is the tool's")
  })

  it("are not looked for in a tool's input, schema and result, in metadata and in the model's own fields", () => {
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

  it("take with them what is empty without them", () => {
    assert.notProperty(dropFields(request, ["maxTokens"]), "inferenceConfig")
    assert.notProperty(dropFields({ ...request, system: [cachePoint] }, ["cachePoint"]), "system")
    assert.notProperty(dropFields(request, ["toolChoice"]).toolConfig, "toolChoice")
    assert.notProperty(dropFields(request, ["requestMetadata"]), "requestMetadata")
    assert.notProperty(dropFields(request, ["additionalModelRequestFields"]), "additionalModelRequestFields")
  })

  it("leave roles that alternate: a message that held nothing else goes, and those around it are one", () => {
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

  it("are all that changes", () => {
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

describe("a refusal of a field", () => {
  for (
    const [message, field] of [
      ["The model returned the following errors: extraneous key [cachePoint] is not permitted", "cachePoint"],
      ["Unknown field: requestMetadata", "requestMetadata"],
      ["Malformed input request: #/messages/0/content/1: extraneous key [cachePoint] is not permitted", "cachePoint"],
      ["#/toolConfig: additional properties are not allowed ('toolChoice' was unexpected)", "toolChoice"],
      ["unrecognized field \"tool_choice\" in body", "toolChoice"],
      ["body.inferenceConfig.topP: Extra inputs are not permitted", "topP"],
      ["Unexpected property 'status'", "status"],
      ["This model doesn't support tool use in streaming mode", undefined],
      ["The status of the request is not supported", undefined],
      ["maxTokens must be at most 8192", undefined],
      ["Unknown field: flavour", undefined]
    ] as const
  ) {
    it(`(${message}) ${field === undefined ? "names none that could be dropped" : `names ${field}`}`, () =>
      assert.strictEqual(Option.getOrUndefined(refusedField(message)), field))
  }
})
