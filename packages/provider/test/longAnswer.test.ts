import * as LanguageModel from "@effect/ai/LanguageModel"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as RuntimeFlagsPatch from "effect/RuntimeFlagsPatch"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import * as BedrockLanguageModel from "../src/BedrockLanguageModel.ts"
import { eventStream, gateway } from "./gateway.ts"
import { client } from "./protocol/fixture.ts"
import { frame } from "./transport/frame.ts"

/** Counts the steps of all fibers. */
class Counter extends Supervisor.AbstractSupervisor<number> {
  count = 0
  override readonly value = Effect.sync(() => this.count)
  override onEffect() {
    this.count++
  }
}

const supervised = <A, E, R>(counter: Counter, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.withRuntimeFlagsPatch(RuntimeFlagsPatch.enable(RuntimeFlags.OpSupervision)),
    Effect.provide(Supervisor.addSupervisor(counter))
  )

const count = 20_000
const texts = Array.from(
  { length: count },
  (_, index) => ["word ", "日本", "\n", "🙂", "\"x\" "][index % 5] + `${index}`
)
const frames = [
  frame("messageStart", { role: "assistant" }),
  ...texts.map((text, index) =>
    frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text }, p: "abcdefghij".repeat(index % 6) })
  ),
  frame("contentBlockStop", { contentBlockIndex: 0 }),
  frame("messageStop", { stopReason: "end_turn" }),
  frame("metadata", {
    usage: { inputTokens: 1, outputTokens: count, totalTokens: count + 1 },
    metrics: { latencyMs: 1 }
  })
]

/** A little more than it takes today: for the request, and for each read. A step for each delta would exceed both by far. */
const maxSteps = { request: 2600, read: 120 }
const maxReads = 400

it.scopedLive(`an answer of ${count} deltas arrives byte for byte, with work for each read of the socket and not for each delta`, () =>
  Effect.gen(function*() {
    const url = yield* gateway((response) => {
      // As Bedrock: each event is a chunk of its own, and many of them arrive in one read.
      response.writeHead(200, eventStream).cork()
      for (const frame of frames) response.write(frame)
      response.end()
    })
    const counter = new Counter()
    let text = ""
    let parts = 0
    yield* LanguageModel.streamText({ prompt: "Hi" }).pipe(
      Stream.runForEach((part) =>
        Effect.sync(() => {
          parts++
          if (part.type === "text-delta") text += part.delta
        })
      ),
      (run) => supervised(counter, run),
      Effect.provide(Layer.provideMerge(BedrockLanguageModel.layer({ model: "claude-prod" }), client(url)))
    )
    assert.strictEqual(text, texts.join(""))
    // Each read is at least one part.
    assert.isAtMost(parts, maxReads)
    assert.isAtMost(counter.count, maxSteps.request + maxSteps.read * parts)
  }))
