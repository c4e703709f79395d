import { createScanner, findNodeAtLocation, type Node, parseTree } from "jsonc-parser"
import { type Branch, find, toValue } from "./tree.ts"

/** Writes `value` to `at` in the text's own style. `tree` is the parsed text. */
export const applyChange = (text: string, tree: Branch, at: ReadonlyArray<string>, written: unknown): string => {
  const { path, value } = keepVerdict(tree, at, written)
  const rooted = parse(text) === undefined ? `${text}${/[^\n]$/.test(text) ? "\n" : ""}{}\n` : text
  const root = parse(rooted)
  if (root === undefined) return text
  const style = detectStyle(rooted)
  const present = findNodeAtLocation(root, [...path])
  const edits = present === undefined
    ? planInsertion(rooted, root, path, value, style)
    : [{ ...present, content: formatValue(value, style, indentAt(rooted, present.offset)) }]
  return edits.reduceRight(
    (edited, { content, length, offset }) => edited.slice(0, offset) + content + edited.slice(offset + length),
    rooted
  )
}

const parse = (text: string) => parseTree(text, [], { allowTrailingComma: true, allowEmptyContent: true })

/** A single verdict in the place of the patterns becomes the rule for `"*"`. */
const keepVerdict = (tree: Branch, path: ReadonlyArray<string>, value: unknown) => {
  const [section, tool, pattern] = path
  const unchanged = { path, value }
  if (section !== "permission" || tool === undefined || pattern === undefined) return unchanged
  const all = find(tree, ["permission"])
  const own = find(tree, ["permission", tool])
  if (all === undefined || own?._tag === "Branch") return unchanged
  const inherited = own ?? (all._tag === "Leaf" ? all : find(tree, ["permission", "*"]))
  if (inherited === undefined) return unchanged
  const rules = inherited._tag === "Leaf" ? { "*": inherited.value } : toValue(inherited)
  const patterns = Object.assign(Object.create(null), rules, { [pattern]: value })
  return all._tag === "Leaf"
    ? { path: ["permission"], value: { "*": all.value, [tool]: patterns } }
    : { path: ["permission", tool], value: patterns }
}

interface Style {
  readonly indent: string
  readonly eol: string
}

const detectStyle = (text: string): Style => ({
  indent: /^([ \t]+)["}]/m.exec(text)?.[1] ?? "  ",
  eol: text.includes("\r\n") ? "\r\n" : "\n"
})

const formatValue = (value: unknown, { eol, indent }: Style, outer: string): string =>
  JSON.stringify(value, null, indent).replaceAll("\n", eol + outer)

/** The indentation of the line that contains the offset. */
const indentAt = (text: string, offset: number): string =>
  /[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? ""

interface TextEdit {
  readonly offset: number
  readonly length: number
  readonly content: string
}

/** The end of a comma at the beginning of the text, or 0. */
const commaEnd = (text: string): number => {
  const scanner = createScanner(text, true)
  scanner.scan()
  return text[scanner.getTokenOffset()] === "," ? scanner.getTokenOffset() + 1 : 0
}

/** The library's own insertion also reformats the lines around it and separates the last line from its comment. */
const planInsertion = (
  text: string,
  root: Node,
  path: ReadonlyArray<string>,
  value: unknown,
  style: Style
): ReadonlyArray<TextEdit> => {
  let depth = path.length - 1
  while (findNodeAtLocation(root, path.slice(0, depth)) === undefined) depth -= 1
  const object = findNodeAtLocation(root, path.slice(0, depth)) ?? root
  const name = JSON.stringify(path[depth])
  const nested = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  const close = object.offset + object.length - 1
  const last = object.children?.at(-1)

  if (last === undefined) {
    const outer = indentAt(text, object.offset)
    const inner = outer + style.indent
    const offset = text.slice(0, close).trimEnd().length
    const content = `${style.eol}${inner}${name}: ${formatValue(nested, style, inner)}${style.eol}${outer}`
    return [{ offset, length: close - offset, content }]
  }

  const end = last.offset + last.length
  const between = text.slice(end, close)
  const comma = commaEnd(between)
  if (!between.includes("\n")) {
    return [{ offset: end, length: 0, content: `, ${name}: ${JSON.stringify(nested)}` }]
  }
  const inner = indentAt(text, last.offset)
  const comments = /^(?:[ \t]*(?:\/\*[^]*?\*\/|\/\/[^\r\n]*))*/.exec(between.slice(comma))?.[0].length ?? 0
  const entry = `${style.eol}${inner}${name}: ${formatValue(nested, style, inner)}`
  return [
    ...(comma === 0 ? [{ offset: end, length: 0, content: "," }] : []),
    { offset: end + comma + comments, length: 0, content: comma === 0 ? entry : `${entry},` }
  ]
}
