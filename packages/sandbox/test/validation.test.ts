import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "../src/Sandbox.ts"
import { converse, converseStream, hello, nova, send } from "./wire.ts"

const text = (text: string) => ({ text })
const user = (...content: ReadonlyArray<object>) => ({ role: "user", content })
const assistant = (...content: ReadonlyArray<object>) => ({ role: "assistant", content })
const call = (toolUseId: string, name = "read") => ({ toolUse: { toolUseId, name, input: {} } })
const result = (toolUseId: string) => ({ toolResult: { toolUseId, content: [text("done")] } })
const document = (name: string, format = "pdf") => ({ document: { name, format, source: { bytes: "AA==" } } })
const image = (format: string) => ({ image: { format, source: { bytes: "AA==" } } })
const tool = (name: string) => ({ toolSpec: { name, inputSchema: { json: { type: "object" } } } })
const tools = { tools: [tool("read")] }

const constraint = (path: string, value: string, problem: string) =>
  `Value '${value}' at '${path}' failed to satisfy constraint: ${problem}`
const one = (...problem: Parameters<typeof constraint>) => `1 validation error detected: ${constraint(...problem)}`

const refusalOf = (base: string, path: string) =>
  Effect.map(send(base, { path, body: "" }), ({ headers }) => String(headers["x-amzn-errortype"]).split(":")[0])

const accepted: ReadonlyArray<readonly [string, object]> = [
  ["a greeting", hello],
  ["two user messages in a row", { messages: [user(text("a")), user(text("b"))] }],
  ["a tool call with its result", {
    messages: [user(text("a")), assistant(call("t-1.a:b"), call("t2")), user(result("t2"), result("t-1.a:b"))],
    toolConfig: tools
  }],
  ["a server tool's call with its result in the assistant's message", {
    messages: [
      user(text("a")),
      assistant(
        { toolUse: { toolUseId: "s1", name: "web_search", input: {}, type: "server_tool_use" } },
        { toolResult: { toolUseId: "s1", content: [text("found")], type: "server_tool_result" } },
        text("b")
      ),
      user(text("c"))
    ],
    toolConfig: tools
  }],
  ["images, documents and cache points", {
    messages: [user(text("a"), image("webp"), document("My file [1] (x-y)"), { cachePoint: { type: "default" } })],
    system: [text("Be brief."), { cachePoint: { type: "default" } }],
    toolConfig: { tools: [tool("read"), { cachePoint: { type: "default" } }] }
  }],
  ["boundary values", { ...hello, inferenceConfig: { maxTokens: 1, temperature: 1, topP: 0 } }],
  ["null for absent members", { ...hello, system: null, toolConfig: null, inferenceConfig: { maxTokens: null } }],
  ["unknown members", {
    ...hello,
    additionalModelRequestFields: { thinking: {} },
    requestMetadata: { a: "b" }
  }]
]

const refused: ReadonlyArray<readonly [string, object | string, string, string?]> = [
  ["a body that is not JSON", "{\"messages\":", "The request body is not valid JSON.", "SerializationException"],
  ["no body", "", "The request body is not valid JSON.", "SerializationException"],
  [
    "no messages",
    {},
    "The request body is missing a member or has one of the wrong type at 'messages'.",
    "SerializationException"
  ],
  [
    "content that is a string",
    { messages: [{ role: "user", content: "hi" }] },
    "The request body is missing a member or has one of the wrong type at 'messages.0.content'.",
    "SerializationException"
  ],
  [
    "an empty conversation",
    { messages: [] },
    "A conversation must start with a user message. Try again with a conversation that starts with a user message."
  ],
  [
    "a conversation that the assistant starts",
    { messages: [assistant(text("a")), user(text("b"))] },
    "A conversation must start with a user message. Try again with a conversation that starts with a user message."
  ],
  [
    "an unknown role",
    { messages: [user(text("a")), { role: "system", content: [text("b")] }] },
    one("messages.2.member.role", "system", "Member must satisfy enum value set: [user, assistant]")
  ],
  [
    "a message without content",
    { messages: [user(text("a")), assistant()] },
    "The content field in the Message object at messages.1 is empty. Add a ContentBlock object to the content field and try again."
  ],
  [
    "an empty text",
    { messages: [user(text(""))] },
    "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again."
  ],
  [
    "a blank text",
    { messages: [user(text("a")), assistant(text("b"), text(" \n"))] },
    "The text field in the ContentBlock object at messages.1.content.1 is blank. Add text to the text field, and try again."
  ],
  [
    "a blank system text",
    { ...hello, system: [text("a"), text(" ")] },
    "The text field in the SystemContentBlock object at system.1 is blank. Add text to the text field, and try again."
  ],
  [
    "maxTokens of 0",
    { ...hello, inferenceConfig: { maxTokens: 0 } },
    one("inferenceConfig.maxTokens", "0", "Member must have value greater than or equal to 1")
  ],
  [
    "a temperature above 1",
    { ...hello, inferenceConfig: { temperature: 1.5 } },
    one("inferenceConfig.temperature", "1.5", "Member must have value less than or equal to 1")
  ],
  [
    "an unknown image format",
    { messages: [user(text("a"), image("bmp"))] },
    one(
      "messages.1.member.content.2.member.image.format",
      "bmp",
      "Member must satisfy enum value set: [png, jpeg, gif, webp]"
    )
  ],
  [
    "an unknown document format",
    { messages: [user(text("a"), document("a", "rtf"))] },
    one(
      "messages.1.member.content.2.member.document.format",
      "rtf",
      "Member must satisfy enum value set: [pdf, csv, doc, docx, xls, xlsx, html, txt, md]"
    )
  ],
  [
    "an image format in a tool's result",
    {
      messages: [
        user(text("a")),
        assistant(call("t")),
        user({ toolResult: { toolUseId: "t", content: [image("tiff")] } })
      ],
      toolConfig: tools
    },
    one(
      "messages.3.member.content.1.member.toolResult.content.1.member.image.format",
      "tiff",
      "Member must satisfy enum value set: [png, jpeg, gif, webp]"
    )
  ],
  ["a document alone", { messages: [user(document("a"))] }, "A text block must be included when using documents."],
  [
    "a tool's name with a dot",
    { ...hello, toolConfig: { tools: [tool("read"), tool("fs.read")] } },
    one(
      "toolConfig.tools.2.member.toolSpec.name",
      "fs.read",
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
    )
  ],
  [
    "a tool's name of 65 characters",
    { ...hello, toolConfig: { tools: [tool("x".repeat(65))] } },
    one("toolConfig.tools.1.member.toolSpec.name", "x".repeat(65), "Member must have length less than or equal to 64")
  ],
  [
    "an empty tool name in the history",
    {
      messages: [user(text("a")), assistant(call("t", "")), user(result("t"))],
      toolConfig: tools
    },
    `2 validation errors detected: ${
      constraint(
        "messages.2.member.content.1.member.toolUse.name",
        "",
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
      )
    }; ${
      constraint(
        "messages.2.member.content.1.member.toolUse.name",
        "",
        "Member must have length greater than or equal to 1"
      )
    }`
  ],
  [
    "an ID of a tool call with a space",
    {
      messages: [user(text("a")), assistant(call("t 1")), user(result("t"))],
      toolConfig: tools
    },
    one(
      "messages.2.member.content.1.member.toolUse.toolUseId",
      "t 1",
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    )
  ],
  [
    "an ID of a tool result with a slash",
    {
      messages: [user(text("a")), assistant(call("t")), user(result("t/1"))],
      toolConfig: tools
    },
    one(
      "messages.3.member.content.1.member.toolResult.toolUseId",
      "t/1",
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    )
  ],
  [
    "tool blocks without tools",
    { messages: [user(text("a")), assistant(call("t")), user(result("t"))] },
    "The toolConfig field must be defined when using toolUse and toolResult content blocks."
  ],
  ["a tool call without its result", {
    messages: [user(text("a")), assistant(call("t1"), call("t2")), user(result("t1"))],
    toolConfig: tools
  }, "Expected toolResult blocks at messages.2.content for the following Ids: t2"],
  [
    "a tool call that ends the conversation",
    { messages: [user(text("a")), assistant(call("t1"))], toolConfig: tools },
    "Expected toolResult blocks at messages.2.content for the following Ids: t1"
  ],
  ["a tool result that is one message too late", {
    messages: [user(text("a")), assistant(call("t1")), user(text("b")), user(result("t1"))],
    toolConfig: tools
  }, "Expected toolResult blocks at messages.2.content for the following Ids: t1"],
  ["a tool result without its call", {
    messages: [user(text("a")), assistant(text("b")), user(result("t1"))],
    toolConfig: tools
  }, "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn."],
  ["an extra tool result", {
    messages: [user(text("a")), assistant(call("t1")), user(result("t1"), result("t2"))],
    toolConfig: tools
  }, "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn."],
  ["the same tool result twice", {
    messages: [user(text("a")), assistant(call("t1")), user(result("t1"), result("t1"))],
    toolConfig: tools
  }, "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn."],
  ["a duplicate tool result instead of another one", {
    messages: [user(text("a")), assistant(call("t1"), call("t2")), user(result("t1"), result("t1"))],
    toolConfig: tools
  }, "Expected toolResult blocks at messages.2.content for the following Ids: t2"],
  ...["a.pdf", "a  b", "é", "x".repeat(201), ""].map((name) =>
    [
      `a document named ${JSON.stringify(name).slice(0, 12)}`,
      { messages: [user(text("a"), document(name))] },
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request."
    ] as const
  )
]

const claude = "us.anthropic.claude-sonnet-4-6-v1"

/** A PNG of a single gray pixel. */
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const bytesOf = (format: string, bytes: string | number) => ({
  image: { format, source: { bytes: typeof bytes === "string" ? bytes : Buffer.alloc(bytes).toString("base64") } }
})
const times = <A>(count: number, make: (index: number) => A) => Array.from({ length: count }, (_, index) => make(index))
const schema = (json: unknown) => ({
  ...hello,
  toolConfig: { tools: [{ toolSpec: { name: "read", inputSchema: { json } } }] }
})

/** Refused because of the whole request, or only by Claude; the text is part of the error. */
const beyond: ReadonlyArray<readonly [what: string, who: "all" | "claude", body: object, words: string]> = [
  ["half of a character", "all", { messages: [user(text("a \ud83d"))] }, "low surrogate"],
  ["half of a character in a name", "all", schema({ type: "object", "\ud83d": 1 }), "low surrogate"],
  ["21 images", "all", { messages: [user(text("a"), ...times(21, () => bytesOf("png", pixel)))] }, "At most 20"],
  ["an image that is too large", "all", { messages: [user(text("a"), bytesOf("png", 3_750_001))] }, "3.75 MB"],
  ["6 documents", "all", { messages: [user(text("a"), ...times(6, (n) => document(`a ${n}`)))] }, "At most 5"],
  [
    "two documents with the same name",
    "all",
    { messages: [user(text("a"), document("a"), document("a"))] },
    "must be unique"
  ],
  [
    "two tools with the same name",
    "all",
    { ...hello, toolConfig: { tools: [tool("a"), tool("a")] } },
    "already defined"
  ],
  [
    "five cache points",
    "all",
    { messages: [user(text("a"), ...times(5, () => ({ cachePoint: { type: "default" } })))] },
    "maximum of 4"
  ],
  [
    "two calls of an answer with the same ID",
    "all",
    { messages: [user(text("a")), assistant(call("t"), call("t")), user(result("t"), result("t"))], toolConfig: tools },
    "duplicate Ids"
  ],
  [
    "calls of two answers with the same ID",
    "claude",
    {
      messages: [user(text("a")), assistant(call("t")), user(result("t")), assistant(call("t")), user(result("t"))],
      toolConfig: tools
    },
    "`tool_use` ids must be unique"
  ],
  [
    "an image that is not one",
    "claude",
    { messages: [user(text("a"), bytesOf("png", 40))] },
    "Could not process image"
  ],
  [
    "a truncated image",
    "claude",
    { messages: [user(text("a"), bytesOf("png", pixel.slice(0, 80)))] },
    "Could not process image"
  ],
  [
    "an image of another format",
    "claude",
    { messages: [user(text("a"), bytesOf("gif", pixel))] },
    "appears to be a image/png"
  ],
  ["a combinator at the top of a schema", "claude", schema({ type: "object", anyOf: [{}] }), "at the top level"],
  ["a schema without a type", "claude", schema({}), "input_schema.type"],
  ["a parameter with a dollar sign", "claude", schema({ type: "object", properties: { $top: {} } }), "Property keys"],
  [
    "a schema of an older draft",
    "claude",
    schema({ type: "object", properties: { a: { items: [{}] } } }),
    "draft 2020-12"
  ]
]

layer(Sandbox.layer())("A request", (it) => {
  for (const [what, who, body, words] of beyond) {
    it.effect(`with ${what} is refused by ${who === "all" ? "every model" : "Claude"}`, () =>
      Effect.gen(function*() {
        const { url } = yield* Sandbox.Sandbox
        const refused = yield* send(url, { path: converse(claude), body })
        assert.strictEqual(refused.status, 400)
        assert.include(refused.text, words)
        assert.strictEqual((yield* send(url, { path: converse(nova), body })).status, who === "all" ? 400 : 200)
      }))
  }

  for (const [what, body] of accepted) {
    it.effect(`with ${what} is accepted`, () =>
      Effect.gen(function*() {
        const { url } = yield* Sandbox.Sandbox
        const answer = yield* send(url, { path: converse(nova), body })
        assert.strictEqual(answer.status, 200, answer.text)
      }))
  }
  for (const [what, body, message, name = "ValidationException"] of refused) {
    it.effect(`with ${what} is refused`, () =>
      Effect.gen(function*() {
        const { url } = yield* Sandbox.Sandbox
        for (const path of [converse(nova), converseStream(nova)]) {
          const answer = yield* send(url, { path, body })
          assert.strictEqual(answer.status, 400)
          assert.deepStrictEqual(answer.json, { message })
          assert.strictEqual(
            answer.headers["x-amzn-errortype"],
            `${name}:http://internal.amazon.com/coral/com.amazon.coral.service/`
          )
        }
      }))
  }
})

describe("Refusals", () => {
  it.scoped("are checked in the order route, authorization, model, body", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ auth: {}, models: [] })
      const open = yield* Sandbox.make({ models: [] })
      assert.strictEqual(yield* refusalOf(url, "/x"), "UnknownOperationException")
      assert.strictEqual(yield* refusalOf(url, converse(nova)), "MissingAuthenticationTokenException")
      assert.strictEqual(yield* refusalOf(open.url, converse(nova)), "ValidationException")
    }))
})
