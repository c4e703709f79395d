/** Lines and files as they are searched, with ripgrep or without. */
import * as Cut from "@altimate-code/system/Cut"
import { closeSync, constants, openSync, readSync } from "node:fs"
import { decode } from "../files/encoding.ts"

/** Of a longer line, so many characters are shown. */
const maxShown = 500

/** So many bytes of a line are needed to show it: a character has at most four. */
export const maxKept = 4 * maxShown

/** A line as it is shown, by its first bytes and their number in all; without its end. */
export const shownLine = (bytes: Uint8Array, length: number): string => {
  if (length > bytes.length) return cut(Buffer.from(bytes).toString("utf8"), length)
  const decoded = decode(bytes)
  const text = typeof decoded === "string" ? Buffer.from(bytes).toString("utf8") : decoded.text
  return text.length > maxShown ? cut(text, length) : text
}

const cut = (text: string, length: number): string => `${Cut.head(text, maxShown)}… (${length} bytes)`

/** Git's own rule: a zero among the first bytes. */
const sniffed = 8000

export const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

/** By the file's beginning. Text is UTF-16 with a byte order mark, and what has no zeros. */
export const isBinary = (beginning: Uint8Array): boolean =>
  !isUtf16(beginning) && beginning.subarray(0, sniffed).includes(0)

export const isBinaryFile = (path: string): boolean => {
  try {
    // Should it have become a pipe by now, nobody waits for it.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(sniffed)
      return isBinary(buffer.subarray(0, readSync(fd, buffer)))
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}
