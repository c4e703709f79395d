/** The ways in which a text commonly stands inside other texts. */
export const writtenForms = (text: string): ReadonlySet<string> =>
  new Set([
    text,
    ...jsonForms(text),
    ...percentForms(text),
    ...base64Forms(text)
  ])

/** As a JSON string, and as JSON within a JSON string; as PHP, Go and Python escape it, too. */
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

/** As a URL's component, as AWS signs it, and as a form's field: they differ in what else is encoded. Hex digits in either case. */
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
 * In base64, alone or in the middle of something longer (`user:secret` of Basic authentication): three bytes make four
 * characters, so there are three ways to fall into step. A character shared with a neighbour differs, and is left out.
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
