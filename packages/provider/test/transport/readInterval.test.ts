import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { setImmediate } from "node:timers/promises"
import { BedrockClient } from "../../src/BedrockClient.ts"
import { ReadInterval } from "../../src/StreamedEvent.ts"
import { eventStream, gateway } from "../gateway.ts"
import { client } from "../protocol/fixture.ts"
import { frame } from "./frame.ts"

const texts = Array.from({ length: 200 }, (_, index) => `word ${index} `)
const request = { modelId: "claude-prod", messages: [{ role: "user" as const, content: [{ text: "Hi" }] }] }

it.scoped("events that arrive within a read interval are read together, and a delta of theirs is one event", () =>
  Effect.gen(function*() {
    const hasBegun = yield* Deferred.make<void>()
    const isWritten = yield* Deferred.make<void>()
    const runPromise = Runtime.runPromise(yield* Effect.runtime<never>())
    const url = yield* gateway((response) => {
      const [first, ...others] = texts.map((text) =>
        frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text } })
      )
      const answer = async () => {
        response.writeHead(200, eventStream).write(frame("messageStart", { role: "assistant" }))
        response.write(first)
        await runPromise(Deferred.await(hasBegun))
        for (const delta of others) {
          response.write(delta)
          // One write to the socket each.
          await setImmediate()
        }
        response.write(frame("contentBlockStop", { contentBlockIndex: 0 }))
        response.end(frame("messageStop", { stopReason: "end_turn" }))
        await runPromise(Deferred.succeed(isWritten, undefined))
      }
      void answer()
    })
    const received: Array<string> = []
    const reading = yield* Effect.flatMap(
      BedrockClient,
      ({ converseStream }) =>
        Stream.runForEach(converseStream(request), ({ contentBlockDelta }) => {
          if (contentBlockDelta?.delta?.text !== undefined) received.push(contentBlockDelta.delta.text)
          return received.length === 0 ? Effect.void : Deferred.succeed(hasBegun, undefined)
        })
    ).pipe(
      Effect.provide(client(url)),
      Effect.provideService(ReadInterval, Duration.seconds(1)),
      Effect.fork
    )
    yield* Deferred.await(isWritten)
    while (reading.unsafePoll() === null) {
      yield* TestClock.adjust("1 second")
      yield* Effect.promise(() => setImmediate())
    }
    yield* Fiber.join(reading)
    assert.strictEqual(received.join(""), texts.join(""))
    // The first event, a read without a pause, and one with everything else, which the system may deliver in parts.
    assert.isAtMost(received.length, 20)
  }))
