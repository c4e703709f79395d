import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Fault } from "@altimate-code/sandbox/Script"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { BedrockClient } from "../../src/BedrockClient.ts"
import type { BedrockError } from "../../src/BedrockError.ts"
import { client, complete, failure, faulty, noRetries, request, stream, textOf } from "../protocol/fixture.ts"

/** The reason that the caller gets for each fault, and the number of requests if the fault persists. */
const streamed: ReadonlyArray<readonly [string, Fault, string, number]> = [
  ["throttling", { type: "throttle" }, "Throttled", 4],
  [
    "a model that is not ready",
    { type: "error", status: 429, name: "ModelNotReadyException", message: "m" },
    "Throttled",
    4
  ],
  ["a validation error", { type: "error", status: 400, name: "ValidationException", message: "m" }, "Validation", 1],
  ["a refusal", { type: "error", status: 403, name: "AccessDeniedException", message: "m" }, "Permission", 1],
  [
    "an unknown model",
    { type: "error", status: 404, name: "ResourceNotFoundException", message: "m" },
    "ModelNotFound",
    1
  ],
  ["a slow model", { type: "error", status: 408, name: "ModelTimeoutException", message: "m" }, "Timeout", 4],
  ["a broken model", { type: "error", status: 424, name: "ModelErrorException", message: "m" }, "ModelError", 1],
  [
    "a broken model's stream",
    { type: "error", status: 424, name: "ModelStreamErrorException", message: "m" },
    "ModelError",
    4
  ],
  ["a service error", { type: "error", status: 500, name: "InternalServerException", message: "m" }, "Unavailable", 4],
  [
    "a service that is down",
    { type: "error", status: 503, name: "ServiceUnavailableException", message: "m" },
    "Unavailable",
    4
  ],
  ["a proxy's page", { type: "html" }, "Unavailable", 4],
  ["a gateway timeout", { type: "html", status: 504 }, "Unavailable", 4],
  ["a page instead of a response", { type: "html", status: 200 }, "WrongContentType", 1],
  ["an expired token", { type: "expiredToken" }, "Authentication", 1],
  ["a reset before the response", { type: "reset" }, "Connection", 4],
  ["JSON", { type: "json" }, "WrongContentType", 1],
  ["server-sent events", { type: "sse" }, "WrongContentType", 1],
  ["throttling in the stream", { type: "exception", exception: "throttlingException", afterEvents: 0 }, "Throttled", 4],
  [
    "a service error in the stream",
    { type: "exception", exception: "internalServerException", afterEvents: 1 },
    "Unavailable",
    4
  ],
  ["a stream error", { type: "exception", exception: "modelStreamErrorException", afterEvents: 0 }, "ModelError", 4],
  ["a refusal in the stream", { type: "exception", exception: "validationException", afterEvents: 0 }, "Validation", 1],
  ["a stream without anything", { type: "end", afterEvents: 0 }, "TruncatedStream", 4],
  ["a first frame cut short", { type: "truncate", afterEvents: 0 }, "TruncatedStream", 4],
  ["a damaged first frame", { type: "corrupt", afterEvents: 0 }, "TruncatedStream", 4]
]

/** Disables the fallback for a gateway that does not stream. */
const streamsOnly = { streaming: { value: "on", origin: { _tag: "Default" } } } as const

describe("a stream that fails before the first visible event", () => {
  for (const [name, fault, reason, requests] of streamed) {
    it.scopedLive(`because of ${name} is ${reason} after ${requests} request${requests === 1 ? "" : "s"}`, () =>
      Effect.gen(function*() {
        const { error, requests: sent } = yield* failure(stream, { ...fault, times: "always" }, {
          gateway: streamsOnly
        })
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(sent.length, requests)
        assert.strictEqual(error.attempts, requests)
      }))
  }

  it.scopedLive("is retried, and the caller sees only the successful attempt", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        script: [
          faulty({ type: "throttle" }, { type: "exception", exception: "serviceUnavailableException", afterEvents: 1 })
        ]
      })
      const events = yield* Effect.provide(stream, client(sandbox.url))
      assert.strictEqual(textOf(events), "Hello")
      assert.strictEqual(events.filter((event) => event.messageStart !== undefined).length, 1)
      assert.strictEqual((yield* sandbox.requests).length, 3)
    }))

  it.scopedLive("is not retried if the policy forbids it", () =>
    Effect.gen(function*() {
      const { requests } = yield* failure(stream, { type: "throttle", times: "always" }, { retry: noRetries })
      assert.strictEqual(requests.length, 1)
    }))
})

describe("a stream that fails in the middle", () => {
  const faults: ReadonlyArray<readonly [string, Fault, string]> = [
    ["throttling", { type: "exception", exception: "throttlingException", afterEvents: 2 }, "Throttled"],
    ["a service error", { type: "exception", exception: "internalServerException", afterEvents: 2 }, "Unavailable"],
    ["a stream error", { type: "exception", exception: "modelStreamErrorException", afterEvents: 2 }, "ModelError"],
    [
      "a service that is down",
      { type: "exception", exception: "serviceUnavailableException", afterEvents: 2 },
      "Unavailable"
    ],
    ["a refusal", { type: "exception", exception: "validationException", afterEvents: 2 }, "Validation"],
    ["an end in a frame", { type: "truncate", afterEvents: 2 }, "TruncatedStream"],
    ["an end between frames", { type: "end", afterEvents: 2 }, "TruncatedStream"],
    ["an end before the last event", { type: "end" }, "TruncatedStream"],
    ["a damaged frame", { type: "corrupt", afterEvents: 2 }, "TruncatedStream"],
    ["a reset", { type: "reset", afterEvents: 2 }, "TruncatedStream"]
  ]
  for (const [name, fault, reason] of faults) {
    it.scopedLive(`because of ${name} is ${reason} after the shown events, and is never retried`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: [faulty({ ...fault, times: "always" })] })
        const shown = yield* Ref.make("")
        const error = yield* Effect.gen(function*() {
          const bedrock = yield* BedrockClient
          yield* Stream.runForEach(
            bedrock.converseStream(request),
            (event) => Ref.update(shown, (text) => text + textOf([event]))
          )
        }).pipe(Effect.flip, Effect.provide(client(sandbox.url)))
        assert.strictEqual(error.reason, reason)
        assert.match(yield* Ref.get(shown), /^Hel/)
        assert.strictEqual((yield* sandbox.requests).length, 1)
      }))
  }

  it.scopedLive("reports the wrong checksum of a damaged frame", () =>
    Effect.gen(function*() {
      const { error } = yield* failure(stream, { type: "corrupt", afterEvents: 2 })
      assert.include(error.message, "CRC")
    }))
})

describe("a request for a complete response that fails", () => {
  const faults: ReadonlyArray<readonly [string, Fault, string, number]> = [
    ["throttling", { type: "throttle" }, "Throttled", 4],
    ["a proxy's page", { type: "html" }, "Unavailable", 4],
    ["a page instead of a response", { type: "html", status: 200 }, "WrongContentType", 1],
    ["a body cut short", { type: "truncate", afterEvents: 1 }, "TruncatedStream", 4],
    ["a reset in the body", { type: "reset", afterEvents: 1 }, "TruncatedStream", 4]
  ]
  for (const [name, fault, reason, requests] of faults) {
    it.scopedLive(`because of ${name} is ${reason} after ${requests} request${requests === 1 ? "" : "s"}`, () =>
      Effect.gen(function*() {
        const { error, requests: sent } = yield* failure(complete, { ...fault, times: "always" })
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(sent.length, requests)
      }))
  }
})

const operations: ReadonlyArray<typeof stream | typeof complete> = [stream, complete]

/** The error after this time of a request that the sandbox has received but does not respond to. */
const stalled = (
  operation: (typeof operations)[number],
  time: Duration.DurationInput,
  options: Parameters<typeof client>[1]
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: [faulty({ type: "stall" })] })
    const fiber = yield* Effect.fork(
      Effect.provide(Effect.flip<unknown, BedrockError, BedrockClient>(operation), client(sandbox.url, options))
    )
    yield* sandbox.waitFor((requests) => requests.length === 1)
    yield* TestClock.adjust(time)
    const error = yield* Fiber.join(fiber)
    yield* sandbox.waitFor(([sent]) => sent?.aborted === true)
    return error
  })

describe("time limits", () => {
  it.scoped("end a request without a response and close its connection", () =>
    Effect.forEach(operations, (operation) =>
      Effect.gen(function*() {
        const error = yield* stalled(operation, "1 minute", { limits: { firstByte: "1 minute" } })
        assert.strictEqual(error.reason, "Timeout")
        assert.strictEqual(error.message, "no response within 1m")
      })))

  it.scopedLive("end a stalled stream and close its connection", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "stall", afterEvents: 3 })] })
      const error = yield* Effect.provide(Effect.flip(stream), client(sandbox.url, { limits: { idle: "100 millis" } }))
      assert.strictEqual(error.reason, "Timeout")
      assert.strictEqual(error.type, "IdleTimeout")
      yield* sandbox.waitFor(([sent]) => sent?.aborted === true)
    }))

  it.scopedLive("do not apply after messageStop: the answer is complete without its usage", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [faulty({ type: "stall", afterEvents: 5 })] })
      const events = yield* Effect.provide(stream, client(sandbox.url, { limits: { idle: "1 second" } }))
      assert.strictEqual(textOf(events), "Hello")
      assert.strictEqual(events.at(-1)?.messageStop?.stopReason, "end_turn")
      yield* sandbox.waitFor(([sent]) => sent?.aborted === true)
    }))

  it.scoped("come from the settings unless the layer sets them", () =>
    Effect.gen(function*() {
      const gateway = { limits: { firstByte: 100, total: 60_000 } }
      const configured = yield* stalled(stream, "1 second", { gateway })
      assert.strictEqual(configured.message, "no response within 100ms")
      const ofLayer = yield* stalled(stream, "1 second", { gateway, limits: { firstByte: "150 millis" } })
      assert.strictEqual(ofLayer.message, "no response within 150ms")
    }))

  it.scoped("can apply to a whole request, whose error reports the attempts", () =>
    Effect.forEach(operations, (operation) =>
      Effect.gen(function*() {
        const error = yield* stalled(operation, "1 second", { limits: { total: "1 second" } })
        assert.strictEqual(error.type, "TotalTimeout")
        assert.strictEqual(error.attempts, 1)
        assert.isString(error.url)
      })))

  it.scopedLive("apply to the time between two events, not to the whole stream", () =>
    Effect.gen(function*() {
      const blocks = [{ type: "text" as const, text: ["a", "b", "c", "d", "e", "f"] }]
      const sandbox = yield* Sandbox.make({ script: [{ blocks, delays: { betweenEvents: 300 } }] })
      const events = yield* Effect.provide(stream, client(sandbox.url, { limits: { idle: "2 seconds" } }))
      assert.strictEqual(textOf(events), "abcdef")
    }))
})

it.scopedLive("a refused connection is an error after four attempts", () =>
  Effect.gen(function*() {
    const { port } = yield* Effect.scoped(Sandbox.make())
    const error = yield* Effect.provide(Effect.flip(stream), client(`http://127.0.0.1:${port}`))
    assert.strictEqual(error.reason, "Connection")
    assert.strictEqual(error.type, "ECONNREFUSED")
    assert.strictEqual(error.attempts, 4)
    assert.include(error.message, `127.0.0.1:${port}`)
  }))

it.scopedLive("a server that does not speak TLS is reported", () =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make()
    const error = yield* Effect.provide(Effect.flip(stream), client(sandbox.url.replace("http:", "https:")))
    assert.strictEqual(error.reason, "Connection")
    assert.strictEqual(error.attempts, 1)
    assert.strictEqual(error.cause?.reason, "Protocol")
  }))
