/** More than an event of Bedrock's has: 16 MiB of payload and 128 KiB of headers. Source: smithy.io, "Amazon Event Stream". */
const largest = 17 * 1024 * 1024

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
        if (length < 16 || length > largest) throw new NotFrames(length, first)
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
