import * as Either from "effect/Either"
import { createScanner, getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser"
import type { ConfigError } from "../../ConfigError.ts"
import type { Origin } from "../../Origin.ts"
import { errorAt } from "./errorAt.ts"
import { formatPath, type Tree } from "./tree.ts"

/** A configuration text and how to describe positions in it. */
export interface Source {
  readonly text: string
  /** The base of relative paths in `{file:…}`. */
  readonly directory: string
  readonly origin: (line: number, column: number, key: string) => Origin
  /** The setting whose value the text is. Absent if the text is a whole file. */
  readonly setting?: string
}

/** Far more levels of nesting than any setting needs, and far fewer than would overflow the call stack. */
const maxDepth = 100

/** Parses JSON with comments and trailing commas. An empty text is an empty object; the last of two equal keys counts. */
export const parse = (source: Source): Either.Either<Tree, ConfigError> => {
  const text = source.text.replace(/^\uFEFF/, "")
  const originAt = makeOriginAt(text, source)
  const syntaxError = (offset: number, expected: string, found: string) =>
    Either.left(errorAt(originAt(offset, ""), {
      reason: "Syntax",
      message: `expected ${expected}, found ${found}`,
      expected,
      found,
      hint: "Correct the syntax there. The format is JSON; comments and trailing commas are allowed."
    }))

  const tooDeep = firstTooDeep(text)
  if (tooDeep !== undefined) return syntaxError(tooDeep, `at most ${maxDepth} levels of nesting`, "another level")

  const errors: Array<ParseError> = []
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [error, next] = errors
  if (error !== undefined) {
    return syntaxError(error.offset, describeExpected(text, error, next), describeFound(text, error))
  }

  const start = originAt(0, "")
  if (root === undefined) return Either.right({ _tag: "Branch", origin: start, start, children: new Map() })

  const toTree = (node: Node, path: ReadonlyArray<string>, keyOffset: number): Tree => {
    const key = formatPath(path)
    const places = { origin: originAt(keyOffset, key), start: originAt(node.offset, key) }
    if (node.type === "array") {
      const items = (node.children ?? []).map((item, index) => toTree(item, [...path, String(index)], item.offset))
      return { _tag: "Leaf", ...places, value: getNodeValue(node), items }
    }
    if (node.type !== "object") return { _tag: "Leaf", ...places, value: getNodeValue(node) }
    const children = new Map<string, Tree>()
    const replaced: Array<readonly [string, Tree]> = []
    for (const { children: [name, value] = [] } of node.children ?? []) {
      if (name === undefined || value === undefined) continue
      const before = children.get(name.value)
      if (before !== undefined) replaced.push([name.value, before])
      children.set(name.value, toTree(value, [...path, name.value], name.offset))
    }
    return { _tag: "Branch", ...places, children, ...(replaced.length === 0 ? {} : { replaced }) }
  }
  const { setting } = source
  const tree = toTree(root, setting === undefined ? [] : [setting], root.offset)
  return Either.right(
    setting === undefined ? tree : { _tag: "Branch", origin: start, start, children: new Map([[setting, tree]]) }
  )
}

const makeOriginAt = (text: string, source: Source) => {
  const lineStarts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)]
  return (offset: number, key: string): Origin => {
    let line = 0
    let after = lineStarts.length
    while (after - line > 1) {
      const middle = (line + after) >> 1
      if ((lineStarts[middle] ?? 0) <= offset) line = middle
      else after = middle
    }
    return source.origin(line + 1, offset - (lineStarts[line] ?? 0) + 1, key)
  }
}

/** The parser is recursive, so the depth is checked before it runs. */
const firstTooDeep = (text: string): number | undefined => {
  const scanner = createScanner(text, true)
  let depth = 0
  for (let offset = 0; offset < text.length; offset = scanner.getTokenOffset()) {
    scanner.scan()
    const first = text[scanner.getTokenOffset()]
    if (first === "{" || first === "[") depth += 1
    if (first === "}" || first === "]") depth -= 1
    if (depth > maxDepth) return scanner.getTokenOffset()
  }
  return undefined
}

const describeExpected = (text: string, { error, offset }: ParseError, next: ParseError | undefined): string => {
  switch (printParseErrorCode(error)) {
    // The next error says what was expected in place of the unknown word.
    case "InvalidSymbol":
      return next !== undefined && printParseErrorCode(next.error) === "PropertyNameExpected"
        ? "a name in double quotes"
        : "a value"
    case "PropertyNameExpected":
      return "a name in double quotes"
    case "ValueExpected":
      return "a value"
    case "ColonExpected":
      return "a colon"
    case "CommaExpected":
      return text[offset] === "}" ? "a comma or ]" : text[offset] === "]" ? "a comma or }" : "a comma"
    case "CloseBraceExpected":
      return "a comma or }"
    case "CloseBracketExpected":
      return "a comma or ]"
    case "EndOfFileExpected":
      return "the end of the text"
    case "UnexpectedEndOfComment":
      return "*/ after the comment"
    case "UnexpectedEndOfString":
      return "a double quote at the end of the string"
    case "UnexpectedEndOfNumber":
      return "a digit at the end of the number"
    case "InvalidUnicode":
      return "four hexadecimal digits after \\u"
    case "InvalidEscapeCharacter":
      return "one of \" \\ / b f n r t u after a backslash"
    case "InvalidCharacter":
      return "an escape such as \\t"
    default:
      return "JSON"
  }
}

const describeFound = (text: string, { error, offset }: ParseError): string => {
  switch (printParseErrorCode(error)) {
    case "UnexpectedEndOfComment":
      return "the end of the text"
    case "UnexpectedEndOfString":
      return "the end of the line"
    case "UnexpectedEndOfNumber":
    case "InvalidUnicode":
    case "InvalidEscapeCharacter":
      return "something else"
    case "InvalidCharacter":
      return "a control character in a string"
    default:
      return describeAt(text, offset)
  }
}

const describeAt = (text: string, offset: number): string => {
  const first = text.charAt(offset)
  if (first === "") return "the end of the text"
  if (first === ",") return "a comma"
  if (first === ":") return "a colon"
  if (first === "\"") return "a string"
  if (first === "'") return "a single quote"
  if (/[{}[\]]/.test(first)) return first
  if (/^-?\d/.test(text.slice(offset, offset + 2))) return "a number"
  const word = /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(text.slice(offset, offset + 64))?.[0]
  if (word === undefined) return "an unknown character"
  if (word === "null") return "null"
  return word === "true" || word === "false" ? "a boolean" : "a word without quotes"
}
