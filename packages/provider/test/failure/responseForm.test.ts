import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { setImmediate } from "node:timers/promises"
import * as Zlib from "node:zlib"
import { BedrockClient } from "../../src/BedrockClient.ts"
import { type Answer, eventStream, failure, gateway, json } from "../gateway.ts"
import { client, complete, request, stream, textOf } from "../protocol/fixture.ts"
import { frame } from "../transport/frame.ts"

const hello = Buffer.concat([
  frame("messageStart", { role: "assistant" }),
  frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }),
  frame("contentBlockStop", { contentBlockIndex: 0 }),
  frame("messageStop", { stopReason: "end_turn" }),
  frame("metadata", { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } })
])

const whole = JSON.stringify({
  output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  metrics: { latencyMs: 1 }
})

const refusal = JSON.stringify({ message: "team budget of 400 USD is used up" })

/** Raw bytes that must not reach a terminal or log. */
// oxlint-disable-next-line no-control-regex
const raw = /[\0-\x08\x0e-\x1f\x7f\ufffd]/

describe("an event stream", () => {
  const labels = [
    undefined,
    "application/vnd.amazon.eventstream; charset=utf-8",
    "APPLICATION/VND.AMAZON.EVENTSTREAM",
    "application/octet-stream",
    "binary/octet-stream",
    "text/plain; charset=utf-8",
    "text/event-stream",
    "application/json",
    "text/html"
  ]
  for (const label of labels) {
    it.scopedLive(`is recognized under the content type ${label}`, () =>
      Effect.gen(function*() {
        let requests = 0
        const url = yield* gateway(async (response) => {
          requests += 1
          response.writeHead(200, label === undefined ? {} : { "content-type": label })
          // The first 12 bytes are decisive, even if they arrive one by one.
          for (let at = 0; at < 20; at += 1) {
            response.write(hello.subarray(at, at + 1))
            await setImmediate()
          }
          response.end(hello.subarray(20))
        })
        assert.strictEqual(textOf(yield* Effect.provide(stream, client(url))), "Hello")
        assert.strictEqual(requests, 1)
      }))
  }

  it.scopedLive("is reported but not shown if a complete response is expected", () =>
    Effect.gen(function*() {
      const error = yield* failure(complete, (response) => response.writeHead(200, json).end(hello))
      assert.strictEqual(error.reason, "WrongContentType")
      assert.include(error.message, "the gateway returned application/vnd.amazon.eventstream")
      assert.notMatch(error.message, raw)
    }))
})

describe("a complete response to a streaming request", () => {
  for (
    const label of ["application/vnd.amazon.eventstream", "text/event-stream", "text/plain", "application/json", ""]
  ) {
    it.scopedLive(`is used under the content type "${label}", without a second request`, () =>
      Effect.gen(function*() {
        let requests = 0
        const url = yield* gateway((response) => {
          requests += 1
          response.writeHead(200, label === "" ? {} : { "content-type": label }).end(whole)
        })
        const { events, notices } = yield* Effect.flatMap(
          BedrockClient,
          (bedrock) =>
            Effect.all({ events: Stream.runCollect(bedrock.converseStream(request)), notices: bedrock.notices })
        ).pipe(
          Effect.provide(client(url))
        )
        assert.strictEqual(textOf(Chunk.toReadonlyArray(events)), "Hello")
        assert.deepStrictEqual(notices.map(({ _tag }) => _tag), ["NotStreamed"])
        assert.include(JSON.stringify(notices[0]), "the gateway returned application/json")
        assert.strictEqual(requests, 1)
      }))
  }

  it.scopedLive("is recognized under any content type if it is expected", () =>
    Effect.gen(function*() {
      const url = yield* gateway((response) => response.writeHead(200, { "content-type": "text/plain" }).end(whole))
      const { output } = yield* Effect.provide(complete, client(url))
      assert.deepStrictEqual(output?.message?.content, [{ text: "Hello" }])
    }))
})

describe("a response that is wrongly labelled as an event stream", () => {
  const streamsOnly = { gateway: { streaming: { value: "on", origin: { _tag: "Default" } } } } as const
  it.scopedLive("is reported as a login page", () =>
    Effect.gen(function*() {
      const page = "<form>Sign in <input type=password></form>"
      const error = yield* failure(stream, (response) => response.writeHead(200, eventStream).end(page), streamsOnly)
      assert.strictEqual(error.sender?.kind, "login")
      assert.include(error.message, "a login page instead of Bedrock's response")
    }))

  for (
    const [what, body, words] of [
      ["a page", "<html><title>Sign in</title></html>", "Sign in"],
      ["binary data", Buffer.alloc(500, 0x9d), "not an event stream (500 bytes of binary data)"],
      ["server-sent events", "event: messageStart\ndata: {}\n\n", "returned text/event-stream (server-sent events)"],
      ["JSON of another service", "{\"choices\":[]}", "returned application/json"]
    ] as const
  ) {
    it.scopedLive(`is reported as ${what}`, () =>
      Effect.gen(function*() {
        const error = yield* failure(stream, (response) => response.writeHead(200, eventStream).end(body), streamsOnly)
        assert.strictEqual(error.reason, "WrongContentType")
        assert.include(error.message, words)
      }))
  }
})

describe("a compressed response", () => {
  const encodings: ReadonlyArray<readonly [string, (bytes: string | Buffer) => Buffer]> = [
    ["GZIP", Zlib.gzipSync],
    ["deflate", Zlib.deflateRawSync],
    ["br", Zlib.brotliCompressSync]
  ]
  for (const [encoding, compress] of encodings) {
    it.scopedLive(`is decoded whether it is a stream, complete or a refusal (${encoding})`, () =>
      Effect.gen(function*() {
        const body = { stream: hello, whole, refusal }
        const answer = (name: keyof typeof body, status = 200): Answer => (response) =>
          response.writeHead(status, { "content-type": "application/json", "content-encoding": encoding })
            .end(compress(body[name]))
        const streamed = yield* Effect.provide(stream, client(yield* gateway(answer("stream"))))
        assert.strictEqual(textOf(streamed), "Hello")
        const { output } = yield* Effect.provide(complete, client(yield* gateway(answer("whole"))))
        assert.deepStrictEqual(output?.message?.content, [{ text: "Hello" }])
        for (const operation of [stream, complete]) {
          const error = yield* failure(operation, answer("refusal", 403))
          assert.include(error.message, "team budget of 400 USD is used up")
        }
      }))
  }

  it.scopedLive("is emitted frame by frame, before the next one is sent", () =>
    Effect.gen(function*() {
      let sendRest = () => {}
      const url = yield* gateway(async (response) => {
        const gzip = Zlib.createGzip()
        response.writeHead(200, { ...eventStream, "content-encoding": "gzip" })
        gzip.pipe(response)
        gzip.write(hello.subarray(0, -400))
        gzip.flush()
        await new Promise<void>((resolve) => sendRest = resolve)
        gzip.end(hello.subarray(-400))
      })
      const text = yield* Ref.make("")
      yield* Effect.flatMap(BedrockClient, (bedrock) =>
        Stream.runForEach(bedrock.converseStream(request), (event) => {
          const piece = event.contentBlockDelta?.delta?.text
          return piece === undefined
            ? Effect.void
            : Effect.zipRight(Ref.set(text, piece), Effect.sync(() => sendRest()))
        })).pipe(Effect.provide(client(url)))
      assert.strictEqual(yield* Ref.get(text), "Hello")
    }))

  it.scopedLive("that is cut off or damaged fails with the reason", () =>
    Effect.gen(function*() {
      const gzip = { "content-encoding": "gzip" }
      const stopsEarly = Zlib.gzipSync(hello.subarray(0, -300)).subarray(0, -10)
      const answers: ReadonlyArray<Answer> = [
        (response) => response.writeHead(200, { ...eventStream, ...gzip }).end(stopsEarly),
        (response) => response.writeHead(200, { ...json, ...gzip }).end(Zlib.gzipSync(whole).subarray(0, -10))
      ]
      for (const [index, operation] of [stream, complete].entries()) {
        const error = yield* failure(operation, answers[index]!)
        assert.strictEqual(error.reason, "TruncatedStream")
        assert.include(error.message, "the gzip compression of the response is cut off")
      }
      const refused = yield* failure(stream, (response) =>
        response.writeHead(403, { ...json, ...gzip }).end(
          Buffer.concat([Zlib.gzipSync("").subarray(0, 10), Buffer.alloc(99, 0xff)])
        ))
      assert.strictEqual(refused.reason, "Permission")
      assert.include(refused.message, "the gzip compression of the response is damaged")
    }))

  it.scopedLive("in an unknown coding is reported but not shown", () =>
    Effect.gen(function*() {
      const logged: Array<string> = []
      const logger = Logger.map(Logger.logfmtLogger, (line) => void logged.push(line))
      for (const [status, operation] of [[200, stream], [403, stream], [200, complete], [502, complete]] as const) {
        const error = yield* failure(operation, (response) =>
          response.writeHead(status, { ...eventStream, "content-encoding": "x-own" }).end(Zlib.gzipSync(refusal)), {
          logger
        })
          .pipe(Logger.withMinimumLogLevel(LogLevel.All))
        assert.match(error.message, /\d+ bytes compressed as x-own, which is not supported/)
        assert.notMatch(error.message + JSON.stringify(error.evidence) + logged.join(), raw)
      }
    }))
})

describe("a body that is not text", () => {
  it.scopedLive("is described by its length, but text in an old character set is decoded", () =>
    Effect.gen(function*() {
      const said = (body: Uint8Array, type = "application/json") =>
        Effect.map(
          failure(stream, (response) => response.writeHead(403, { "content-type": type }).end(body)),
          ({ message }) => message
        )
      assert.strictEqual(yield* said(hello), `HTTP 403: ${hello.length} bytes of binary data`)
      assert.strictEqual(yield* said(Buffer.from([0xfd, 0xfe, 0xfd, 0xfc])), "HTTP 403: 4 bytes of binary data")
      assert.include(
        yield* said(Buffer.from("Zugriff für Ihn gesperrt", "latin1"), "text/plain"),
        "Zugriff für Ihn gesperrt"
      )
      assert.include(yield* said(Buffer.from("\ufeffgesperrt", "utf16le"), "text/plain"), "gesperrt")
      // The size limit splits a character.
      assert.notInclude(yield* said(Buffer.from(`x${"ü".repeat(40_000)}`), "text/plain"), "binary")
    }))
})

describe("an endless response", () => {
  const endless = (
    write: (bytes: string) => boolean,
    response: Parameters<Answer>[0],
    once: (more: () => void) => void
  ) => {
    const more = () => {
      while (!response.destroyed && write(" ".repeat(64 * 1024)));
      if (!response.destroyed) once(more)
    }
    write("{\"output\":")
    more()
  }

  it.scopedLive("fails at 32 MiB, whether plain or compressed", () =>
    Effect.gen(function*() {
      const plain = yield* failure(stream, (response) => {
        response.writeHead(200, json)
        endless((bytes) => response.write(bytes), response, (more) => response.once("drain", more))
      })
      const bomb = yield* failure(complete, (response) => {
        const gzip = Zlib.createGzip({ level: 1 })
        response.writeHead(200, { ...json, "content-encoding": "gzip" })
        response.on("close", () => gzip.destroy())
        gzip.pipe(response)
        endless((bytes) => gzip.write(bytes), response, (more) => gzip.once("drain", more))
      })
      for (const error of [plain, bomb]) {
        assert.strictEqual(error.reason, "WrongContentType")
        assert.strictEqual(error.message, "the response is larger than 32 MiB")
        assert.strictEqual(error.attempts, 1)
      }
    }))
})

describe("a response is complete after messageStop", () => {
  const metadata = frame("metadata", {
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    metrics: { latencyMs: 1 }
  })
  const upToStop = hello.subarray(0, hello.length - metadata.length)
  const corrupt = Buffer.from(metadata)
  corrupt[corrupt.length - 1]! ^= 1
  const ends: ReadonlyArray<readonly [string, Uint8Array, boolean]> = [
    ["if the connection is reset", Buffer.alloc(0), true],
    ["if the connection is reset in the next frame", metadata.subarray(0, 20), true],
    ["if the next frame is cut off", metadata.subarray(0, 20), false],
    ["if the next frame is damaged", corrupt, false],
    ["if something else follows", Buffer.from("<html>upstream timed out</html>"), false],
    ["if an exception follows", frame("internalServerException", { message: "m" }, "exception"), false]
  ]
  for (const [what, rest, reset] of ends) {
    it.scopedLive(what, () =>
      Effect.gen(function*() {
        let requests = 0
        const url = yield* gateway((response) => {
          requests += 1
          response.writeHead(200, eventStream)
          response.write(Buffer.concat([upToStop, rest]), () =>
            reset ? response.socket?.resetAndDestroy() : response.end())
        })
        assert.strictEqual(textOf(yield* Effect.provide(stream, client(url))), "Hello")
        assert.strictEqual(requests, 1)
      }))
  }
})
