import type { Capabilities } from "@altimate-code/model-id/Catalog"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { png } from "../../../../test/pictures.ts"
import { key } from "../../src/internal/protocol/key.ts"
import { type Input, toRequest } from "../../src/internal/protocol/prompt/prompt.ts"

const capabilities: Capabilities = {
  maxOutput: 4096,
  input: { image: true, document: true },
  tools: true,
  streaming: true,
  reasoning: true,
  cache: { system: false, messages: false, tools: false }
}
const caching = { ...capabilities, cache: { system: true, messages: true, tools: true } }

const pdf = Buffer.from("%PDF-1.7")

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

describe("a request", () => {
  it("contains text, system prompts separately, and always a token limit", () => {
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

  it("has no blank text and no empty messages", () => {
    const { messages, system } = request([
      { role: "system", content: " \n" },
      { role: "user", content: [{ type: "text", text: "Hi" }, { type: "text", text: "  " }] },
      { role: "assistant", content: "\n\n" },
      { role: "user", content: "there" }
    ])
    assert.isUndefined(system)
    assert.deepStrictEqual(messages, [{ role: "user", content: [{ text: "Hi" }, { text: "there" }] }])
  })

  it("is rejected without any content", () => {
    assert.include(refusal("  "), "no text")
  })

  it("has adjacent messages of the same role merged, with tool results first", () => {
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

  it("is rejected if its last message has only documents; earlier documents get their name as text", () => {
    const file = { type: "file", mediaType: "application/pdf", fileName: "q3.pdf", data: pdf } as const
    const attached = { role: "user", content: [file] } as const
    assert.include(refusal([attached]), "say what to do")
    const answer = { role: "assistant", content: "What about it?" } as const
    const [first] = request([attached, answer, { role: "user", content: "Sum it up." }]).messages ?? []
    assert.strictEqual(first?.content?.[0]?.document?.format, "pdf")
    assert.deepStrictEqual(first?.content?.[1] as unknown, { text: "(Attached: q3.)" })
    const { messages } = request([{ role: "user", content: [file, { type: "text", text: "Sum it up." }] }])
    assert.strictEqual(messages?.[0]?.content?.length, 2)
    assert.deepStrictEqual(toolContent([file])?.[1] as unknown, { text: "(Attached: q3.)" })
  })

  it("replaces files from the assistant with a line of text", () => {
    const { messages } = request([
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "file", mediaType: "image/png", data: png() }] }
    ])
    assert.include(messages?.[1]?.content?.[0]?.text, "left out")
  })

  it("omits calls that the provider ran itself, and their results", () => {
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

  it("contains additional model request fields unchanged", () => {
    const thinking = { thinking: { type: "enabled", budget_tokens: 1024 }, top_k: 5 }
    assert.deepStrictEqual(
      request("hi", { additionalModelRequestFields: thinking, maxTokens: 1025 }).additionalModelRequestFields,
      thinking
    )
  })

  it("has a thinking budget of its own fields below the token limit, or none if that leaves no room", () => {
    const fields = (maxTokens: number, budget_tokens: number) =>
      request("hi", {
        maxTokens,
        additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens }, top_k: 5 }
      }).additionalModelRequestFields
    assert.deepStrictEqual(fields(32_000, 32_000), { thinking: { type: "enabled", budget_tokens: 27_904 }, top_k: 5 })
    assert.deepStrictEqual(fields(2048, 64_000), { thinking: { type: "enabled", budget_tokens: 1024 }, top_k: 5 })
    assert.deepStrictEqual(fields(1024, 1024), { top_k: 5 })
  })

  it("forces no tool call if its own fields make the model think", () => {
    const choice = (thinking: object) =>
      request("hi", { tools: [readFile], toolChoice: "required", additionalModelRequestFields: { thinking } })
        .toolConfig?.toolChoice
    assert.isUndefined(choice({ type: "adaptive" }))
    assert.deepStrictEqual(choice({ type: "disabled" }), { any: {} })
    // Without room for thinking, the call can be forced.
    assert.deepStrictEqual(choice({ type: "enabled", budget_tokens: 4096 }), { any: {} })
  })
})

const modelId = "us.anthropic.claude-sonnet-4-6-v1"

/** The reasoning that is sent, in a turn that has ended or not. */
const turn = (options: object, { text = "Let me think.", after = [] as ReadonlyArray<Prompt.MessageEncoded> } = {}) =>
  request([
    { role: "user", content: "hi" },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text, options: { [key]: options } as never },
        { type: "text", text: "Yes." }
      ]
    },
    ...after
  ]).messages?.[1]?.content?.slice(0, -1)
const ended = { after: [{ role: "user", content: "and now?" }] as const }

describe("reasoning", () => {
  const signed = [{ reasoningContent: { reasoningText: { text: "Let me think.", signature: "sig==" } } }]

  it("is sent back unchanged, with its signature", () => {
    assert.deepStrictEqual(turn({ signature: "sig==", model: modelId }, ended), signed)
  })

  it("is sent back as the original bytes if it is redacted", () => {
    assert.deepStrictEqual(turn({ redactedContent: "AQID", model: modelId }, ended), [
      { reasoningContent: { redactedContent: new Uint8Array([1, 2, 3]) } }
    ])
  })

  it("is sent back with empty text if it is signed", () => {
    assert.deepStrictEqual(turn({ signature: "s", model: modelId }, { text: "" }), [
      { reasoningContent: { reasoningText: { text: "", signature: "s" } } }
    ])
  })

  it("is omitted if another model generated it", () => {
    for (const data of [{ signature: "sig==" }, { redactedContent: "AQID" }]) {
      assert.deepStrictEqual(turn({ ...data, model: "us.amazon.nova-pro-v1:0" }), [])
    }
  })

  it("is sent back only within its turn if its model is unknown", () => {
    assert.deepStrictEqual(turn({ signature: "sig==" }), signed)
    assert.deepStrictEqual(turn({ signature: "sig==" }, ended), [])
    assert.deepStrictEqual(turn({ redactedContent: "AQID" }, ended), [])
  })

  it("is omitted if the service would refuse it: unsigned, changed, not decodable, or last", () => {
    assert.deepStrictEqual(turn({ model: modelId }), [])
    assert.deepStrictEqual(turn({ signature: "sig==", model: modelId }, { text: "half \ud83d" }), [])
    assert.deepStrictEqual(turn({ redactedContent: "%%%", model: modelId }), [])
    const { messages } = request([
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: [{ type: "reasoning", text: "Hm.", options: { [key]: { signature: "s", model: modelId } } }]
      },
      { role: "user", content: "Well?" }
    ])
    assert.deepStrictEqual(messages, [{ role: "user", content: [{ text: "hi" }, { text: "Well?" }] }])
  })
})

describe("tool results", () => {
  it("are sent as text, or as JSON if they are objects", () => {
    assert.deepStrictEqual(toolContent("hello"), [{ text: "hello" }])
    assert.deepStrictEqual(toolContent({ a: 1, b: undefined, at: new Date(0) }), [
      { json: { a: 1, at: "1970-01-01T00:00:00.000Z" } }
    ])
  })

  it("are sent as JSON text if they are neither text nor objects", () => {
    assert.deepStrictEqual(toolContent([1, 2]), [{ text: "[1,2]" }])
    assert.deepStrictEqual(toolContent(42), [{ text: "42" }])
  })

  it("contain a placeholder if they are blank", () => {
    for (const value of ["", "  ", null, undefined]) {
      assert.deepStrictEqual(toolContent(value), [{ text: "(no output)" }])
    }
  })

  it("can contain text and images", () => {
    assert.deepStrictEqual(
      toolContent([{ type: "text", text: "A picture" }, { type: "file", mediaType: "image/jpeg", data: png() }]),
      [{ text: "A picture" }, { image: { format: "png", source: { bytes: png() } } }]
    )
  })

  it("are marked as errors if they are failures", () => {
    const { messages } = request([
      { role: "user", content: "go" },
      { role: "assistant", content: [call] },
      result("no such file", true)
    ])
    assert.strictEqual(messages?.[2]?.content?.[0]?.toolResult?.status, "error")
  })

  it("are rejected if they can't be converted to JSON", () => {
    const cyclic: Record<string, unknown> = {}
    cyclic["self"] = cyclic
    assert.include(
      refusal([{ role: "user", content: "go" }, { role: "assistant", content: [call] }, result(cyclic)]),
      "JSON"
    )
  })

  it("keep matching their calls if another provider's IDs are invalid in Bedrock", () => {
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

describe("tool calls and results", () => {
  const calls = (...ids: ReadonlyArray<string>) => ({
    role: "assistant" as const,
    content: ids.map((id) => ({ ...call, id }))
  })
  const results = (...given: ReadonlyArray<readonly [id: string, result: string]>) => ({
    role: "tool" as const,
    content: given.map(([id, value]) => ({ ...result(value).content[0]!, id }))
  })
  const go = { role: "user" as const, content: "go" }
  const answers = (...prompt: ReadonlyArray<Prompt.MessageEncoded>) =>
    (request([go, ...prompt]).messages ?? []).flatMap(({ content }) =>
      content!.flatMap(({ toolResult }) =>
        toolResult === undefined ? [] : [[toolResult.toolUseId, toolResult.content![0]!.text]]
      )
    )

  it("have unique IDs in the whole conversation, the model's own if valid", () => {
    assert.deepStrictEqual(
      answers(
        calls("f:0", "f:0", ""),
        results(["f:0", "a"], ["f:0", "b"], ["", "c"]),
        calls("f:0", "f:0-1"),
        results(["f:0-1", "e"], ["f:0", "d"])
      ),
      [["f:0", "a"], ["f:0-1", "b"], ["call-1", "c"], ["f:0-1-1", "e"], ["f:0-2", "d"]]
    )
  })

  it("keep their IDs as the conversation continues", () => {
    const start = [calls("x", "x"), results(["x", "a"], ["x", "b"])]
    const before = answers(...start)
    assert.deepStrictEqual(answers(...start, calls("x", "x-1"), results(["x", "c"], ["x-1", "d"])).slice(0, 2), before)
  })

  it("get a placeholder for a missing result, and become text if the call is missing", () => {
    const { messages } = request([
      go,
      calls("a", "b"),
      results(["b", "did b"], ["other", "did other"]),
      { role: "assistant", content: "So?" },
      results(["a", "late"]),
      calls("c")
    ])
    assert.deepStrictEqual(messages?.map(({ role }) => role), [
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
      "user"
    ])
    const interrupted = (toolUseId: string) => ({
      toolResult: { toolUseId, content: [{ text: "This call has no result: it was interrupted." }], status: "error" }
    })
    assert.deepStrictEqual(messages?.[2]?.content as unknown, [
      { toolResult: { toolUseId: "b", content: [{ text: "did b" }] } },
      interrupted("a"),
      { text: "(The result of an earlier tool call follows.)" },
      { text: "did other" }
    ])
    assert.deepStrictEqual(messages?.[4]?.content?.at(-1) as unknown, { text: "late" })
    assert.deepStrictEqual(messages?.[6]?.content as unknown, [interrupted("c")])
  })

  it("follow a user message", () => {
    const { messages } = request([{ role: "assistant", content: "Hello" }, go])
    assert.deepStrictEqual(messages?.map(({ role }) => role), ["user", "assistant", "user"])
  })
})

describe("attachments", () => {
  const file = (name: string, data: Uint8Array) => ({
    type: "file" as const,
    mediaType: "image/png",
    fileName: name,
    data
  })
  const all = (options?: Partial<Omit<Input, "prompt">>) => {
    const pictures = Array.from({ length: 15 }, (_, n) => file(`${n}.png`, png(n + 1, 1)))
    const documents = Array.from({ length: 4 }, (_, n) => file(`report ${n}.pdf`, pdf))
    const { messages } = request([
      { role: "user", content: [...pictures, ...documents] },
      { role: "assistant", content: [call] },
      result([...pictures, ...documents])
    ], options)
    const [first, , last] = messages ?? []
    return [...first?.content ?? [], ...last?.content?.[0]?.toolResult?.content ?? []]
  }

  it("are the newest 20 images and 5 documents in the request; older ones are replaced with a line of text", () => {
    const blocks = all()
    const places = (kind: "image" | "document") =>
      blocks.flatMap((block, index) => block[kind] === undefined ? [] : [index])
    assert.deepStrictEqual(places("image"), [10, 11, 12, 13, 14, ...Array.from({ length: 15 }, (_, n) => 19 + n)])
    assert.deepStrictEqual(places("document"), [18, 34, 35, 36, 37])
    assert.include(blocks[0]?.text, "An image was left out of this request: a request can have at most 20 images")
    assert.include(
      blocks[15]?.text,
      "The document \"report 0\" was left out of this request: a request can have at most 5"
    )
    assert.deepStrictEqual(
      blocks.slice(34, 38).map(({ document }) => document?.name),
      [0, 1, 2, 3].map((n) => `report ${n} (2)`)
    )
  })

  it("are omitted for a model that accepts none", () => {
    const blocks = all({ capabilities: { ...capabilities, input: { image: false, document: false } } })
    assert.isTrue(blocks.every(({ text }) => text !== undefined))
    assert.include(blocks[0]?.text, "this model does not accept images")
  })
})

describe("text", () => {
  it("is made well-formed Unicode everywhere, and is otherwise unchanged", () => {
    const half = "half \ud83d and 😀"
    const { messages, system, toolConfig } = request(
      [
        { role: "system", content: half },
        {
          role: "user",
          content: [{ type: "text", text: half }, {
            type: "file",
            mediaType: "text/plain",
            fileName: half,
            data: "AQID"
          }]
        },
        { role: "assistant", content: [{ ...call, params: { [half]: [half] } }] },
        result({ [half]: half })
      ],
      { tools: [Tool.make("look", { description: half })], toolChoice: "auto" }
    )
    const whole = "half \uFFFD and 😀"
    assert.strictEqual(system?.[0]?.text, whole)
    assert.deepStrictEqual(messages?.[0]?.content?.[1]?.document?.source?.bytes, new Uint8Array([1, 2, 3]))
    assert.deepStrictEqual(messages?.[1]?.content?.[0]?.toolUse?.input as unknown, { [whole]: [whole] })
    assert.deepStrictEqual(messages?.[2]?.content?.[0]?.toolResult?.content?.[0]?.json as unknown, { [whole]: whole })
    assert.strictEqual(toolConfig?.tools?.[0]?.toolSpec?.description, whole)
  })
})

const tools = [readFile, now]
const choice = (toolChoice: Input["toolChoice"]) => request("hi", { tools, toolChoice }).toolConfig?.toolChoice

describe("tools", () => {
  it("are sent with their JSON schema, which is an object even without parameters", () => {
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

  it("have the caller's tool choice", () => {
    assert.isUndefined(choice("auto"))
    assert.deepStrictEqual(choice("required"), { any: {} })
    assert.deepStrictEqual(choice({ tool: "now" }), { tool: { name: "now" } })
    assert.deepStrictEqual(choice({ mode: "required", oneOf: ["now"] }), { any: {} })
    assert.isUndefined(choice({ oneOf: ["now"] }))
  })

  it("are not sent if none may be used", () => {
    assert.isUndefined(request("hi", { tools, toolChoice: "none" }).toolConfig)
  })

  const history: Prompt.RawInput = [
    { role: "user", content: "go" },
    { role: "assistant", content: [call] },
    result("x")
  ]

  it("are sent without a choice if none may be used but earlier turns used some", () => {
    const { toolConfig } = request(history, { tools, toolChoice: "none" })
    assert.deepStrictEqual(toolConfig?.tools?.map((tool) => tool.toolSpec?.name), ["read_file", "now"])
    assert.isUndefined(toolConfig?.toolChoice)
  })

  it("are placeholders if earlier turns used some and there are none now", () => {
    assert.deepStrictEqual(
      request(history).toolConfig?.tools?.map((tool) => tool.toolSpec?.name),
      ["read_file"]
    )
  })

  it("are rejected if Bedrock refuses their name", () => {
    assert.include(refusal("hi", { tools: [Tool.make("files.read")], toolChoice: "auto" }), "files.read")
  })

  it("have a valid name in earlier calls, whatever the model called them", () => {
    const names = ["a b", "a.b", "x".repeat(65), `${"x".repeat(65)}y`, ""]
    const { messages, toolConfig } = request([
      { role: "user", content: "go" },
      { role: "assistant", content: names.map((name, index) => ({ ...call, id: `t${index}`, name })) }
    ])
    const sent = messages?.[1]?.content?.map(({ toolUse }) => toolUse?.name ?? "") ?? []
    for (const name of sent) assert.match(name, /^[a-zA-Z0-9_-]{1,64}$/)
    assert.strictEqual(new Set(sent).size, names.length)
    assert.sameMembers(toolConfig?.tools?.map((tool) => tool.toolSpec?.name ?? "") ?? [], sent)
  })
})

describe("a structured answer", () => {
  const Contact = Schema.Struct({ name: Schema.String }).annotations({ description: "A person" })

  it("is requested with a tool that must be called", () => {
    const { toolConfig } = request("hi", { responseFormat: { type: "json", objectName: "a contact", schema: Contact } })
    assert.deepStrictEqual(toolConfig?.toolChoice, { tool: { name: "a_contact" } })
    assert.strictEqual(toolConfig?.tools?.[0]?.toolSpec?.description, "A person")
  })

  it("has an object schema even for a union", () => {
    const schema = Schema.Union(Schema.Struct({ a: Schema.String }), Schema.Struct({ b: Schema.Number }))
    const { toolConfig } = request("hi", { responseFormat: { type: "json", objectName: "either", schema } })
    const json = toolConfig?.tools?.[0]?.toolSpec?.inputSchema?.json as Record<string, unknown>
    assert.strictEqual(json["type"], "object")
    assert.deepStrictEqual(json["required"], ["value"])
  })
})

describe("cache points", () => {
  const cachePoint = { cachePoint: { type: "default" } }

  it("follow the system prompt, the tools and the last user message if the model supports them", () => {
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

  it("are never sent alone", () => {
    const { system, toolConfig } = request([{ role: "system", content: " " }, { role: "user", content: "hi" }], {
      capabilities: caching
    })
    assert.isUndefined(system)
    assert.isUndefined(toolConfig)
  })
})

describe("a request for any prompt", () => {
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
    "has no blank text, alternating roles, non-empty messages and at most four cache points",
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
