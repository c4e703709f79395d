import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { gif, jpeg, png, webp } from "../../../../test/pictures.ts"
import * as BedrockLanguageModel from "../../src/BedrockLanguageModel.ts"
import { key } from "../../src/internal/protocol/key.ts"
import { client, noRetries } from "./fixture.ts"

const wire = "us.anthropic.claude-sonnet-4-6-v1"

/** Pieces of text, including both halves of a surrogate pair. */
const text = FastCheck.array(FastCheck.constantFrom("a", " ", "\n", "\u001f", "😀", "\ud83d", "\ude00", "日本"), {
  maxLength: 5
}).map((pieces) => pieces.join(""))

const id = FastCheck.constantFrom(
  "",
  "",
  "t1",
  "t1",
  "t1",
  "t1",
  "call_0",
  "call_0-1",
  "functions.read:0",
  "call|1/ä",
  "x".repeat(200)
)
const name = FastCheck.constantFrom("read", "read", "a.b", "", "x".repeat(70))

const pdf = Buffer.from("%PDF-1.7")
const large = { png: png(1, 1, 3_750_000), wide: png(8001, 1), pdf: Buffer.concat([pdf, Buffer.alloc(4_500_000)]) }
const data = FastCheck.oneof(
  { weight: 4, arbitrary: FastCheck.constantFrom<string | Uint8Array | URL>(png(), jpeg, gif, webp, pdf, "dGV4dA==") },
  {
    weight: 1,
    arbitrary: FastCheck.constantFrom<string | Uint8Array | URL>(
      png().subarray(0, 40),
      jpeg.subarray(0, -1),
      gif.subarray(0, 30),
      webp.subarray(0, -2),
      new Uint8Array(),
      "%%%",
      new URL("https://example.com/a.png")
    )
  },
  { weight: 1, arbitrary: FastCheck.constantFrom<string | Uint8Array | URL>(large.png, large.wide, large.pdf) }
)
const file = FastCheck.record({
  type: FastCheck.constant("file" as const),
  mediaType: FastCheck.constantFrom(
    "image/png",
    "image/jpeg",
    "application/pdf",
    "text/plain",
    "text/csv",
    "video/mp4"
  ),
  fileName: FastCheck.option(text, { nil: undefined }),
  data
})
const textPart = FastCheck.record({ type: FastCheck.constant("text" as const), text })
/** Sometimes more files than a request may contain. */
const files = FastCheck.oneof(
  FastCheck.array(file, { maxLength: 3 }),
  FastCheck.array(file, { minLength: 8, maxLength: 12 }),
  FastCheck.tuple(FastCheck.constantFrom(png(), jpeg), FastCheck.integer({ min: 19, max: 25 })).map(([data, count]) =>
    Array.from({ length: count }, () => ({ type: "file" as const, mediaType: "image/png", data }))
  )
)

const reasoning = FastCheck.record({
  type: FastCheck.constant("reasoning" as const),
  text,
  options: FastCheck.constantFrom(
    {},
    { [key]: { signature: "s" } },
    { [key]: { signature: "s", model: wire } },
    { [key]: { redactedContent: "AQID", model: wire } },
    { [key]: { signature: "s", model: "us.amazon.nova-pro-v1:0" } }
  )
})
const call = FastCheck.record({
  type: FastCheck.constant("tool-call" as const),
  id,
  name,
  params: FastCheck.oneof(FastCheck.jsonValue(), FastCheck.dictionary(text, text)),
  providerExecuted: FastCheck.constantFrom(false, false, false, true)
})
const result = FastCheck.record({
  type: FastCheck.constant("tool-result" as const),
  id,
  name,
  isFailure: FastCheck.boolean(),
  providerExecuted: FastCheck.constant(false),
  result: FastCheck.oneof(
    text,
    FastCheck.jsonValue(),
    FastCheck.dictionary(text, text),
    FastCheck.array(FastCheck.oneof(textPart, file), { maxLength: 8 })
  )
})

const messages = FastCheck.array(
  FastCheck.oneof(
    text.map((content) => ({ role: "system" as const, content })),
    FastCheck.tuple(FastCheck.array(textPart, { maxLength: 2 }), files).map(([texts, files]) => ({
      role: "user" as const,
      content: [...files, ...texts]
    })),
    FastCheck.array(FastCheck.oneof(textPart, reasoning, call, call, call, file), { maxLength: 6 }).map((content) => ({
      role: "assistant" as const,
      content
    })),
    FastCheck.array(result, { maxLength: 4 }).map((content) => ({ role: "tool" as const, content }))
  ),
  { maxLength: 8 }
)

const keywords = [
  "type",
  "properties",
  "required",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "enum",
  "items",
  "$ref",
  "$defs",
  "additionalProperties",
  "minimum",
  "exclusiveMinimum",
  "description",
  "x-own",
  "nullable"
]
const { parameters } = FastCheck.letrec<{ schema: unknown; value: unknown; parameters: unknown }>((tie) => ({
  value: FastCheck.oneof(
    { depthSize: "small", withCrossShrink: true },
    FastCheck.constantFrom<unknown>(
      "object",
      "string",
      "text",
      true,
      false,
      null,
      1,
      "#",
      "#/$defs/a",
      "https://a.b/c",
      "\ud83d"
    ),
    FastCheck.array(FastCheck.constantFrom("a", "$top", "string", 1)),
    FastCheck.array(tie("schema"), { maxLength: 3 }),
    FastCheck.dictionary(FastCheck.constantFrom("a", "b", "$top", "x".repeat(65), "\ud83d"), tie("schema"), {
      maxKeys: 3
    }),
    tie("schema")
  ),
  parameters: FastCheck.dictionary(FastCheck.constantFrom(...keywords), tie("value"), { maxKeys: 5 }),
  schema: FastCheck.oneof(
    { depthSize: "small", withCrossShrink: true },
    FastCheck.constantFrom<unknown>(true, false, {}, null, [], "object"),
    tie("parameters")
  )
}))

const tools = FastCheck.array(FastCheck.tuple(text, parameters), { maxLength: 3 }).map((specs) =>
  Toolkit.make(
    ...specs.map(([description, jsonSchema], index) =>
      Tool.make(`tool_${index}`, { description })
        .setParameters(Schema.Unknown.annotations({ jsonSchema: jsonSchema as object }) as never)
    )
  )
)

describe("a request with any history", () => {
  it.scopedLive(
    "passes the checks of Bedrock and Claude",
    () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({})
        const layer = BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(
          Layer.provide(client(sandbox.url, { retry: noRetries }))
        )
        const runtime = yield* Effect.provide(Effect.runtime<LanguageModel.LanguageModel>(), layer)
        const ask = (content: Prompt.RawInput, toolkit: Toolkit.Any) =>
          LanguageModel.generateText({
            prompt: Prompt.make(content),
            toolkit: { tools: toolkit.tools, handle: () => Effect.dieMessage("nothing is called") } as never,
            disableToolCallResolution: true
          })
        const { runPromise } = yield* Effect.sync(() => ({
          runPromise: <A, E>(effect: Effect.Effect<A, E, LanguageModel.LanguageModel>) =>
            Effect.runPromise(Effect.provide(effect, runtime))
        }))
        yield* Effect.promise(() =>
          FastCheck.assert(
            FastCheck.asyncProperty(messages, tools, async (messages, toolkit) => {
              const answer = await runPromise(Effect.either(ask(messages as never, toolkit)))
              if (Either.isLeft(answer)) {
                assert.match(
                  answer.left.message,
                  /no text and no file|say what to do with it|must end with a user message/
                )
              }
            }),
            { numRuns: 75 }
          )
        )
      })
  )
})
