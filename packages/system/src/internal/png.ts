/** PNG (W3C, third edition): chunks of length, type, data and CRC. */
import { crc32 } from "node:zlib"
import { damagedHeader, type Measure, noImageData, part, type Size } from "./imageFile.ts"

/** Allowed bits per sample, by color type (section 11.2.1). */
const depths: { readonly [color: number]: ReadonlyArray<number> } = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16]
}
const palette = 3

const header = (data: Buffer): Size | undefined => {
  if (data.length !== 13) return undefined
  const [depth = 0, color = 0, compression, filter, interlace = 0] = data.subarray(8)
  const isValid = depths[color]?.includes(depth) && compression === 0 && filter === 0 && interlace <= 1
  return isValid ? { width: data.readUInt32BE(0), height: data.readUInt32BE(4) } : undefined
}

/** Checks the first two bytes of the chunks' combined data (RFC 1950). */
const isZlib = (data: Buffer): boolean => (data[0]! & 0x0f) === 8 && data.readUInt16BE(0) % 31 === 0

export const png: Measure = (file) => {
  let size: Size | undefined
  let needsPalette = false
  let data = Buffer.alloc(0)
  for (let at = 8, length = 0;; at += 12 + length) {
    length = file.readUInt32BE(at)
    const body = part(file, at + 4, 4 + length)
    const type = body.toString("latin1", 0, 4)
    const isCritical = /^[A-Z]/.test(type)
    if (size === undefined && type !== "IHDR") return damagedHeader
    if (crc32(body) !== file.readUInt32BE(at + 8 + length) && isCritical) return `the checksum of its ${type} is wrong`
    if (type === "IHDR") {
      size = header(body.subarray(4))
      if (size === undefined) return damagedHeader
      needsPalette = body[13] === palette
    }
    if (type === "PLTE") needsPalette = false
    if (type === "IDAT" && data.length < 2) data = Buffer.concat([data, body.subarray(4)])
    if (type === "IEND") return data.length < 2 || !isZlib(data) || needsPalette ? noImageData : size!
  }
}
