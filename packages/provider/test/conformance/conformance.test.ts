/** Plays answers as Bedrock and its models send them, from public recordings and AWS's documentation. Each file states its source. */
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { readdirSync, readFileSync } from "node:fs"
import { BedrockError } from "../../src/BedrockError.ts"
import * as BedrockLanguageModel from "../../src/BedrockLanguageModel.ts"
import { eventStream, gateway, json } from "../gateway.ts"
import { client, noRetries } from "../protocol/fixture.ts"
import { frame } from "../transport/frame.ts"

const Answer = Schema.Struct({
  source: Schema.NonEmptyString.pipe(Schema.pattern(/https:\/\//)),
  about: Schema.NonEmptyString,
  /** A stream, */
  events: Schema.optional(Schema.Array(Schema.Record({ key: Schema.String, value: Schema.Object }))),
  /** or a complete response. */
  response: Schema.optional(Schema.Object),
  expected: Schema.Record({ key: Schema.String, value: Schema.Unknown })
})

const directory = new URL("answers/", import.meta.url)

const answers = readdirSync(directory).map((name) =>
  [
    name.replace(/\.json$/, ""),
    Schema.decodeUnknownSync(Schema.parseJson(Answer), { onExcessProperty: "error" })(
      readFileSync(new URL(name, directory), "utf8")
    )
  ] as const
)

const toFrame = (event: Readonly<Record<string, object>>): Buffer => {
  const [[type, payload] = ["", {}]] = Object.entries(event)
  if (type !== "exception") return frame(type, payload)
  const exception = payload as { readonly type: string; readonly payload: object }
  return frame(exception.type, exception.payload, "exception")
}

const tools = Toolkit.make(
  Tool.make("read_file", { parameters: { path: Schema.String }, success: Schema.String }),
  Tool.make("now", { success: Schema.String })
)
const handlers = tools.toLayer({ read_file: () => Effect.succeed(""), now: () => Effect.succeed("") })

interface Seen {
  text: string
  reasoning?: string
  calls: Array<object>
  cited: Array<unknown>
  urls: Array<string>
  [name: string]: unknown
}

/** What a caller sees of the answer. */
const play = ({ events, response }: typeof Answer.Type, pieceLength: number) =>
  Effect.gen(function*() {
    const url = yield* gateway((reply) => {
      if (events === undefined) return reply.writeHead(200, json).end(JSON.stringify(response))
      const bytes = Buffer.concat(events.map(toFrame))
      reply.writeHead(200, eventStream)
      for (let at = 0; at < bytes.length; at += pieceLength) reply.write(bytes.subarray(at, at + pieceLength))
      reply.end()
    })
    const seen: Seen = { text: "", calls: [], cited: [], urls: [] }
    const exit = yield* LanguageModel.streamText({
      prompt: "Hi",
      toolkit: tools,
      disableToolCallResolution: true
    }).pipe(
      Stream.runForEach((part) =>
        Effect.sync(() => {
          switch (part.type) {
            case "text-delta":
              seen.text += part.delta
              break
            case "reasoning-start":
              seen.reasoning ??= ""
              break
            case "reasoning-delta":
              seen.reasoning += part.delta
              break
            case "reasoning-end": {
              const { redactedContent, signature } = part.metadata["altimate-code-bedrock"] ?? {}
              if (signature !== undefined) seen["signature"] = signature
              if (redactedContent !== undefined) seen["redacted"] = redactedContent
              break
            }
            case "tool-call":
              seen.calls.push({ name: part.name, params: part.params })
              break
            case "source": {
              const text = part.metadata["altimate-code-bedrock"]?.citedText
              if (text !== undefined) seen.cited.push(text)
              if (part.sourceType === "url") seen.urls.push(part.url.href)
              break
            }
            case "finish": {
              seen["finish"] = part.reason
              const { guardrail, serverTools } = part.metadata["altimate-code-bedrock"] ?? {}
              if (guardrail !== undefined) seen["guardrail"] = guardrail.findings.map(({ what }) => what)
              if (serverTools !== undefined) seen["serverTools"] = serverTools.map(({ name }) => name)
            }
          }
        })
      ),
      Effect.provide(Layer.orDie(BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }))),
      Effect.provide(Layer.orDie(Layer.merge(client(url, { retry: noRetries }), handlers))),
      Effect.exit
    )
    if (Exit.isFailure(exit)) {
      const failure = Option.flatMap(Cause.failureOption(exit.cause), BedrockError.fromAiError)
      seen["error"] = Option.match(failure, { onNone: () => Cause.pretty(exit.cause), onSome: ({ reason }) => reason })
    }
    return seen
  })

describe("an answer of Bedrock", () => {
  for (const [name, answer] of answers) {
    it.scopedLive(`is understood: ${name}`, () =>
      Effect.gen(function*() {
        const expected = { text: "", calls: [], cited: [], urls: [], ...answer.expected }
        // All at once, and in pieces that end inside of frames.
        for (const pieceLength of [1_000_000, 97]) {
          assert.deepStrictEqual(yield* play(answer, pieceLength), expected as never, answer.about)
        }
      }))
  }

  it("is in a file for each exception and stop reason that Bedrock documents", () => {
    const names = answers.map(([name]) => name)
    assert.lengthOf(names.filter((name) => name.startsWith("exception-")), 5)
    assert.isAtLeast(names.filter((name) => name.startsWith("stop-")).length, 9)
  })
})
