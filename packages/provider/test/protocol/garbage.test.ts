import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { mistaken } from "../../../../test/mistaken.ts"
import { BedrockClient } from "../../src/BedrockClient.ts"
import { BedrockError } from "../../src/BedrockError.ts"
import * as BedrockLanguageModel from "../../src/BedrockLanguageModel.ts"
import type { StreamedEvent } from "../../src/StreamedEvent.ts"
import { frame } from "../transport/frame.ts"
import { client, noRetries, request, textOf, token } from "./fixture.ts"

interface Sent {
  readonly type: string
  readonly body: Uint8Array
  /** The sizes of its chunks; the rest is the last chunk. */
  readonly pieces: ReadonlyArray<number>
}

const eventStream = "application/vnd.amazon.eventstream"

/** A gateway that responds to every request with `sent.current`. */
const gateway = Effect.gen(function*() {
  const sent: { current: Sent } = { current: { type: eventStream, body: new Uint8Array(), pieces: [] } }
  const server = yield* Effect.acquireRelease(
    Effect.async<Http.Server>((resume) => {
      const server = Http.createServer((request, response) => {
        request.resume().on("end", async () => {
          const { body, pieces, type } = sent.current
          response.writeHead(200, { "content-type": type })
          let at = 0
          for (const length of pieces) {
            if (at >= body.length) break
            response.write(body.subarray(at, at + length))
            at += length
            await new Promise((resolve) => setImmediate(resolve))
          }
          response.end(body.subarray(at))
        })
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => (server.closeAllConnections(), server.close()))
  )
  return { sent, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
})

const tools = Toolkit.make(Tool.make("weather", { parameters: { city: Schema.String }, success: Schema.String }))

const uncalled = tools.toLayer({ weather: () => Effect.dieMessage("only the agent calls tools") })

const names = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
  "pigeon"
] as const

/** The events of a response with all kinds of blocks. */
const events: ReadonlyArray<readonly [string, object]> = [
  ["messageStart", { role: "assistant" }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { text: "I think." } }, p: "abc" }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { signature: "c2ln" } } }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: "c2VjcmV0" } } }],
  ["contentBlockStop", { contentBlockIndex: 0 }],
  ["contentBlockDelta", { contentBlockIndex: 1, delta: { text: "Hello, " } }],
  ["contentBlockDelta", { contentBlockIndex: 1, delta: { text: "world." } }],
  ["contentBlockStop", { contentBlockIndex: 1 }],
  ["contentBlockStart", { contentBlockIndex: 2, start: { toolUse: { toolUseId: "t1", name: "weather" } } }],
  ["contentBlockDelta", { contentBlockIndex: 2, delta: { toolUse: { input: "{\"city\":" } } }],
  ["contentBlockDelta", { contentBlockIndex: 2, delta: { toolUse: { input: "\"Rome\"}" } } }],
  ["contentBlockStop", { contentBlockIndex: 2 }],
  ["messageStop", { stopReason: "tool_use" }],
  ["metadata", { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 4 } }]
]
const good = events.map(([type, payload]) => frame(type, payload))
const whole = Buffer.concat(good)
/** The length from which the answer is complete. */
const complete = Buffer.concat(good.slice(0, -1)).length

const anyFrame = FastCheck.tuple(FastCheck.constantFrom(...names), FastCheck.jsonValue({ maxDepth: 3 })).map(
  ([type, payload]) => frame(type, payload as object)
)
const wrongFrame = FastCheck.constantFrom(...events).chain(([type, payload]) =>
  FastCheck.tuple(FastCheck.constantFrom(type, type, type, ...names), mistaken(payload, "t1", "weather"))
).map(([type, payload]) => frame(type, payload))
const exceptionFrame = FastCheck.tuple(FastCheck.string(), FastCheck.jsonValue()).map(([message, extra]) =>
  frame("throttlingException", { message, extra }, "exception")
)

/** A valid response in which frames are replaced, missing or repeated. */
const wrongFrames = FastCheck.tuple(
  FastCheck.array(
    FastCheck.tuple(
      FastCheck.nat(events.length),
      FastCheck.nat(2),
      FastCheck.oneof(anyFrame, wrongFrame, exceptionFrame)
    ),
    { minLength: 1, maxLength: 4 }
  )
).map(([changes]) => {
  const frames = [...good]
  for (const [at, removed, put] of changes) frames.splice(at, removed, put)
  return Buffer.concat(frames)
})

const onlyWrong = FastCheck.array(FastCheck.oneof(anyFrame, wrongFrame), { minLength: 1, maxLength: 12 }).map((
  frames
) => Buffer.concat(frames))

const pieces = FastCheck.array(FastCheck.integer({ min: 1, max: 60 }), { maxLength: 12 })

/** The consumers of a response: none may crash or hang. */
const readers = Effect.gen(function*() {
  const { sent, url } = yield* gateway
  const base = client(url, { retry: noRetries, limits: { idle: "20 seconds", firstByte: "20 seconds" } })
  const context = yield* Layer.build(
    BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(Layer.provideMerge(base))
  )
  const bounded = <A, E>(
    reading: Effect.Effect<A, E, BedrockClient | LanguageModel.LanguageModel | Tool.Handler<"weather">>
  ) =>
    reading.pipe(
      Effect.timeoutOption("10 seconds"),
      Effect.map(Option.getOrElse(() => assert.fail("it hangs"))),
      Effect.provide(context),
      Effect.provide(uncalled),
      Logger.withMinimumLogLevel(LogLevel.None),
      Effect.exit
    )
  return {
    events: (answer: Sent) =>
      Effect.gen(function*() {
        sent.current = answer
        const events: Array<StreamedEvent> = []
        const exit = yield* bounded(Effect.flatMap(BedrockClient, (bedrock) =>
          Stream.runForEach(bedrock.converseStream(request), (event) =>
            Effect.sync(() =>
              void events.push(event)
            ))))
        check(exit)
        return { events, ok: Exit.isSuccess(exit) }
      }),
    parts: (answer: Sent) =>
      Effect.gen(function*() {
        sent.current = answer
        const exit = yield* bounded(Stream.runCollect(
          LanguageModel.streamText({ prompt: "Hi", toolkit: tools, disableToolCallResolution: true })
        ))
        check(exit)
        return Exit.isSuccess(exit) ? [...exit.value] : undefined
      }),
    generated: (answer: Sent) =>
      Effect.gen(function*() {
        sent.current = answer
        const exit = yield* bounded(
          LanguageModel.generateText({ prompt: "Hi", toolkit: tools, disableToolCallResolution: true })
        )
        check(exit)
        return Exit.isSuccess(exit)
      })
  }
})

/** Checks for a typed error with a message and without secrets, never a crash. */
const check = (exit: Exit.Exit<unknown, unknown>) => {
  if (Exit.isSuccess(exit)) return
  assert.isTrue(Cause.isFailure(exit.cause) && !Cause.isDie(exit.cause), Cause.pretty(exit.cause))
  const error = Cause.squash(exit.cause) as Error & { readonly cause?: unknown }
  assert.isNotEmpty(error.message)
  const bedrock = error instanceof BedrockError ? error : error.cause instanceof BedrockError ? error.cause : undefined
  assert.notInclude(`${error.message} ${JSON.stringify(error)} ${JSON.stringify(bedrock)}`, token)
}

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

describe("a corrupt response", () => {
  it.scopedLive("of random bytes is a failure", () =>
    Effect.gen(function*() {
      const { events, parts } = yield* readers
      yield* forAll(FastCheck.tuple(FastCheck.uint8Array({ maxLength: 300 }), pieces), ([body, pieces]) =>
        Effect.gen(function*() {
          const answer = { type: eventStream, body, pieces }
          assert.isFalse((yield* events(answer)).ok)
          assert.isUndefined(yield* parts(answer))
        }))
    }))

  it.scopedLive("of random frames is a failure or a response with an end", () =>
    Effect.gen(function*() {
      const { events, parts } = yield* readers
      yield* forAll(FastCheck.tuple(FastCheck.oneof(wrongFrames, onlyWrong), pieces), ([body, pieces]) =>
        Effect.gen(function*() {
          const answer = { type: eventStream, body, pieces }
          const read = yield* events(answer)
          if (read.ok) {
            assert.isTrue(read.events.some((event) =>
              event.messageStop !== undefined
            ))
          }
          const made = yield* parts(answer)
          if (made !== undefined) assert.strictEqual(made.filter((part) => part.type === "finish").length, 1)
        }))
    }))

  it.scopedLive("with null or an object in place of another value is a failure", () =>
    Effect.gen(function*() {
      const { generated, parts } = yield* readers
      const nothing = Buffer.concat([frame("contentBlockStop", JSON.parse("null") as object), whole])
      assert.isUndefined(yield* parts({ type: eventStream, body: nothing, pieces: [] }))
      const body = Buffer.from(JSON.stringify({ output: { message: { role: "assistant", content: { text: "Hi" } } } }))
      assert.isFalse(yield* generated({ type: "application/json", body, pieces: [] }))
    }))

  it.scopedLive(
    "with one wrong bit is a failure, or the same answer if that was already complete",
    () =>
      Effect.gen(function*() {
        const { events } = yield* readers
        yield* forAll(
          FastCheck.tuple(FastCheck.nat(whole.length - 1), FastCheck.nat(7), pieces),
          ([at, bit, pieces]) =>
            Effect.gen(function*() {
              const body = Buffer.from(whole)
              body[at]! ^= 1 << bit
              const read = yield* events({ type: eventStream, body, pieces })
              const text = textOf(read.events)
              assert.isTrue("Hello, world.".startsWith(text), text)
              if (read.ok) assert.isTrue(at >= complete && text === "Hello, world.", `byte ${at}, bit ${bit}`)
            })
        )
      })
  )

  it.scopedLive("that is cut off is a failure, unless the answer was already complete", () =>
    Effect.gen(function*() {
      const { events, parts } = yield* readers
      yield* forAll(FastCheck.tuple(FastCheck.nat(whole.length), pieces), ([length, pieces]) =>
        Effect.gen(function*() {
          const answer = { type: eventStream, body: whole.subarray(0, length), pieces }
          const read = yield* events(answer)
          assert.isTrue("Hello, world.".startsWith(textOf(read.events)))
          if (length < complete) assert.isFalse(read.ok)
          const made = yield* parts(answer)
          if (length < complete) assert.isUndefined(made)
        }))
    }))

  it.scopedLive("of corrupt JSON is a failure or a response", () =>
    Effect.gen(function*() {
      const { generated } = yield* readers
      const message = {
        output: {
          message: {
            role: "assistant",
            content: [
              { reasoningContent: { reasoningText: { text: "I think.", signature: "c2ln" } } },
              { text: "Hello" },
              { toolUse: { toolUseId: "t1", name: "weather", input: { city: "Rome" } } }
            ]
          }
        },
        stopReason: "tool_use",
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
        metrics: { latencyMs: 1 }
      }
      const text = JSON.stringify(message)
      const damaged = FastCheck.tuple(FastCheck.nat(text.length), FastCheck.nat(4), FastCheck.string({ maxLength: 3 }))
        .map(([at, removed, put]) => text.slice(0, at) + put + text.slice(at + removed))
      const body = FastCheck.oneof(
        mistaken(message).map((value) => JSON.stringify(value)),
        damaged,
        FastCheck.json(),
        FastCheck.string()
      )
      yield* forAll(FastCheck.tuple(body, pieces), ([body, pieces]) =>
        generated({ type: "application/json", body: Buffer.from(body), pieces }))
    }))
})

const forAll = <A>(arbitrary: FastCheck.Arbitrary<A>, holds: (value: A) => Effect.Effect<unknown>) =>
  Effect.promise(() =>
    FastCheck.assert(
      FastCheck.asyncProperty(arbitrary, (value) => Effect.runPromise(Effect.asVoid(holds(value)))),
      { numRuns: 40 * runs }
    )
  )
