import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Http from "node:http"
import { eventStream, failure, gateway, json } from "../gateway.ts"
import { client, complete, stream, textOf } from "../protocol/fixture.ts"
import { frame } from "./frame.ts"

describe("a gateway that does not speak the Bedrock protocol", () => {
  it.scopedLive("is reported with the title of its login page", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) =>
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html><title>Sign in</title>"))
      assert.strictEqual(error.reason, "WrongContentType")
      assert.strictEqual(
        error.message,
        "The gateway answered HTTP 200 with a login page instead of Bedrock's response: \"Sign in\""
      )
    }))

  it.scopedLive("is reported with the URL of its redirect", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) =>
        response.writeHead(302, { location: "https://login.example.com/" }).end())
      assert.strictEqual(error.reason, "WrongContentType")
      assert.include(error.message, "https://login.example.com/")
    }))

  it.scopedLive("is reported if it sends a page without a content type, instead of waiting for a huge frame", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) => response.writeHead(200).end("<html>hello</html>"))
      assert.strictEqual(error.reason, "WrongContentType")
      const whole = yield* failure(complete, (response) => response.writeHead(200).end("<html>hello</html>"))
      assert.strictEqual(whole.reason, "WrongContentType")
    }))

  it.scopedLive("is reported if its JSON comes from another service", () =>
    Effect.gen(function*() {
      const error = yield* failure(complete, (response) => response.writeHead(200, json).end("{\"choices\":[]}"))
      assert.strictEqual(error.reason, "WrongContentType")
      assert.include(error.message, "JSON that is not a Converse response")
    }))

  it.scopedLive("is retried if its response is empty, whatever its content type", () =>
    Effect.gen(function*() {
      for (const operation of [stream, complete]) {
        for (
          const [status, headers] of [[200, {}], [200, json], [200, { "content-type": "text/html" }], [
            204,
            {}
          ]] as const
        ) {
          const error = yield* failure(operation, (response) => response.writeHead(status, headers).end())
          assert.strictEqual(error.reason, "TruncatedStream", error.message)
          assert.strictEqual(error.attempts, 4)
          assert.match(error.message, /empty body|before it was complete/)
        }
      }
    }))

  it.scopedLive("is reported if its Converse response has no message", () =>
    Effect.gen(function*() {
      for (const body of ["{\"output\":null}", "{\"output\":{\"message\":{}}}", "[]", "null", "\"hi\""]) {
        const error = yield* failure(complete, (response) => response.writeHead(200, json).end(body))
        assert.strictEqual(error.reason, "WrongContentType", body)
      }
    }))

  it.scopedLive("is read only as far as its message requires", () =>
    Effect.gen(function*() {
      let written = 0
      const error = yield* failure(stream, (response) => {
        response.writeHead(403, { "content-type": "text/plain" })
        const more = () => {
          while (!response.destroyed && response.write("no ".repeat(10_000))) written += 30_000
          if (!response.destroyed) response.once("drain", more)
        }
        more()
      })
      assert.strictEqual(error.reason, "Permission")
      assert.isBelow(error.message.length, 600)
      assert.isBelow(written, 50_000_000)
    }))
})

describe("an unknown operation", () => {
  it.scopedLive("is an error even with HTTP 200, in the headers or the body", () =>
    Effect.gen(function*() {
      const answers: ReadonlyArray<(response: Http.ServerResponse) => void> = [
        (response) =>
          response.writeHead(200, { ...eventStream, "x-amzn-errortype": "UnknownOperationException:http://internal/" })
            .end(),
        (response) =>
          response.writeHead(200, json)
            .end("{\"Output\":{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"},\"Version\":\"1.0\"}")
      ]
      for (const operation of [stream, complete]) {
        for (const answer of answers) {
          const error = yield* failure(operation, answer)
          assert.strictEqual(error.reason, "ModelNotFound")
          assert.strictEqual(error.type, "UnknownOperationException")
          assert.strictEqual(error.status, 200)
        }
      }
    }))
})

describe("an event stream", () => {
  const text = frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" }, p: "abc" })
  const end = frame("messageStop", { stopReason: "end_turn" })

  it.scopedLive("can contain unknown events and split frames, without a content type", () =>
    Effect.gen(function*() {
      const bytes = Buffer.concat([
        frame("pigeon", { coo: true }),
        frame("messageStart", { role: "assistant" }),
        frame("pigeon", { coo: true }),
        text,
        end
      ])
      const url = yield* gateway(async (response) => {
        response.writeHead(200)
        for (let at = 0; at < bytes.length; at += 7) {
          response.write(bytes.subarray(at, at + 7))
          await new Promise((resolve) => setImmediate(resolve))
        }
        response.end()
      })
      const events = yield* Effect.provide(stream, client(url))
      assert.strictEqual(textOf(events), "Hello")
      assert.deepStrictEqual(events.map((event) => Object.keys(event)[0]), [
        "messageStart",
        "contentBlockDelta",
        "messageStop"
      ])
    }))

  it.scopedLive("leaves its connection to the next request once it is complete", () =>
    Effect.gen(function*() {
      let connections = 0
      const url = yield* gateway(
        (response) => response.writeHead(200, eventStream).end(Buffer.concat([text, end])),
        () => connections++
      )
      yield* Effect.provide(Effect.zip(stream, Effect.delay(stream, "50 millis")), client(url))
      assert.strictEqual(connections, 1)
    }))

  it.scopedLive("that fails immediately has its connection closed before the next attempt ends", () =>
    Effect.gen(function*() {
      const attempts: Array<Http.ServerResponse> = []
      const closed: Array<boolean> = []
      const url = yield* gateway((response) => {
        attempts.push(response.writeHead(200, eventStream))
        if (attempts.length === 1) response.write(frame("throttlingException", { message: "m" }, "exception"))
        else {
          setTimeout(() => {
            closed.push(attempts[0]!.destroyed)
            response.end(Buffer.concat([text, end]))
          }, 100)
        }
      })
      yield* Effect.provide(stream, client(url))
      assert.deepStrictEqual(closed, [true])
    }))

  it.scopedLive("stalls if bytes arrive but no complete event", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) => {
        response.writeHead(200, eventStream).write(text)
        // The beginning of a frame of 1000 bytes.
        response.write(Buffer.from([0, 0, 3, 232]))
        const timer = setInterval(() => response.write(Buffer.from([0])), 20)
        response.on("close", () => clearInterval(timer))
      }, { gateway: { limits: { idle: 200 } } })
      assert.strictEqual(error.type, "IdleTimeout")
      assert.include(error.message, "no event within 200ms")
    }))

  it.scopedLive("is reported as damaged if a frame is not JSON, without the parser's message", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) => {
        const broken = frame("contentBlockDelta", { delta: { text: "x" } }, "event", "{\"delta\": oops")
        response.writeHead(200, eventStream).end(Buffer.concat([text, broken, end]))
      })
      assert.strictEqual(error.reason, "TruncatedStream")
      assert.strictEqual(error.message, "the response stream is damaged: a frame is not JSON")
    }))

  it.scopedLive("is truncated if something else follows its frames", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) => {
        response.writeHead(200, eventStream)
        response.end(Buffer.concat([text, Buffer.from("<html>upstream timed out</html>")]))
      })
      assert.strictEqual(error.reason, "TruncatedStream")
    }))

  it.scopedLive("fails with the name of an unknown exception", () =>
    Effect.gen(function*() {
      const error = yield* failure(stream, (response) => {
        response.writeHead(200, eventStream)
        response.end(frame("modelNapException", { message: "asleep" }, "exception"))
      })
      assert.strictEqual(error.reason, "ModelError")
      assert.strictEqual(error.message, "modelNapException: asleep")
    }))
})
