/** Decodes the events of a response stream. The SDK's own decoder takes several promises for each of thousands of events. */
import type { BedrockRuntimeClientConfig, ConverseStreamOutput as Event } from "@aws-sdk/client-bedrock-runtime"
import type { EventStreamCodec, Message } from "@smithy/core/event-streams"
import { appendEvent, isPlainDelta } from "../protocol/response/plainDelta.ts"
import { FrameSplitter, headersOf, isIntact, payloadOf } from "./frames.ts"
import type * as SdkClient from "./sdkClient.ts"

/** The events whose last byte arrived in one read of the socket. Deltas of a block that follow each other are one event. */
export type Batch = ReadonlyArray<Event>

type Codec = Pick<typeof SdkClient, "EventStreamCodec" | "getMessageUnmarshaller">

type Provider = NonNullable<BedrockRuntimeClientConfig["eventStreamSerdeProvider"]>

/** For a client whose streams yield a {@link Batch} instead of an event, because the SDK passes on what is decoded here. */
export const makeSerdeProvider = ({ EventStreamCodec, getMessageUnmarshaller }: Codec): Provider => () => ({
  deserialize: <A>(body: AsyncIterable<Uint8Array>, read: (message: Record<string, Message>) => Promise<A>) => {
    const codec = new EventStreamCodec(toText, (text) => Buffer.from(text))
    const readEvent = getMessageUnmarshaller(read as (message: Record<string, Message>) => Promise<Event>, toText)
    return decode(body, makeReadDelta(codec), (frame) => readEvent(codec.decode(frame))) as AsyncIterable<A>
  },
  serialize: () => {
    throw new Error("no operation of this client sends an event stream")
  }
})

const toText = (bytes: Uint8Array | string): string =>
  typeof bytes === "string" ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()

/** An error is thrown after the events before it were yielded. */
async function* decode(
  body: AsyncIterable<Uint8Array>,
  readDelta: (frame: Buffer) => Event | undefined,
  readEvent: (frame: Buffer) => Promise<Event | undefined>
): AsyncGenerator<Batch> {
  const splitter = new FrameSplitter()
  for await (const bytes of body) {
    const events: Array<Event> = []
    let failure: { readonly error: unknown } | undefined
    try {
      for (const frame of splitter.split(bytes)) {
        const event = readDelta(frame) ?? await readEvent(frame)
        if (event !== undefined) appendEvent(events, event)
      }
    } catch (error) {
      failure = { error }
    }
    if (events.length > 0) yield events
    if (failure !== undefined) throw failure.error
  }
  splitter.end()
}

/**
 * Returns a function that decodes a plain delta to what the SDK would decode it to, but without a promise, and returns nothing for any other frame
 * and for a damaged one.
 */
const makeReadDelta = (codec: EventStreamCodec) => {
  /** The headers of the last delta. Those of the others are the same bytes, so they need not be decoded. */
  let known: Buffer | undefined
  return (frame: Buffer): Event | undefined => {
    if (!isIntact(frame)) return undefined
    const headers = headersOf(frame)
    if (known === undefined || !headers.equals(known)) {
      const { ":event-type": event, ":message-type": message } = codec.decode(frame).headers
      if (event?.value !== "contentBlockDelta" || message?.value !== "event") return undefined
      // A copy, because the frame is part of all that was read with it.
      known = Buffer.from(headers)
    }
    return parseDelta(payloadOf(frame).toString())
  }
}

const parseDelta = (payload: string): Event | undefined => {
  let event
  try {
    event = JSON.parse(payload)
  } catch {
    return undefined
  }
  const { __type: type, contentBlockIndex, delta } = Object(event)
  return type === undefined && typeof contentBlockIndex === "number" && isPlainDelta(delta)
    ? { contentBlockDelta: { delta, contentBlockIndex } }
    : undefined
}
