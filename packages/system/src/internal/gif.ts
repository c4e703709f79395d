/** GIF (89a specification): a screen descriptor, then blocks, then a trailer. */
import { type Measure, noImageData, part } from "./imageFile.ts"

const introducer = { extension: 0x21, image: 0x2c, trailer: 0x3b }

/** A flag says whether there is a color table, and three bits give its length. */
const tableLength = (flags: number): number => (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)

/** The end of the sub-blocks that begin here. */
const skipBlocks = (file: Buffer, from: number): number => {
  let at = from
  for (let length = file.readUInt8(at); length > 0; length = file.readUInt8(at)) {
    at += 1 + part(file, at + 1, length).length
  }
  return at + 1
}

export const gif: Measure = (file) => {
  const size = { width: file.readUInt16LE(6), height: file.readUInt16LE(8) }
  let hasImage = false
  let at = 13 + tableLength(file.readUInt8(10))
  for (;;) {
    // Some files have no trailer, and decoders accept them.
    if (hasImage && at === file.length) return size
    switch (file.readUInt8(at)) {
      case introducer.extension:
        at = skipBlocks(file, at + 2)
        break
      case introducer.image: {
        const data = at + 10 + tableLength(file.readUInt8(at + 9))
        if (file.readUInt16LE(at + 5) === 0 || file.readUInt16LE(at + 7) === 0 || file.readUInt8(data + 1) === 0) {
          return noImageData
        }
        hasImage = true
        at = skipBlocks(file, data + 1)
        break
      }
      case introducer.trailer:
        return hasImage ? size : noImageData
      default:
        return "its data is damaged"
    }
  }
}
