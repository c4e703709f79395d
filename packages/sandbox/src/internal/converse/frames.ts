/** Encodes `application/vnd.amazon.eventstream` as Bedrock Runtime does. */
import { EventStreamCodec } from "@smithy/eventstream-codec"
import type { StreamException } from "../../Script.ts"

const codec = new EventStreamCodec(
  (input) => typeof input === "string" ? input : Buffer.from(input).toString("utf8"),
  (input) => new Uint8Array(Buffer.from(input, "utf8"))
)

const encodeFrame = (headers: Record<string, string>, payload: object): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }])
    ),
    body: Buffer.from(JSON.stringify(payload), "utf8")
  })

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/** Bedrock pads each event to hide the length of its tokens. The padding is random there, but depends on the length here. */
const makePadding = (payload: object): string =>
  alphabet.slice(0, (JSON.stringify(payload).length * 7) % alphabet.length)

export const encodeEvent = (type: string, payload: object): Uint8Array =>
  encodeFrame(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    { ...payload, p: makePadding(payload) }
  )

export const encodeException = (type: StreamException, payload: object): Uint8Array =>
  encodeFrame(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    payload
  )

/** Flips a bit in the frame's last byte, which is part of the message checksum. */
export const corrupt = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => i === bytes.length - 1 ? byte ^ 1 : byte)

export const firstHalf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2))
