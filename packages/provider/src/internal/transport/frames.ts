import { crc32 } from "node:zlib"

/** More than an event of Bedrock's has: 16 MiB of payload and 128 KiB of headers. Source: smithy.io, "Amazon Event Stream". */
const largest = 17 * 1024 * 1024

/** The lengths of a frame and their checksum, 4 bytes each. Source: the same. */
export const preludeLength = 12

/** Does an event stream begin with these bytes? Nothing else has the checksum of its first eight bytes behind them. */
export const beginsFrames = (first: Buffer): boolean =>
  first.length >= preludeLength && crc32(first.subarray(0, 8)) === first.readUInt32BE(8)

/** Can a frame begin with these bytes? One may be damaged, or cut off. */
export const mayBeginFrame = (first: Buffer): boolean =>
  first.length < preludeLength ? first[0] === 0 : isPossible(first.readUInt32BE(0)) && first.readUInt32BE(4) <= largest

const isPossible = (length: number): boolean => length >= 16 && length <= largest

/** The bytes are not an event stream, or not any more. */
export class NotFrames extends Error {
  /** Was it the very first frame? Then it never was one. */
  readonly first: boolean
  constructor(length: number, first: boolean) {
    super(`a frame of ${length} bytes is not possible`)
    this.first = first
  }
}

/**
 * The chunks as they come, as long as the lengths in them are possible: the SDK reserves what a length says, and waits
 * for it, also where the bytes are a page of HTML.
 */
export async function* checkedFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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
        if (!isPossible(length)) {
          // The frames before it count.
          yield chunk.subarray(0, Math.max(0, at - 4))
          throw new NotFrames(length, first)
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
