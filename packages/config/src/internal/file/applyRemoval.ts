import { createScanner, findNodeAtLocation, parseTree } from "jsonc-parser"

/** The offset of the comma that follows, after white space and comments; undefined if something else follows. */
const findComma = (text: string, from: number): number | undefined => {
  const scanner = createScanner(text.slice(from), true)
  scanner.scan()
  const offset = from + scanner.getTokenOffset()
  return text[offset] === "," ? offset : undefined
}

/** Removes the setting at the path. Comments stay; a line is removed if nothing else is on it. The text itself if there is no such setting. */
export const applyRemoval = (text: string, path: ReadonlyArray<string>): string => {
  const root = parseTree(text, [], { allowTrailingComma: true, allowEmptyContent: true })
  const property = root && findNodeAtLocation(root, [...path])?.parent
  if (property?.type !== "property" || property.parent === undefined) return text
  const end = property.offset + property.length
  const siblings = property.parent.children ?? []
  const before = siblings[siblings.indexOf(property) - 1]
  const comma = findComma(text, end)
    // The last one has none: then the comma before it is no longer needed.
    ?? (before === undefined ? undefined : findComma(text, before.offset + before.length))
  const cuts = [[property.offset, end], ...(comma === undefined ? [] : [[comma, comma + 1]])] as const
  return cuts.toSorted(([a], [b]) => b - a).reduce((left, [from, to]) => cut(left, from, to), text)
}

/** Also removes the white space before it, and the line break if the line would be empty. */
const cut = (text: string, from: number, to: number): string => {
  const start = from - (/[ \t]*$/.exec(text.slice(0, from))?.[0].length ?? 0)
  const isLineStart = start === 0 || text[start - 1] === "\n"
  const rest = /^[ \t]*(?:\r?\n)?/.exec(text.slice(to))?.[0] ?? ""
  if (isLineStart && rest.endsWith("\n")) return text.slice(0, start) + text.slice(to + rest.length)
  // What follows on the line keeps the indentation, or the space, that was in front of the setting.
  return isLineStart || text[from] === ","
    ? text.slice(0, from) + text.slice(to).replace(isLineStart ? /^[ \t]+/ : /^/, "")
    : text.slice(0, start) + text.slice(to)
}
