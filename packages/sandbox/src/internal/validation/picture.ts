/** Reads images as a model would. Independent of the client's own checks. */
import { crc32, inflateSync } from "node:zlib"

export interface Picture {
  readonly format: string
  readonly width: number
  readonly height: number
}

const png = (bytes: Buffer): Picture | undefined => {
  const parts: Array<Buffer> = []
  let at = 8
  let type = ""
  while (type !== "IEND") {
    const length = bytes.readUInt32BE(at)
    const chunk = bytes.subarray(at + 4, at + 8 + length)
    type = chunk.toString("latin1", 0, 4)
    if (bytes.readUInt32BE(at + 8 + length) !== crc32(chunk)) return undefined
    if (type === "IDAT") parts.push(chunk.subarray(4))
    at += 12 + length
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  return inflateSync(Buffer.concat(parts)).length >= height ? { format: "png", width, height } : undefined
}

const jpeg = (bytes: Buffer): Picture | undefined => {
  if (bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) === -1) return undefined
  for (let at = 2; bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!
    if (marker >= 0xc0 && marker <= 0xcf && marker % 4 !== 0 || marker === 0xc0) {
      return { format: "jpeg", width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    }
  }
  return undefined
}

const gif = (bytes: Buffer): Picture | undefined =>
  bytes.length > 20 ? { format: "gif", width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) } : undefined

const webp = (bytes: Buffer): Picture | undefined => {
  if (bytes.readUInt32LE(4) + 8 > bytes.length) return undefined
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { format: "webp", width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    case "VP8L": {
      const bits = bytes.readUInt32LE(21)
      return { format: "webp", width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case "VP8X":
      return { format: "webp", width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}

const readers: ReadonlyArray<readonly [string, (bytes: Buffer) => Picture | undefined]> = [
  ["89504e470d0a1a0a", png],
  ["ffd8ff", jpeg],
  ["474946383", gif],
  ["52494646", webp]
]

/** Undefined if the image can't be processed. */
export const readPicture = (bytes: Buffer): Picture | undefined => {
  const start = bytes.toString("hex", 0, 8)
  const reader = readers.find(([signature]) => start.startsWith(signature))?.[1]
  try {
    const picture = reader?.(bytes)
    return picture === undefined || picture.width === 0 || picture.height === 0 ? undefined : picture
  } catch {
    return undefined
  }
}
