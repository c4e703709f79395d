import * as Either from "effect/Either"
import { Lexer } from "marked"
import { clean } from "../terminal/themedText.ts"

/** The Markdown so far, split where no later text can change how `done` is rendered. */
export interface Split {
  readonly done: string
  readonly rest: string
}

/**
 * `done` contains the finished top-level blocks, `rest` the block that may continue; `done + rest` is the whole text. A reference
 * (`[text][name]`) is only resolved if its definition is in the same part.
 */
export const split = (markdown: string): Split => {
  // An incomplete line can still become any kind of block.
  const text = clean(markdown.slice(0, markdown.lastIndexOf("\n") + 1))
  const tokens = Either.getOrElse(Either.try(() => new Lexer().blockTokens(text, [])), () => [])
  const last = tokens.findLastIndex(({ type }) => type !== "space")
  // Consecutive definitions are rendered as one block.
  const open = tokens[last]?.type === "def"
    ? tokens.findLastIndex(({ type }, index) => index < last && type !== "def") + 1
    : last
  const done = tokens.slice(0, Math.max(0, open)).map(({ raw }) => raw).join("")
  // The parser may normalize its input; a split must not.
  if (done === "" || !done.endsWith("\n") || !text.startsWith(done)) return { done: "", rest: markdown }
  const at = indexAfterLines(markdown, done.split("\n").length - 1)
  return { done: markdown.slice(0, at), rest: markdown.slice(at) }
}

/** The index after `count` lines. Cleaning changes the length of a text, but not its number of lines. */
const indexAfterLines = (text: string, count: number): number => {
  let at = 0
  for (const end of text.matchAll(/\r\n?|\n/g)) {
    if (count-- === 0) break
    at = end.index + end[0].length
  }
  return at
}

/** At the end of a fence's info string, it marks the continuation of an earlier part. */
const continuationMark = "…"

/** Reads the info string of a fence, e.g. `ts title="x.ts"`. `isContinued`: the block continues an earlier part. */
export const readFenceInfo = (info: string): {
  readonly label: string
  readonly language: string
  readonly isContinued: boolean
} => {
  const words = info.trim()
  const isContinued = words === continuationMark || words.endsWith(` ${continuationMark}`)
  const label = isContinued ? words.slice(0, -continuationMark.length).trim() : words
  return { label, language: /^[^\s:{,]*/.exec(label)?.[0].toLowerCase() ?? "", isContinued }
}

const opening = /^( {0,3})(`{3,}(?=[^`\n]*\n)|~{3,})([^\n]*)\n/

/**
 * Splits the `rest` of `split` further, if it is an open code block with more than `rows` lines: `done` closes the fence, and `rest`
 * reopens it with the last `rows` lines. Rendered one after the other, both look like one block, except that highlighting restarts.
 */
export const splitLong = (rest: string, rows: number): Split => {
  const open = opening.exec(rest)
  if (open === null) return { done: "", rest }
  const [whole, indent = "", fence = "", info = ""] = open
  const lines = rest.slice(whole.length).split("\n")
  const isClosing = new RegExp(`^ {0,3}${fence}[~\`]*[ \\r]*$`)
  const complete = lines.length - 1
  if (complete <= rows || lines.some((line) => isClosing.test(line))) return { done: "", rest }
  const { isContinued } = readFenceInfo(info)
  const remaining = Math.max(1, rows)
  const reopened = `${indent}${fence}${isContinued ? info : `${info.trimEnd()} ${continuationMark}`}\n`
  return {
    done: `${whole}${lines.slice(0, complete - remaining).join("\n")}\n${indent}${fence}\n`,
    rest: `${reopened}${lines.slice(complete - remaining).join("\n")}`
  }
}

/** Whether the Markdown continues a code block that `splitLong` split: then no blank line belongs before it. */
export const isContinuation = (markdown: string): boolean =>
  readFenceInfo(opening.exec(markdown)?.[3] ?? "").isContinued
