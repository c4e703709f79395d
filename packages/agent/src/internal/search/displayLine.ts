/** Formats lines and detects binary files, in the same way with and without ripgrep. */
import * as Cut from "@altimate-code/system/Cut"
import { closeSync, constants, openSync, readSync } from "node:fs"
import { decode } from "../files/encoding.ts"

/** Longer lines are cut to this many characters. */
const maxDisplayedLength = 500

/** The number of bytes that are enough to display a line: a character has at most four. */
export const maxLineBytes = 4 * maxDisplayedLength

/** Formats a line from its first bytes and its total length in bytes, without the line ending. */
export const displayLine = (bytes: Uint8Array, length: number): string => {
  if (length > bytes.length) return cut(Buffer.from(bytes).toString("utf8"), length)
  const decoded = decode(bytes)
  const text = typeof decoded === "string" ? Buffer.from(bytes).toString("utf8") : decoded.text
  return text.length > maxDisplayedLength ? cut(text, length) : text
}

const cut = (text: string, length: number): string => `${Cut.head(text, maxDisplayedLength)}… (${length} bytes)`

/** A file with a zero among its first 8000 bytes is binary, as for Git. Source: `buffer_is_binary` in Git. */
const sniffedBytes = 8000

export const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

/** Whether a file that starts with these bytes is binary. UTF-16 with a byte order mark is text. */
export const isBinary = (beginning: Uint8Array): boolean =>
  !isUtf16(beginning) && beginning.subarray(0, sniffedBytes).includes(0)

export const isBinaryFile = (path: string): boolean => {
  try {
    // Non-blocking, in case the file has been replaced by a pipe.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(sniffedBytes)
      return isBinary(buffer.subarray(0, readSync(fd, buffer)))
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}
