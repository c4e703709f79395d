/** HTTP content codings, and how to detect whether a body really uses one. */
import type { Transform } from "node:stream"
import * as Zlib from "node:zlib"

export interface Coding {
  readonly name: string
  /** Whether a body that begins with these bytes is compressed: gateways that decompress a body often leave the header. */
  readonly isUsed: (first: Buffer) => boolean
  readonly decoder: (first: Buffer) => Transform
}

/** Whether the body is text, or an event stream, whose first length begins with a zero byte. A deflated body may begin with an empty block. */
const isPlain = (first: Buffer): boolean =>
  first[0] === 0
    ? !(first[3] === 0xff && first[4] === 0xff)
    // An empty Brotli body is a single byte that may be a letter.
    : first.length > 1 && isText(first)

const isText = (first: Buffer): boolean => {
  try {
    // With `stream`, a character may be cut off at the end.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(first, { stream: true })
    // oxlint-disable-next-line no-control-regex
    return !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)
  } catch {
    return false
  }
}

/** Whether these bytes are enough to decide: a few bytes of a compressed body can look like text. */
export const areEnough = (first: Buffer): boolean => first.length >= 16 || first.length >= 5 && !isPlain(first)

/** Source: RFC 1950, section 2.2: the method is 8, and the two bytes are a multiple of 31. */
const isZlib = (first: Buffer): boolean =>
  first.length > 1 && (first[0]! & 0x0f) === 8 && first.readUInt16BE(0) % 31 === 0

const gzip = (name: string): Coding => ({
  name,
  isUsed: (first) => first[0] === 0x1f && first[1] === 0x8b,
  decoder: () => Zlib.createGunzip()
})

/** Node.js 20 and the first releases of 22 have no zstd. */
const createZstd = (Zlib as { readonly createZstdDecompress?: () => Transform }).createZstdDecompress

/** Source: RFC 9110, section 8.4.1; RFC 7932; RFC 8878. */
export const codings: ReadonlyArray<Coding> = [
  gzip("gzip"),
  gzip("x-gzip"),
  {
    name: "deflate",
    isUsed: (first) => !isPlain(first),
    // Some servers omit zlib's wrapper, which the RFC requires.
    decoder: (first) => isZlib(first) ? Zlib.createInflate() : Zlib.createInflateRaw()
  },
  { name: "br", isUsed: (first) => !isPlain(first), decoder: () => Zlib.createBrotliDecompress() },
  ...(createZstd === undefined ? [] : [{
    name: "zstd",
    isUsed: (first: Buffer) => first.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])),
    decoder: () => createZstd()
  }])
]
