/** Parses the output of `rg`. Each line has the file, a zero byte, the line number, `:` or `-`, and the text. */
import type { Line } from "./collector.ts"
import { displayLine, maxLineBytes } from "./displayLine.ts"

const zero = 0
const newLine = 10
const carriageReturn = 13
const colon = 58

interface Current {
  readonly file: string
  readonly number: number
  readonly isMatch: boolean
  readonly parts: Array<Buffer>
  /** Length of the line in bytes. */
  length: number
  /** How many more bytes of the line are stored. */
  room: number
  endsWithReturn: boolean
}

/** Makes a parser for output that arrives in pieces. File names may contain line breaks. Stores only the displayed part of long lines. */
export const makeParser = (onLine: (file: string, line: Line) => void): (bytes: Buffer) => void => {
  let pending: Buffer = Buffer.alloc(0)
  let current: Current | undefined

  const finish = ({ endsWithReturn, file, isMatch, length, number, parts }: Current) => {
    const bytes = Buffer.concat(parts)
    const whole = endsWithReturn ? length - 1 : length
    onLine(file, { number, isMatch, text: displayLine(bytes.subarray(0, whole), whole) })
  }

  return (piece) => {
    const bytes = pending.length === 0 ? piece : Buffer.concat([pending, piece])
    pending = Buffer.alloc(0)
    let at = 0
    while (at < bytes.length) {
      if (current === undefined) {
        const head = headAt(bytes, at)
        if (head === undefined) {
          pending = bytes.subarray(at)
          return
        }
        current = head.current
        at = head.end
        continue
      }
      const end = bytes.indexOf(newLine, at)
      const part = bytes.subarray(at, end === -1 ? bytes.length : end)
      if (current.room > 0) current.parts.push(part.subarray(0, current.room))
      current.room -= part.length
      current.length += part.length
      if (part.length > 0) current.endsWithReturn = part.at(-1) === carriageReturn
      if (end === -1) return
      finish(current)
      current = undefined
      at = end + 1
    }
  }
}

/** Parses the prefix of a line; `undefined` until it is complete. */
const headAt = (bytes: Buffer, start: number): { readonly current: Current; readonly end: number } | undefined => {
  const nul = bytes.indexOf(zero, start)
  if (nul === -1) return undefined
  const digits = /^\d+(?=[:-])/.exec(bytes.toString("latin1", nul + 1, nul + 24))?.[0]
  if (digits === undefined) return undefined
  const sign = nul + 1 + digits.length
  return {
    current: {
      file: bytes.toString("utf8", start, nul).replace(/^\.\//, ""),
      number: Number(digits),
      isMatch: bytes[sign] === colon,
      parts: [],
      length: 0,
      room: maxLineBytes,
      endsWithReturn: false
    },
    end: sign + 1
  }
}
