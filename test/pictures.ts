/** The smallest complete image of each format, and PNGs of any size. */
import { crc32, deflateSync } from "node:zlib"

export const chunk = (type: string, data: Uint8Array, checksum?: number): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const crc = Buffer.alloc(4)
  crc.writeUInt32BE(checksum ?? crc32(body))
  return Buffer.concat([length, body, crc])
}

export const pngStart = Buffer.from("89504e470d0a1a0a", "hex")

export const header = (width: number, height: number, kind = [8, 0, 0, 0, 0]): Buffer => {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set(kind, 8)
  return data
}

/** A grayscale image. `extra` bytes make the file larger without changing the picture. */
export const png = (width = 1, height = 1, extra = 0): Buffer =>
  Buffer.concat([
    pngStart,
    chunk("IHDR", header(width, height)),
    ...(extra === 0 ? [] : [chunk("teSt", Buffer.alloc(extra))]),
    chunk("IDAT", deflateSync(Buffer.alloc((width + 1) * height))),
    chunk("IEND", Buffer.alloc(0))
  ])

const base64 = (text: string) => Buffer.from(text, "base64")

export const gif = base64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
export const jpeg = base64(
  "/9j/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)
export const webp = base64("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
export const webpLossless = base64("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
