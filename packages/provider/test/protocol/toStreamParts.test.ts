import type * as Response from "@effect/ai/Response"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { toStreamParts } from "../../src/internal/protocol/response/toStreamParts.ts"
import type { StreamedEvent } from "../../src/StreamedEvent.ts"

const expected = { modelId: "m", isClaude: true, documents: [], ids: new Set<string>(), tools: new Set(["read"]) }

const text = (text: string, contentBlockIndex = 0): StreamedEvent => ({
  contentBlockDelta: { contentBlockIndex, delta: { text } }
})
const input = (input: string): StreamedEvent => ({
  contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input } } }
})
const start: StreamedEvent = { messageStart: { role: "assistant" } }
const stop = (stopReason: "end_turn" | "tool_use"): StreamedEvent => ({ messageStop: { stopReason } })

/** The deltas of each chunk, for events that arrive in these groups. */
const deltas = (...groups: ReadonlyArray<ReadonlyArray<StreamedEvent>>) =>
  Stream.fromChunks(...groups.map((events) => Chunk.fromIterable(events))).pipe(
    toStreamParts(expected),
    Stream.chunks,
    Stream.map((parts) => Chunk.toReadonlyArray(parts).flatMap((part) => "delta" in part ? [part.delta] : [])),
    Stream.runCollect,
    Effect.map((chunks) => Chunk.toReadonlyArray(chunks).filter((deltas) => deltas.length > 0))
  )

describe("toStreamParts", () => {
  it.effect("emits the parts of events that arrive together in one chunk", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* deltas([start, text("a")], [text("b"), text("c", 2), text("d")], [stop("end_turn")]),
        [["a"], ["b", "c", "d"]]
      )
    }))

  it.effect("keeps the parts before a malformed tool call", () =>
    Effect.gen(function*() {
      const seen: Array<Response.StreamPartEncoded> = []
      const events: ReadonlyArray<StreamedEvent> = [
        start,
        text("so far"),
        { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { name: "read", toolUseId: "t" } } } },
        input("{\"path\":"),
        input(" oops"),
        { contentBlockStop: { contentBlockIndex: 1 } },
        stop("tool_use")
      ]
      const error = yield* Stream.fromIterable(events).pipe(
        toStreamParts(expected),
        Stream.runForEach((part) => Effect.sync(() => seen.push(part))),
        Effect.flip
      )
      assert.strictEqual(error._tag, "MalformedOutput")
      assert.deepStrictEqual(seen.flatMap((part) => "delta" in part ? [part.delta] : []), [
        "so far",
        "{\"path\":",
        " oops"
      ])
    }))
})
