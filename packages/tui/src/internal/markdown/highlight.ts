import * as Effect from "effect/Effect"
import type { createLowlight } from "lowlight"
import type { Role } from "../terminal/theme.ts"
import { expandTabs, type Line, type Span } from "../terminal/themedText.ts"

/** `lowlight`, which is loaded in the background because it is large. */
export type Highlighter = Pick<ReturnType<typeof createLowlight>, "highlight" | "registered">

type Node = ReturnType<Highlighter["highlight"]>["children"][number]

export const load: Effect.Effect<Highlighter, unknown> = Effect.tryPromise(async () => {
  const { common, createLowlight } = await import("lowlight")
  return createLowlight(common)
})

/** Longer code would take too long to highlight. */
const maxLength = 100_000

/** The lines of the code with a role for each span. The code must be clean. */
export const highlight = (
  code: string,
  language: string,
  highlighter: Highlighter | undefined
): ReadonlyArray<Line> => {
  const spans = highlighter !== undefined && code.length <= maxLength && highlighter.registered(language)
    ? highlighter.highlight(language, code).children.flatMap((node) => spansOf(node, "text"))
    : [{ text: code, roles: ["text"] } satisfies Span]
  return linesOf(spans)
}

const spansOf = (node: Node, role: Role): ReadonlyArray<Span> => {
  if (node.type === "text") return [{ text: node.value, roles: [role] }]
  if (node.type !== "element") return []
  const inner = roleOf(node.properties["className"]) ?? role
  return node.children.flatMap((child) => spansOf(child, inner))
}

const roles: Readonly<Record<string, Role>> = {
  "hljs-addition": "added",
  "hljs-attr": "name",
  "hljs-attribute": "name",
  "hljs-built_in": "name",
  "hljs-bullet": "accent",
  "hljs-code": "code",
  "hljs-comment": "dim",
  "hljs-deletion": "removed",
  "hljs-doctag": "dim",
  "hljs-emphasis": "emphasis",
  "hljs-keyword": "keyword",
  "hljs-link": "link",
  "hljs-literal": "literal",
  "hljs-meta": "dim",
  "hljs-name": "name",
  "hljs-number": "literal",
  "hljs-quote": "dim",
  "hljs-regexp": "literal",
  "hljs-section": "heading",
  "hljs-selector-class": "name",
  "hljs-selector-id": "name",
  "hljs-selector-tag": "keyword",
  "hljs-string": "literal",
  "hljs-strong": "strong",
  "hljs-symbol": "literal",
  "hljs-tag": "text",
  "hljs-template-variable": "name",
  "hljs-title": "name",
  "hljs-type": "name",
  "hljs-variable": "name"
}

const roleOf = (classes: unknown): Role | undefined =>
  Array.isArray(classes) ? classes.map((each) => roles[String(each)]).find((role) => role !== undefined) : undefined

const linesOf = (spans: ReadonlyArray<Span>): ReadonlyArray<Line> => {
  const lines: Array<Array<Span>> = [[]]
  for (const span of spans) {
    for (const [index, text] of span.text.split("\n").entries()) {
      if (index > 0) lines.push([])
      if (text !== "") lines.at(-1)?.push({ text, roles: span.roles })
    }
  }
  return lines.map(withoutTabs)
}

const withoutTabs = (line: Line): Line => {
  if (!line.some(({ text }) => text.includes("\t"))) return line
  let before = ""
  return line.map((span) => {
    const after = expandTabs(before + span.text)
    const text = after.slice(before.length)
    before = after
    return { ...span, text }
  })
}
