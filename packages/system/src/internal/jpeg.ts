/** JPEG (ITU-T T.81, annex B): segments that begin with a marker, and scans between them. */
import { type Measure, noImageData, part, type Size } from "./imageFile.ts"

const marker = { stuffed: 0x00, temporary: 0x01, restart: 0xd0, lastRestart: 0xd7, end: 0xd9, scan: 0xda }

const isRestart = (code: number): boolean => code >= marker.restart && code <= marker.lastRestart

/** SOF0 to SOF15, except for three codes in that range that are tables. */
const isFrame = (code: number): boolean => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code)

/** The index of the next `0xff`; throws if there is none. */
const next = (file: Buffer, from: number): number => {
  const at = file.indexOf(0xff, from)
  if (at === -1) throw new RangeError("the file ends here")
  return at
}

/** The index of the first marker after a scan's data. */
const scanEnd = (file: Buffer, from: number): number => {
  for (let at = next(file, from);; at = next(file, at)) {
    const code = file.readUInt8(at + 1)
    if (code === marker.stuffed || isRestart(code)) at += 2
    else if (code === 0xff) at += 1
    else return at
  }
}

export const jpeg: Measure = (file) => {
  let size: Size | undefined
  let hasScan = false
  for (let at = 2;;) {
    // Decoders skip data between segments, and any number of fill bytes before a marker.
    at = next(file, at)
    while (file.readUInt8(at) === 0xff) at++
    const code = file.readUInt8(at++)
    if (code === marker.end) return size === undefined || !hasScan ? noImageData : size
    if (code === marker.stuffed || code === marker.temporary || isRestart(code)) continue
    const length = file.readUInt16BE(at)
    const segment = part(file, at, Math.max(2, length))
    if (isFrame(code)) size = { width: segment.readUInt16BE(5), height: segment.readUInt16BE(3) }
    at += segment.length
    if (code === marker.scan) {
      hasScan = true
      at = scanEnd(file, at)
    }
  }
}
