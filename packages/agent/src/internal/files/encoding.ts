/** Detects the encoding of text files, so that they are written back in the same one. */

export interface Encoding {
  readonly name: "UTF-8" | "UTF-16LE" | "UTF-16BE" | "Windows-1252"
  /** Whether the file starts with a byte order mark, which is not part of the text. */
  readonly hasMark: boolean
}

export interface Decoded {
  readonly text: string
  readonly encoding: Encoding
}

export const utf8: Encoding = { name: "UTF-8", hasMark: false }

const mark = "\uFEFF"

/** The bytes 80 to 9F, where Windows-1252 differs from Latin-1. Five of them are undefined and map to themselves. */
const windows1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ"

const ofWindows1252 = new Map([...windows1252].map((character, index) => [character, 0x80 + index]))

/**
 * The text, or an explanation that completes "… is ". Bytes that are neither UTF-8 nor UTF-16 with a byte order mark but look like a
 * western language are decoded as Windows-1252, a superset of Latin-1.
 */
export const decode = (bytes: Uint8Array): Decoded | string => {
  const start = Buffer.from(bytes.subarray(0, 4)).toString("hex")
  if (start === "fffe0000" || start === "0000feff") return "UTF-32, which is not supported. Convert it with iconv."
  if (start.startsWith("fffe")) return decodeUtf16(bytes, "UTF-16LE")
  if (start.startsWith("feff")) return decodeUtf16(bytes, "UTF-16BE")
  if (bytes.includes(0)) {
    return looksLikeUtf16(bytes)
      ? "UTF-16 without a byte order mark, which is not supported. Convert it with iconv."
      : "not text."
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  // The file itself may contain the replacement character.
  if (!text.includes("\uFFFD") || isUtf8(bytes)) {
    const hasMark = text.startsWith(mark)
    return { text: hasMark ? text.slice(1) : text, encoding: { name: "UTF-8", hasMark } }
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x07\x0E-\x1A\x1C-\x1F]/.test(text)) return "not text."
  const wrong = count(text, /\uFFFD/g)
  if (count(text, /[^\0-\x7F\uFFFD]/g) >= wrong) return "UTF-8 with invalid bytes. Inspect it with bash."
  const decoded = Buffer.from(bytes).toString("latin1").replace(
    /[\x80-\x9F]/g,
    (character) => windows1252[character.charCodeAt(0) - 0x80]!
  )
  return isWestern(decoded)
    ? { text: decoded, encoding: { name: "Windows-1252", hasMark: false } }
    : "text in an unknown encoding. Convert it to UTF-8 with iconv."
}

/** The bytes, or the first character that the encoding can't represent. */
export const encode = (text: string, { hasMark, name }: Encoding): Uint8Array | string => {
  const whole = hasMark && !text.startsWith(mark) ? mark + text : text
  switch (name) {
    case "UTF-8":
      return new TextEncoder().encode(whole)
    case "UTF-16LE":
      return Buffer.from(whole, "utf16le")
    case "UTF-16BE":
      return Buffer.from(whole, "utf16le").swap16()
    case "Windows-1252": {
      const codes = [...whole].map((character) =>
        ofWindows1252.get(character) ?? (/[\0-\x7F\xA0-\xFF]/.test(character) ? character.charCodeAt(0) : character)
      )
      const missing = codes.find((code) => typeof code === "string")
      return missing ?? Uint8Array.from(codes as ReadonlyArray<number>)
    }
  }
}

const decodeUtf16 = (bytes: Uint8Array, name: "UTF-16LE" | "UTF-16BE"): Decoded | string => {
  if (bytes.length % 2 !== 0) return "invalid UTF-16: it ends in the middle of a character."
  const units = name === "UTF-16LE" ? Buffer.from(bytes) : Buffer.from(bytes).swap16()
  const text = units.toString("utf16le", 2)
  return /\p{Surrogate}/u.test(text)
    ? "invalid UTF-16: it contains an unpaired surrogate."
    : { text, encoding: { name, hasMark: true } }
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

/** Every other byte of ASCII in UTF-16 is zero. */
const looksLikeUtf16 = (bytes: Uint8Array): boolean => {
  const zeros = [0, 0]
  for (const [index, byte] of bytes.subarray(0, 4096).entries()) if (byte === 0) zeros[index % 2]! += 1
  const [even = 0, odd = 0] = zeros
  return bytes.length % 2 === 0 && Math.min(even, odd) === 0 && Math.max(even, odd) > Math.min(bytes.length, 4096) / 5
}

/** Long runs of different non-ASCII letters indicate Cyrillic or Greek words, or a multi-byte encoding. */
const isWestern = (text: string): boolean => (text.match(/[^\0-\x7F]{4,}/g) ?? []).every((run) => new Set(run).size < 3)
