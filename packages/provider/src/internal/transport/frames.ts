import { crc32 } from "node:zlib"

/** In bytes. The format allows 16 MiB of payload and 128 KiB of headers. Source: smithy.io, "Amazon Event Stream". */
const maxFrameLength = 17 * 1024 * 1024

/** In bytes: two lengths and their checksum, 4 bytes each. Source: the same. */
export const preludeLength = 12

/** Whether these bytes are the beginning of an event stream: they must contain the checksum of the first eight bytes. */
export const isFrameStart = (first: Buffer): boolean =>
  first.length >= preludeLength && crc32(first.subarray(0, 8)) === first.readUInt32BE(8)

/** Whether these bytes could be the beginning of a frame that is damaged or cut off. */
export const mayBeFrameStart = (first: Buffer): boolean =>
  first.length < preludeLength
    ? first[0] === 0
    : isPossibleLength(first.readUInt32BE(0)) && first.readUInt32BE(4) <= maxFrameLength

const isPossibleLength = (length: number): boolean => length >= 16 && length <= maxFrameLength

/** The bytes are not an event stream, or stopped being one. */
export class InvalidFrames extends Error {
  /** Whether this is the first frame, so that the bytes never were an event stream. */
  readonly isFirst: boolean
  constructor(length: number, isFirst: boolean) {
    super(`a frame can't have ${length} bytes`)
    this.isFirst = isFirst
  }
}

/**
 * Passes the chunks through as long as their frame lengths are possible. Without this check, the SDK would allocate memory and wait for any
 * length, even if the bytes are an HTML page.
 */
export async function* checkFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0
  let lengthBytes = 0
  let remaining = 0
  let first = true
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (remaining === 0) {
        length = length * 256 + chunk[at]!
        lengthBytes += 1
        at += 1
        if (lengthBytes < 4) continue
        if (!isPossibleLength(length)) {
          // The frames before it are valid.
          yield chunk.subarray(0, Math.max(0, at - 4))
          throw new InvalidFrames(length, first)
        }
        first = false
        remaining = length - 4
        length = 0
        lengthBytes = 0
      }
      const taken = Math.min(remaining, chunk.length - at)
      remaining -= taken
      at += taken
    }
    yield chunk
  }
}
