/** Decodes the body of a response as text. Pure. */

/** UTF-16 byte order marks. */
const marks = [["utf-16le", 0xff, 0xfe], ["utf-16be", 0xfe, 0xff]] as const

/** Characters that appear in binary data but not in text. */
// oxlint-disable-next-line no-control-regex
const control = /[\0-\x08\x0e-\x1a\x1c-\x1f]/

const decode = (body: Uint8Array, encoding: string | undefined): string | undefined => {
  if (encoding === undefined) return undefined
  try {
    // With `stream`, an incomplete character at the end is dropped.
    const text = new TextDecoder(encoding, { fatal: true }).decode(body, { stream: true })
    return control.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/**
 * The text of a body, or the size of a body that is not text. The text is decoded by its byte order mark, as UTF-8, with the declared charset, or
 * as Windows-1252, which old servers use for their pages.
 */
export const bodyText = (body: Uint8Array, headers: Readonly<Record<string, string>>): string => {
  const encoding = headers["content-encoding"] ?? ""
  if (encoding !== "" && body.length > 0) {
    return `${body.length} bytes compressed as ${encoding.slice(0, 50)}, which is not supported`
  }
  const charset = /charset="?([\w-]+)/i.exec(headers["content-type"] ?? "")?.[1]
  const mark = marks.find(([, first, second]) => body[0] === first && body[1] === second)?.[0]
  return decode(body, mark) ?? decode(body, "utf-8") ?? decode(body, charset) ??
    (isWestern(body) ? decode(body, "windows-1252") : undefined)
    ?? `${body.length} bytes of binary data`
}

/** Whether most bytes are ASCII, as in a Western language. */
const isWestern = (body: Uint8Array): boolean => {
  let others = 0
  for (const byte of body) if (byte > 0x7f) others += 1
  return others * 4 < body.length
}
