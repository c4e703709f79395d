/** The codings of a body in HTTP, and how a body shows whether one was used. */
import type { Transform } from "node:stream"
import * as Zlib from "node:zlib"

export interface Coding {
  readonly name: string
  /** Gateways that undo a compression often leave its header: is a body that begins with these bytes compressed at all? */
  readonly isUsed: (first: Buffer) => boolean
  readonly decoder: (first: Buffer) => Transform
}

/** Text, or the zero byte of a short length, as event streams begin. A deflated body may begin with an empty block. */
const isPlain = (first: Buffer): boolean =>
  first[0] === 0
    ? !(first[3] === 0xff && first[4] === 0xff)
    // An empty body is a single byte in Brotli, which may be a letter.
    : first.length > 1 && isText(first)

const isText = (first: Buffer): boolean => {
  try {
    // With `stream`, a character that is cut off at the end is fine.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(first, { stream: true })
    // oxlint-disable-next-line no-control-regex
    return !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)
  } catch {
    return false
  }
}

/** Do these bytes tell whether a body is compressed? Few may be a compressed piece that happens to look like text. */
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
    // Some servers leave out zlib's wrapper, although the RFC has it.
    decoder: (first) => isZlib(first) ? Zlib.createInflate() : Zlib.createInflateRaw()
  },
  { name: "br", isUsed: (first) => !isPlain(first), decoder: () => Zlib.createBrotliDecompress() },
  ...(createZstd === undefined ? [] : [{
    name: "zstd",
    isUsed: (first: Buffer) => first.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])),
    decoder: () => createZstd()
  }])
]
