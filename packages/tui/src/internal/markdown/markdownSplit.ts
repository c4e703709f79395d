import * as Either from "effect/Either"
import { Lexer } from "marked"
import { clean } from "../terminal/themedText.ts"

/** What came so far, cut where nothing that comes can change what stands before. */
export interface Split {
  readonly done: string
  readonly rest: string
}

/**
 * `done` has the top-level blocks that are finished, `rest` the one that may go on; `done + rest` is the whole. A reference
 * (`[text][name]`) is only resolved if its definition is in the same part.
 */
export const split = (markdown: string): Split => {
  // A line that is not complete can still become anything.
  const text = clean(markdown.slice(0, markdown.lastIndexOf("\n") + 1))
  const tokens = Either.getOrElse(Either.try(() => new Lexer().blockTokens(text, [])), () => [])
  const last = tokens.findLastIndex(({ type }) => type !== "space")
  // Definitions that follow each other are shown as one block.
  const open = tokens[last]?.type === "def"
    ? tokens.findLastIndex(({ type }, index) => index < last && type !== "def") + 1
    : last
  const done = tokens.slice(0, Math.max(0, open)).map(({ raw }) => raw).join("")
  // The parser may put what it reads in order; what is cut must be what was written.
  if (done === "" || !done.endsWith("\n") || !text.startsWith(done)) return { done: "", rest: markdown }
  const at = afterLines(markdown, done.split("\n").length - 1)
  return { done: markdown.slice(0, at), rest: markdown.slice(at) }
}

/** Where the text goes on after so many lines; cleaning a text may change its length, but not the number of its lines. */
const afterLines = (text: string, count: number): number => {
  let at = 0
  for (const end of text.matchAll(/\r\n?|\n/g)) {
    if (count-- === 0) break
    at = end.index + end[0].length
  }
  return at
}

/** At the end of a fence's info string: the block goes on from an earlier part. */
const mark = "…"

/** What stands behind a fence, e.g. `ts title="x.ts"`, its language, and whether the block goes on from an earlier part. */
export const fenceInfo = (info: string): {
  readonly label: string
  readonly language: string
  readonly continued: boolean
} => {
  const words = info.trim()
  const continued = words === mark || words.endsWith(` ${mark}`)
  const label = continued ? words.slice(0, -mark.length).trim() : words
  return { label, language: /^[^\s:{,]*/.exec(label)?.[0].toLowerCase() ?? "", continued }
}

const opening = /^( {0,3})(`{3,}(?=[^`\n]*\n)|~{3,})([^\n]*)\n/

/**
 * For the `rest` of `split`: of an open code block with more than `rows` lines only the last `rows` lines stay open; `done`
 * closes the fence and `rest` opens it again. Anything else stays whole in `rest`. What shows one part after the other
 * looks like the whole block (highlighting begins anew in each part).
 */
export const splitLong = (rest: string, rows: number): Split => {
  const open = opening.exec(rest)
  const [whole = "", indent = "", fence = "", info = ""] = open ?? []
  const lines = rest.slice(whole.length).split("\n")
  const isClosing = new RegExp(`^ {0,3}${fence}[~\`]*[ \\r]*$`)
  const complete = lines.length - 1
  if (open === null || complete <= rows || lines.some((line) => isClosing.test(line))) return { done: "", rest }
  const { continued } = fenceInfo(info)
  const kept = Math.max(1, rows)
  const reopened = `${indent}${fence}${continued ? info : `${info.trimEnd()} ${mark}`}\n`
  return {
    done: `${whole}${lines.slice(0, complete - kept).join("\n")}\n${indent}${fence}\n`,
    rest: `${reopened}${lines.slice(complete - kept).join("\n")}`
  }
}

/** Whether the markdown goes on with a code block that `splitLong` cut: then no blank line belongs before it. */
export const continues = (markdown: string): boolean => fenceInfo(opening.exec(markdown)?.[3] ?? "").continued
