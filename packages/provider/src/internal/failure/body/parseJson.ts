/** Parses JSON that may be cut off or followed by other lines. Pure. */

/** `undefined` if the text is not JSON. */
export const parseJson = (text: string): unknown => {
  const trimmed = text.trim()
  return parseCompleteJson(trimmed) ?? parseCompleteJson(trimmed.split("\n", 1)[0]!) ??
    parseCompleteJson(repair(trimmed))
}

/** `undefined` if the text is not complete JSON. */
export const parseCompleteJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Far deeper than any real error. */
const maxDepth = 100

/** Repairs truncated JSON: drops the last incomplete member and closes open arrays and objects. */
const repair = (text: string): string => {
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
    if (open.length > maxDepth) break
    if (char === "}" || char === "]") open.pop()
    if (char === "," || char === "}" || char === "]") {
      end = char === "," ? at : at + 1
      closing = open.toReversed().join("")
    }
  }
  return text.slice(0, end) + closing
}
