import * as Zlib from "node:zlib"

/**
 * Encodes one frame of `application/vnd.amazon.eventstream`: lengths, their checksum, headers, payload, and the checksum of
 * everything. Source: smithy.io, "Amazon Event Stream Specification".
 */
export const frame = (
  type: string,
  payload: object,
  messageType: "event" | "exception" = "event",
  text = JSON.stringify(payload)
): Buffer => {
  const headers = Buffer.concat([
    header(":message-type", messageType),
    header(`:${messageType}-type`, type),
    header(":content-type", "application/json")
  ])
  const body = Buffer.from(text)
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const message = Buffer.concat([prelude, crc(prelude), headers, body])
  return Buffer.concat([message, crc(message)])
}

const header = (name: string, value: string): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  // Type 7 is a string.
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)])
}

const crc = (bytes: Buffer): Buffer => {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(Zlib.crc32(bytes))
  return sum
}
