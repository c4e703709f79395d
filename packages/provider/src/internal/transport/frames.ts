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

/** In bytes, of the length at the start of a frame and of the checksum at its end. Source: the same. */
const lengthSize = 4
const checksumLength = 4

/** Whether both checksums of a whole frame match, and the headers fit into it. */
export const isIntact = (frame: Buffer): boolean =>
  isFrameStart(frame) && crc32(frame.subarray(0, -checksumLength)) === frame.readUInt32BE(frame.length - checksumLength)
  && frame.readUInt32BE(4) <= frame.length - preludeLength - checksumLength

export const headersOf = (frame: Buffer): Buffer => frame.subarray(preludeLength, preludeLength + frame.readUInt32BE(4))

export const payloadOf = (frame: Buffer): Buffer =>
  frame.subarray(preludeLength + frame.readUInt32BE(4), -checksumLength)

/** Splits bytes into frames, whatever the pieces in which they arrive. */
export class FrameSplitter {
  #pieces: Array<Uint8Array> = []
  #length = 0
  /** How many bytes the next step takes. */
  #needed = lengthSize
  #isFirst = true

  /** Throws if the bytes end inside a frame. */
  end(): void {
    if (this.#needed > lengthSize) throw new Error("Truncated event message received.")
  }

  /**
   * Adds bytes and yields the frames that are now complete. Throws {@link InvalidFrames} as soon as the length of a frame is impossible: the
   * bytes may be an HTML page, and its "frame" would need gigabytes and never end.
   */
  *split(bytes: Uint8Array): Generator<Buffer> {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    // Joining the pieces only now keeps a large frame from being copied with each of its pieces.
    if (this.#length < this.#needed) return
    const all = Buffer.concat(this.#pieces)
    let at = 0
    for (this.#needed = lengthSize; all.length - at >= lengthSize;) {
      const length = all.readUInt32BE(at)
      if (!isPossibleLength(length)) throw new InvalidFrames(length, this.#isFirst)
      this.#isFirst = false
      if (all.length - at < length) {
        this.#needed = length
        break
      }
      yield all.subarray(at, at + length)
      at += length
    }
    this.#pieces = [all.subarray(at)]
    this.#length = all.length - at
  }
}
