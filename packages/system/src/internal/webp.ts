/** WebP (RFC 9649): a RIFF file with chunks of type, length and data. */
import { damagedHeader, type Measure, noImageData, part, type Size } from "./imageFile.ts"

/** The size of a lossy image, after the frame tag (RFC 6386, section 9.1). */
const lossy = (data: Buffer): Size | string =>
  part(data, 3, 3).toString("hex") === "9d012a"
    ? { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff }
    : damagedHeader

const lossless = (data: Buffer): Size | string => {
  if (data.readUInt8(0) !== 0x2f) return damagedHeader
  const sides = data.readUInt32LE(1)
  return { width: (sides & 0x3fff) + 1, height: ((sides >>> 14) & 0x3fff) + 1 }
}

export const webp: Measure = (file) => {
  const riff = part(file, 0, 8 + file.readUInt32LE(4))
  let canvas: Size | undefined
  let picture: Size | string = noImageData
  for (let at = 12; at + 8 <= riff.length;) {
    const type = riff.toString("latin1", at, at + 4)
    const data = part(riff, at + 8, riff.readUInt32LE(at + 4))
    if (type === "VP8X") canvas = { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 }
    if (type === "VP8 ") picture = lossy(data)
    if (type === "VP8L") picture = lossless(data)
    // A frame of an animation: position, size, then chunks as above.
    if (type === "ANMF" && data.length > 24) {
      picture = { width: data.readUIntLE(6, 3) + 1, height: data.readUIntLE(9, 3) + 1 }
    }
    // Data of odd length is followed by one byte of padding.
    at += 8 + data.length + data.length % 2
  }
  return typeof picture === "string" ? picture : canvas ?? picture
}
