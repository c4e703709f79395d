import type { Capabilities } from "@altimate-code/model-id/Catalog"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { key } from "../src/internal/protocol/metadata.ts"
import { type Input, toRequest } from "../src/internal/protocol/prompt.ts"

const capabilities: Capabilities = {
  maxOutput: 4096,
  input: { image: true, document: true },
  tools: true,
  streaming: true,
  reasoning: true,
  cache: { system: false, messages: false, tools: false }
}
const caching = { ...capabilities, cache: { system: true, messages: true, tools: true } }

const readFile = Tool.make("read_file", {
  description: "Reads a file",
  parameters: { path: Schema.String }
})
const now = Tool.make("now")

const map = (prompt: Prompt.RawInput, options: Partial<Omit<Input, "prompt">> = {}) =>
  toRequest({
    prompt: Prompt.make(prompt),
    tools: [],
    toolChoice: "none",
    responseFormat: { type: "text" },
    modelId: "us.anthropic.claude-sonnet-4-6-v1",
    capabilities,
    maxTokens: 1000,
    ...options
  })

const request = (prompt: Prompt.RawInput, options?: Partial<Omit<Input, "prompt">>) =>
  Either.getOrThrowWith(map(prompt, options), (error) => new Error(error.description))

const refusal = (prompt: Prompt.RawInput, options?: Partial<Omit<Input, "prompt">>) =>
  Either.match(map(prompt, options), {
    onLeft: (error) => error.description ?? "",
    onRight: () => assert.fail("the prompt was taken")
  })

const call = { type: "tool-call", id: "t1", name: "read_file", params: { path: "a.txt" } } as const
const result = (value: unknown, isFailure = false) => ({
  role: "tool" as const,
  content: [{
    type: "tool-result" as const,
    id: "t1",
    name: "read_file",
    isFailure,
    result: value,
    providerExecuted: false
  }]
})
const toolContent = (value: unknown) =>
  request([{ role: "user", content: "go" }, { role: "assistant", content: [call] }, result(value)])
    .messages?.[2]?.content?.[0]?.toolResult?.content

describe("messages", () => {
  it("sends text, the system prompts apart, and always a limit of tokens", () => {
    assert.deepStrictEqual(
      request([
        { role: "system", content: "Be brief." },
        { role: "system", content: "Be kind." },
        { role: "user", content: "Hi" }
      ]),
      {
        modelId: "us.anthropic.claude-sonnet-4-6-v1",
        system: [{ text: "Be brief." }, { text: "Be kind." }],
        messages: [{ role: "user", content: [{ text: "Hi" }] }],
        inferenceConfig: { maxTokens: 1000 }
      }
    )
  })

  it("drops blank text everywhere, and messages that are left empty", () => {
    const { messages, system } = request([
      { role: "system", content: " \n" },
      { role: "user", content: [{ type: "text", text: "Hi" }, { type: "text", text: "  " }] },
      { role: "assistant", content: "\n\n" },
      { role: "user", content: "there" }
    ])
    assert.isUndefined(system)
    assert.deepStrictEqual(messages, [{ role: "user", content: [{ text: "Hi" }, { text: "there" }] }])
  })

  it("refuses a prompt without anything in it", () => {
    assert.include(refusal("  "), "no text")
  })

  it("merges neighbours of the same role, and puts the results of tools first", () => {
    const { messages } = request([
      { role: "user", content: "read it" },
      { role: "assistant", content: "Reading." },
      { role: "assistant", content: [call] },
      { role: "user", content: "and be quick" },
      result("hello")
    ])
    assert.deepStrictEqual(messages?.map((message) => message.role), ["user", "assistant", "user"])
    assert.deepStrictEqual(messages?.[1]?.content, [
      { text: "Reading." },
      { toolUse: { toolUseId: "t1", name: "read_file", input: { path: "a.txt" } } }
    ])
    assert.deepStrictEqual(messages?.[2]?.content, [
      { toolResult: { toolUseId: "t1", content: [{ text: "hello" }] } },
      { text: "and be quick" }
    ])
  })

  it("refuses a document without a text beside it, and a file of the assistant's", () => {
    const file = { type: "file", mediaType: "application/pdf", data: "AQID" } as const
    assert.include(refusal([{ role: "user", content: [file] }]), "say what to do")
    assert.include(refusal([{ role: "user", content: "hi" }, { role: "assistant", content: [file] }]), "from the user")
    const { messages } = request([{ role: "user", content: [file, { type: "text", text: "Sum it up." }] }])
    assert.strictEqual(messages?.[0]?.content?.[0]?.document?.format, "pdf")
  })

  it("leaves out calls and results that the provider itself ran", () => {
    const { messages } = request([
      { role: "user", content: "search" },
      {
        role: "assistant",
        content: [
          { ...call, providerExecuted: true },
          { type: "tool-result", id: "t1", name: "read_file", isFailure: false, result: "x", providerExecuted: true },
          { type: "text", text: "Found." }
        ]
      }
    ])
    assert.deepStrictEqual(messages?.[1]?.content, [{ text: "Found." }])
  })

  it("passes additional model request fields through", () => {
    const thinking = { thinking: { type: "enabled", budget_tokens: 1024 } }
    assert.deepStrictEqual(
      request("hi", { additionalModelRequestFields: thinking }).additionalModelRequestFields,
      thinking
    )
  })
})

const turn = (options: object) =>
  request([
    { role: "user", content: "hi" },
    {
      role: "assistant",
      content: [{ type: "reasoning", text: "Let me think.", options: { [key]: options } as never }]
    }
  ]).messages?.[1]?.content

describe("reasoning", () => {
  it("goes back with its signature, unmodified", () => {
    assert.deepStrictEqual(turn({ signature: "sig==" }), [
      { reasoningContent: { reasoningText: { text: "Let me think.", signature: "sig==" } } }
    ])
  })

  it("goes back as the bytes that it came as when it is redacted", () => {
    assert.deepStrictEqual(turn({ redactedContent: "AQID" }), [
      { reasoningContent: { redactedContent: new Uint8Array([1, 2, 3]) } }
    ])
  })

  it("keeps an empty text that is signed", () => {
    const { messages } = request([
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "reasoning", text: "", options: { [key]: { signature: "s" } } }] }
    ])
    assert.deepStrictEqual(messages?.[1]?.content, [{
      reasoningContent: { reasoningText: { text: "", signature: "s" } }
    }])
  })

  it("is left out without a signature, which the service would refuse", () => {
    assert.isUndefined(turn({}))
  })
})

describe("tool results", () => {
  it("are text, or JSON when they are an object", () => {
    assert.deepStrictEqual(toolContent("hello"), [{ text: "hello" }])
    assert.deepStrictEqual(toolContent({ a: 1, b: undefined, at: new Date(0) }), [
      { json: { a: 1, at: "1970-01-01T00:00:00.000Z" } }
    ])
  })

  it("are JSON text when they are neither, since only objects are taken as JSON", () => {
    assert.deepStrictEqual(toolContent([1, 2]), [{ text: "[1,2]" }])
    assert.deepStrictEqual(toolContent(42), [{ text: "42" }])
  })

  it("say that there was no output when they are blank", () => {
    for (const value of ["", "  ", null, undefined]) {
      assert.deepStrictEqual(toolContent(value), [{ text: "(no output)" }])
    }
  })

  it("may hold images among their text", () => {
    assert.deepStrictEqual(
      toolContent([{ type: "text", text: "A picture" }, { type: "file", mediaType: "image/png", data: "AQID" }]),
      [{ text: "A picture" }, { image: { format: "png", source: { bytes: new Uint8Array([1, 2, 3]) } } }]
    )
  })

  it("say that they are failures", () => {
    const { messages } = request([
      { role: "user", content: "go" },
      { role: "assistant", content: [call] },
      result("no such file", true)
    ])
    assert.strictEqual(messages?.[2]?.content?.[0]?.toolResult?.status, "error")
  })

  it("are refused when they can't be written as JSON", () => {
    const cyclic: Record<string, unknown> = {}
    cyclic["self"] = cyclic
    assert.include(
      refusal([{ role: "user", content: "go" }, { role: "assistant", content: [call] }, result(cyclic)]),
      "JSON"
    )
  })

  it("meet their calls also when another provider's IDs hold characters or a length that Bedrock refuses", () => {
    const ids = ["functions.read:0/a", "functions.read:0_a", "x".repeat(80), `${"x".repeat(79)}y`]
    const { messages } = request([
      { role: "user", content: "go" },
      { role: "assistant", content: ids.map((id) => ({ ...call, id })) },
      { role: "tool", content: ids.map((id) => ({ ...result("ok").content[0]!, id })) }
    ])
    const used = messages?.[1]?.content?.map((block) => block.toolUse?.toolUseId ?? "") ?? []
    assert.deepStrictEqual(messages?.[2]?.content?.map((block) => block.toolResult?.toolUseId ?? ""), used)
    assert.strictEqual(new Set(used).size, ids.length)
    for (const id of used) assert.match(id, /^[a-zA-Z0-9_.:-]{1,64}$/)
  })
})

const tools = [readFile, now]
const choice = (toolChoice: Input["toolChoice"]) => request("hi", { tools, toolChoice }).toolConfig?.toolChoice

describe("tools", () => {
  it("go with their JSON schema, an object also when there are no parameters", () => {
    assert.deepStrictEqual(request("hi", { tools, toolChoice: "auto" }).toolConfig, {
      tools: [
        {
          toolSpec: {
            name: "read_file",
            description: "Reads a file",
            inputSchema: {
              json: {
                type: "object",
                required: ["path"],
                properties: { path: { type: "string" } },
                additionalProperties: false
              }
            }
          }
        },
        {
          toolSpec: {
            name: "now",
            inputSchema: { json: { type: "object", required: [], properties: {}, additionalProperties: false } }
          }
        }
      ]
    })
  })

  it("are chosen from as the caller says", () => {
    assert.isUndefined(choice("auto"))
    assert.deepStrictEqual(choice("required"), { any: {} })
    assert.deepStrictEqual(choice({ tool: "now" }), { tool: { name: "now" } })
    assert.deepStrictEqual(choice({ mode: "required", oneOf: ["now"] }), { any: {} })
    assert.isUndefined(choice({ oneOf: ["now"] }))
  })

  it("are not sent when none may be used", () => {
    assert.isUndefined(request("hi", { tools, toolChoice: "none" }).toolConfig)
  })

  const history: Prompt.RawInput = [
    { role: "user", content: "go" },
    { role: "assistant", content: [call] },
    result("x")
  ]

  it("are sent without a choice when none may be used but earlier turns did", () => {
    const { toolConfig } = request(history, { tools, toolChoice: "none" })
    assert.deepStrictEqual(toolConfig?.tools?.map((tool) => tool.toolSpec?.name), ["read_file", "now"])
    assert.isUndefined(toolConfig?.toolChoice)
  })

  it("have stand-ins when earlier turns used some and there are none now", () => {
    assert.deepStrictEqual(
      request(history).toolConfig?.tools?.map((tool) => tool.toolSpec?.name),
      ["read_file"]
    )
  })

  it("are refused with a name that Bedrock refuses, now or in the history", () => {
    assert.include(refusal("hi", { tools: [Tool.make("files.read")], toolChoice: "auto" }), "files.read")
    assert.include(
      refusal([{ role: "user", content: "go" }, { role: "assistant", content: [{ ...call, name: "a b" }] }]),
      "a b"
    )
  })
})

describe("a structured answer", () => {
  const Contact = Schema.Struct({ name: Schema.String }).annotations({ description: "A person" })

  it("is asked for by a tool that must be called", () => {
    const { toolConfig } = request("hi", { responseFormat: { type: "json", objectName: "a contact", schema: Contact } })
    assert.deepStrictEqual(toolConfig?.toolChoice, { tool: { name: "a_contact" } })
    assert.strictEqual(toolConfig?.tools?.[0]?.toolSpec?.description, "A person")
  })

  it("has an object at the top also for a union", () => {
    const schema = Schema.Union(Schema.Struct({ a: Schema.String }), Schema.Struct({ b: Schema.Number }))
    const { toolConfig } = request("hi", { responseFormat: { type: "json", objectName: "either", schema } })
    const json = toolConfig?.tools?.[0]?.toolSpec?.inputSchema?.json as Record<string, unknown>
    assert.strictEqual(json["type"], "object")
    assert.deepStrictEqual(json["required"], ["value"])
  })
})

describe("cache points", () => {
  const cachePoint = { cachePoint: { type: "default" } }

  it("stand behind the system prompt, the tools and the last user message of a model that has them", () => {
    const { messages, system, toolConfig } = request(
      [
        { role: "system", content: "Be brief." },
        { role: "user", content: "one" },
        { role: "assistant", content: "two" },
        { role: "user", content: "three" }
      ],
      { tools: [readFile], toolChoice: "auto", capabilities: caching }
    )
    assert.deepStrictEqual(system?.at(-1) as unknown, cachePoint)
    assert.deepStrictEqual(toolConfig?.tools?.at(-1) as unknown, cachePoint)
    assert.deepStrictEqual(messages?.at(-1)?.content as unknown, [{ text: "three" }, cachePoint])
    assert.strictEqual(JSON.stringify({ messages, system, toolConfig }).split("cachePoint").length - 1, 3)
  })

  it("never stand alone", () => {
    const { system, toolConfig } = request([{ role: "system", content: " " }, { role: "user", content: "hi" }], {
      capabilities: caching
    })
    assert.isUndefined(system)
    assert.isUndefined(toolConfig)
  })
})

describe("any prompt", () => {
  const Text = Schema.Literal("", " ", "\n", "a", "two words")
  const Part = Schema.Union(
    Schema.Struct({ type: Schema.Literal("text"), text: Text }),
    Schema.Struct({ type: Schema.Literal("reasoning"), text: Text }),
    Schema.Struct({
      type: Schema.Literal("tool-call"),
      id: Text,
      name: Schema.Literal("read_file"),
      params: Schema.Unknown
    })
  )
  const Result = Schema.Struct({
    type: Schema.Literal("tool-result"),
    id: Text,
    name: Schema.Literal("read_file"),
    isFailure: Schema.Boolean,
    result: Schema.Union(Text, Schema.Number, Schema.Struct({ a: Text })),
    providerExecuted: Schema.Boolean
  })
  const Message = Schema.Union(
    Schema.Struct({ role: Schema.Literal("system"), content: Text }),
    Schema.Struct({ role: Schema.Literal("user"), content: Text }),
    Schema.Struct({ role: Schema.Literal("assistant"), content: Schema.Array(Part) }),
    Schema.Struct({ role: Schema.Literal("tool"), content: Schema.Array(Result) })
  )

  it.effect.prop(
    "makes a request without blank text, with alternating roles, non-empty messages and at most four cache points",
    [Schema.Array(Message)],
    ([messages]) =>
      Effect.sync(() => {
        const mapped = map(messages as never, { tools: [readFile], toolChoice: "auto", capabilities: caching })
        if (Either.isLeft(mapped)) {
          assert.include(mapped.left.description, "no text")
          return
        }
        const sent = mapped.right
        JSON.stringify(sent, (name, value) => {
          if (name === "text") assert.notStrictEqual(String(value).trim(), "")
          return value
        })
        sent.messages?.forEach((message, index) => {
          assert.isAbove(message.content?.length ?? 0, 0)
          assert.isFalse(message.content?.[0]?.cachePoint !== undefined)
          assert.notStrictEqual(message.role, sent.messages?.[index - 1]?.role)
        })
        assert.isAtMost(JSON.stringify(sent).split("\"cachePoint\"").length - 1, 4)
      })
  )
})
