/** The body of an answer as text that may be shown. Pure. */

/** The first two bytes of text that is not UTF-8, where they say so. */
const marks = [["utf-16le", 0xff, 0xfe], ["utf-16be", 0xfe, 0xff]] as const

/** What no text has in it, and any other data soon. */
// oxlint-disable-next-line no-control-regex
const control = /[\0-\x08\x0e-\x1a\x1c-\x1f]/

const decode = (body: Uint8Array, encoding: string | undefined): string | undefined => {
  if (encoding === undefined) return undefined
  try {
    // With `stream`, a character that is cut off at the end is left out.
    const text = new TextDecoder(encoding, { fatal: true }).decode(body, { stream: true })
    return control.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/**
 * The text of a body, or how much it is when it is no text. It is read as UTF-8, else in the character set that the answer names, else as
 * Western European, in which old servers write their pages.
 */
export const bodyText = (body: Uint8Array, headers: Readonly<Record<string, string>>): string => {
  const encoding = headers["content-encoding"] ?? ""
  if (encoding !== "" && body.length > 0) {
    return `${body.length} bytes compressed as ${encoding.slice(0, 50)}, which can't be read here`
  }
  const charset = /charset="?([\w-]+)/i.exec(headers["content-type"] ?? "")?.[1]
  const mark = marks.find(([, first, second]) => body[0] === first && body[1] === second)?.[0]
  return decode(body, mark) ?? decode(body, "utf-8") ?? decode(body, charset) ??
    (isWestern(body) ? decode(body, "windows-1252") : undefined)
    ?? `${body.length} bytes of binary data`
}

/** Of text in a Western language few letters are beyond ASCII. */
const isWestern = (body: Uint8Array): boolean => {
  let others = 0
  for (const byte of body) if (byte > 0x7f) others += 1
  return others * 4 < body.length
}
