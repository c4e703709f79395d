import * as bedrock from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as eventStreams from "@smithy/core/event-streams"
import { HttpResponse } from "@smithy/core/protocols"
import * as FastCheck from "effect/FastCheck"
import { type Batch, makeSerdeProvider } from "../../src/internal/transport/eventStreamSerde.ts"
import { frame } from "./frame.ts"

/** What a client of the SDK yields for a body that arrives in these pieces, up to its error. */
const read = async (pieces: ReadonlyArray<Uint8Array>, own: bedrock.BedrockRuntimeClientConfig = {}) => {
  const client = new bedrock.BedrockRuntimeClient({
    region: "us-east-1",
    token: { token: "t" },
    authSchemePreference: ["httpBearerAuth"],
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: new HttpResponse({
          statusCode: 200,
          body: (async function*() {
            yield* pieces
          })()
        })
      })
    },
    ...own
  })
  const yielded: Array<unknown> = []
  try {
    const { stream } = await client.send(new bedrock.ConverseStreamCommand({ modelId: "m", messages: [] }))
    for await (const item of stream ?? []) yielded.push(item)
    return { yielded }
  } catch (error) {
    return { yielded, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

const readBatches = async (...pieces: ReadonlyArray<Uint8Array>) => {
  const { error, yielded } = await read(pieces, { eventStreamSerdeProvider: makeSerdeProvider(eventStreams) })
  return { batches: yielded as ReadonlyArray<Batch>, error }
}

const delta = (delta: object, contentBlockIndex = 0) =>
  frame("contentBlockDelta", { contentBlockIndex, delta, p: "ab" })
const text = (text: string, contentBlockIndex?: number) => delta({ text }, contentBlockIndex)

/** Values where a delta has another type, unknown members, or more than one member. */
const value = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.constantFrom<unknown>(null, 5, {}, [], { text: "a" }, { input: "a" }, { text: "a", signature: "b" })
)
const payload = FastCheck.record({
  contentBlockIndex: FastCheck.oneof(FastCheck.nat(), FastCheck.constantFrom<unknown>(null, "1", 1e300)),
  delta: FastCheck.oneof(
    FastCheck.record({ text: value, toolUse: value, reasoningContent: value, other: value }, { requiredKeys: [] }),
    value
  ),
  p: FastCheck.string(),
  __type: FastCheck.string()
}, { requiredKeys: [] })

describe("the decoder of event streams", () => {
  it("decodes every delta and fails for every frame as the SDK does", async () => {
    const frames = FastCheck.array(
      FastCheck.oneof(
        payload.map((payload) => frame("contentBlockDelta", payload)),
        FastCheck.tuple(FastCheck.json(), FastCheck.constantFrom("contentBlockDelta", "metadata", "pigeon"))
          .map(([json, type]) => frame(type, {}, "event", json)),
        payload.map((payload) => frame("throttlingException", payload, "exception")),
        FastCheck.tuple(payload.map((payload) => frame("contentBlockDelta", payload)), FastCheck.nat()).map(
          ([bytes, at]) => {
            // Not the length, because the SDK would wait for what does not come.
            const index = 4 + at % (bytes.length - 4)
            bytes[index] = bytes[index]! ^ 1
            return bytes
          }
        )
      ),
      { minLength: 1, maxLength: 4 }
    )
    await FastCheck.assert(
      FastCheck.asyncProperty(frames, async (frames) => {
        const { batches, error } = await readBatches(...frames)
        const { error: expectedError, yielded } = await read(frames)
        assert.deepStrictEqual({ events: batches.flat(), error }, { events: yielded, error: expectedError })
      }),
      { numRuns: 300 }
    )
  })

  it("yields the events of one read together, and joins the deltas of a block that follow each other", async () => {
    const { batches } = await readBatches(
      Buffer.concat([text("a"), text("b"), delta({ toolUse: { input: "c" } }), delta({ toolUse: { input: "d" } })]),
      Buffer.concat([
        text("e"),
        text("f", 1),
        delta({ reasoningContent: { text: "g" } }),
        delta({ reasoningContent: { text: "h" } }),
        delta({ reasoningContent: { signature: "s" } }),
        delta({ reasoningContent: { signature: "t" } })
      ])
    )
    assert.deepStrictEqual(
      batches.map((batch) => batch.map(({ contentBlockDelta }) => contentBlockDelta?.delta)),
      [
        [{ text: "ab" }, { toolUse: { input: "cd" } }],
        [
          { text: "e" },
          { text: "f" },
          { reasoningContent: { text: "gh" } },
          { reasoningContent: { signature: "s" } },
          { reasoningContent: { signature: "t" } }
        ]
      ]
    )
  })

  it("decodes the same events however their bytes are split", async () => {
    const bytes = Buffer.concat([text("a", 0), text("b", 1), frame("messageStop", { stopReason: "end_turn" })])
    const { batches: whole } = await readBatches(bytes)
    for (let size = 1; size < bytes.length; size++) {
      const pieces = Array.from(
        { length: Math.ceil(bytes.length / size) },
        (_, index) => bytes.subarray(index * size, (index + 1) * size)
      )
      assert.deepStrictEqual((await readBatches(...pieces)).batches.flat(), whole.flat())
    }
  })

  it("yields the events before a damaged frame, impossible length or end inside a frame, and then fails", async () => {
    const damaged = text("b")
    damaged[damaged.length - 1] = damaged.at(-1)! ^ 1
    for (
      const [rest, message] of [
        [damaged, /checksum/],
        [Buffer.from("<html>"), /a frame can't have/],
        [text("b").subarray(0, 20), /Truncated/]
      ] as const
    ) {
      const { batches, error } = await readBatches(Buffer.concat([text("a"), rest]))
      assert.deepStrictEqual(batches.flat(), [{ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "a" } } }])
      assert.match(error ?? "", message)
    }
  })
})
