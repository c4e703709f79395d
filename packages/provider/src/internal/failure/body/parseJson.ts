/** JSON as answers have it: whole, cut off, or a line among others. Pure. */

/** `undefined` where it is none: JSON's own `undefined` does not exist. */
export const parseJson = (text: string): unknown => {
  const trimmed = text.trim()
  return parseWhole(trimmed) ?? parseWhole(trimmed.split("\n", 1)[0]!) ?? parseWhole(completed(trimmed))
}

/** `undefined` also where the text breaks off. */
export const parseWhole = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** No error is nested like this. */
const deepest = 100

/** What came of a JSON text that breaks off, up to its last whole member, with what is still open closed. */
const completed = (text: string): string => {
  if (!/^[{[]/.test(text)) return ""
  const open: Array<string> = []
  let isString = false
  let end = 0
  let closing = ""
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (isString) {
      if (char === "\\") at++
      else if (char === "\"") isString = false
      continue
    }
    if (char === "\"") isString = true
    else if (char === "{") open.push("}")
    else if (char === "[") open.push("]")
    if (open.length > deepest) break
    if (char === "}" || char === "]") open.pop()
    if (char === "," || char === "}" || char === "]") {
      end = char === "," ? at : at + 1
      closing = open.toReversed().join("")
    }
  }
  return text.slice(0, end) + closing
}
