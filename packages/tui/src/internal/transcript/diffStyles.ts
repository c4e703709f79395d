/** The colors of code and the changed words in a diff. */
import { diffWordsWithSpace } from "diff"
import { highlight, type Highlighter } from "../markdown/highlight.ts"
import type { Line } from "../terminal/themedText.ts"

/** A row of a diff, in which nothing is invisible any more. */
export interface Row {
  readonly kind: "file" | "gap" | "added" | "removed" | "context" | "note"
  readonly number?: number
  readonly text: string
}

/** A longer diff is shown without colors of code, and a longer line without changed words, because they take long. */
const maxCodeLength = 50_000
const maxLineLength = 500

/** A pair of lines with less in common, as a share of the longer one, is a replacement: then every word has changed. */
const minCommonShare = 0.3

/** Highlights the old and the new text of each hunk as a whole, because a comment or a string may have several lines. */
export const styleCode = (
  rows: ReadonlyArray<Row>,
  highlighter: Highlighter | undefined
): ReadonlyMap<number, Line> => {
  const styled = new Map<number, Line>()
  if (highlighter === undefined || rows.reduce((sum, { text }) => sum + text.length, 0) > maxCodeLength) return styled
  let language = ""
  let before: Array<number> = []
  let after: Array<number> = []
  const endHunk = () => {
    for (const indexes of [before, after]) {
      const lines = highlight(indexes.map((index) => rows[index]!.text).join("\n"), language, highlighter)
      // Nothing of a change may be hidden, whatever the highlighter returns.
      const isSame = lines.length === indexes.length &&
        lines.every((line, at) => line.map(({ text }) => text).join("") === rows[indexes[at]!]!.text)
      if (isSame) lines.forEach((line, at) => styled.set(indexes[at]!, line))
    }
    before = []
    after = []
  }
  for (const [index, { kind, text }] of rows.entries()) {
    if (kind === "file" || kind === "gap") endHunk()
    if (kind === "file") language = /[^./\s]+$/.exec(text.replace(/ \((?:new|deleted)\)$/, ""))?.[0].toLowerCase() ?? ""
    if (!highlighter.registered(language)) continue
    if (kind === "removed" || kind === "context") before.push(index)
    if (kind === "added" || kind === "context") after.push(index)
  }
  endHunk()
  return styled
}

/** The changed characters of each line that replaces another, and of the replaced one, by their index. */
export const markWords = (rows: ReadonlyArray<Row>): ReadonlyMap<number, ReadonlySet<number>> => {
  const marks = new Map<number, ReadonlySet<number>>()
  for (let index = 0; index < rows.length;) {
    const removed = countKind(rows, index, "removed")
    const added = countKind(rows, index + removed, "added")
    for (let at = 0; at < Math.min(removed, added); at++) markPair(rows, index + at, index + removed + at, marks)
    index += Math.max(1, removed + added)
  }
  return marks
}

const countKind = (rows: ReadonlyArray<Row>, from: number, kind: Row["kind"]): number => {
  let count = 0
  while (rows[from + count]?.kind === kind) count++
  return count
}

const markPair = (rows: ReadonlyArray<Row>, before: number, after: number, marks: Map<number, ReadonlySet<number>>) => {
  const [old, now] = [rows[before]!.text, rows[after]!.text]
  if (Math.max(old.length, now.length) > maxLineLength) return
  const removed = new Set<number>()
  const added = new Set<number>()
  let oldAt = 0
  let nowAt = 0
  let common = 0
  for (const part of diffWordsWithSpace(old, now)) {
    const { length } = part.value
    if (!part.added) { for (let at = 0; at < length; at++, oldAt++) if (part.removed) removed.add(oldAt) }
    if (!part.removed) { for (let at = 0; at < length; at++, nowAt++) if (part.added) added.add(nowAt) }
    if (!part.added && !part.removed) common += part.value.trim().length
  }
  if (common < minCommonShare * Math.max(old.length, now.length)) return
  marks.set(before, removed)
  marks.set(after, added)
}
