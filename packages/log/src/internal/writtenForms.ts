/** The forms in which a text commonly occurs inside other texts. */
export const writtenForms = (text: string): ReadonlySet<string> =>
  new Set([
    text,
    ...jsonForms(text),
    ...percentForms(text),
    ...base64Forms(text)
  ])

/** As a JSON string, and as JSON inside a JSON string; also with the escapes of PHP, Go and Python. */
const jsonForms = (text: string): ReadonlyArray<string> => {
  const once = JSON.stringify(text).slice(1, -1)
  return [
    once,
    JSON.stringify(once).slice(1, -1),
    once.replaceAll("/", "\\/"),
    once.replaceAll(/[<>&]/g, unicodeEscape),
    once.replaceAll(/[^ -~]/g, unicodeEscape)
  ]
}

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

/** As a URL component, in an AWS signature and as a form field, which encode different characters. Hex digits in either case. */
const percentForms = (text: string): ReadonlyArray<string> => {
  // encodeURIComponent throws on half a surrogate pair; a buffer replaces it.
  const component = encodeURIComponent(Buffer.from(text).toString())
  const signed = component.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return [component, signed, new URLSearchParams([[text, ""]]).toString().slice(0, -1)].flatMap((form) => [
    form,
    form.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())
  ])
}

/**
 * In base64, alone or inside a longer text (`user:secret` in Basic authentication). Base64 encodes three bytes as four characters, so there
 * are three alignments. Characters that also encode neighboring bytes are left out.
 */
const base64Forms = (text: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(text)
  const inside = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64")
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
  })
  return [bytes.toString("base64"), ...inside].flatMap((form) => [
    form,
    form.replaceAll("+", "-").replaceAll("/", "_")
  ])
}
