import { sliceVisible } from "../terminal/scroll.ts"
import { indexAt, positionOf, type Row, wrapRows } from "./editorRows.ts"
import {
  cleanInput,
  expandPastes,
  maxPastes,
  type Paste,
  placeholderOf,
  positionAfter,
  positionBefore,
  positionFrom,
  wordEndAfter,
  wordStartBefore
} from "./editorText.ts"

/** `up` and `down` move by wrapped rows, then through the history. */
export type Action =
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  /** Inserts images, or puts them in the place of the last `pasted` before the cursor, unless it has been changed. */
  | { readonly type: "attach"; readonly images: ReadonlyArray<Paste>; readonly pasted?: string }
  /** Replaces the whole text, e.g. by a queued prompt. */
  | { readonly type: "set"; readonly text: string }
  /** Replaces a range, e.g. by a completion, and moves the cursor after it. */
  | { readonly type: "replace"; readonly start: number; readonly end: number; readonly text: string }
  | { readonly type: "up"; readonly width: number }
  | { readonly type: "down"; readonly width: number }
  | {
    readonly type:
      | "newline"
      | "backspace"
      | "delete"
      | "delete-word-before"
      | "delete-word-after"
      | "kill-to-start"
      | "kill-to-end"
      | "left"
      | "right"
      | "word-left"
      | "word-right"
      | "home"
      | "end"
      | "undo"
      | "clear"
  }

interface Snapshot {
  readonly text: string
  readonly cursor: number
}

/** `text` contains a placeholder for each long paste and each image; `expand(state)` is the full text. */
export interface State extends Snapshot {
  readonly text: string
  /** Always between two characters as the user perceives them. */
  readonly cursor: number
  readonly pastes: ReadonlyArray<Paste>
  /** Oldest first. */
  readonly history: ReadonlyArray<string>
  /** The entry of the history that is shown, and the text that it replaced. */
  readonly recalled: { readonly index: number; readonly draft: Snapshot } | undefined
  /** Newest last. */
  readonly undo: ReadonlyArray<Snapshot>
  /** The last action typed a character of a word: the next character is undone together with it. */
  readonly isTyping: boolean
  /** The column to which consecutive `up` and `down` return after shorter rows. */
  readonly column: number | undefined
}

/** The visible rows, and the position of the cursor in them. */
export interface View {
  readonly lines: ReadonlyArray<string>
  readonly cursor: { readonly row: number; readonly column: number }
  /** How many rows are hidden above and below. */
  readonly above: number
  readonly below: number
}

const maxUndo = 200

/** Longer pastes are shown as a placeholder. */
const maxInlineLines = 3
const maxInlineLength = 500

/** `history`: earlier prompts, oldest first. */
export const empty = (history: ReadonlyArray<string>): State => ({
  text: "",
  cursor: 0,
  pastes: [],
  history,
  recalled: undefined,
  undo: [],
  isTyping: false,
  column: undefined
})

export const update = (state: State, action: Action): State => {
  const { cursor, text } = state
  switch (action.type) {
    case "insert":
      return insert(state, cleanInput(action.text))
    case "newline":
      return insert(state, "\n")
    case "paste":
      return paste(state, cleanInput(action.text))
    case "attach":
      return attach(state, action.images, action.pasted)
    case "set":
      return change(state, 0, text.length, cleanInput(action.text))
    case "replace":
      return change(state, action.start, action.end, cleanInput(action.text))
    case "backspace":
      return remove(state, positionBefore(text, cursor), cursor)
    case "delete":
      return remove(state, cursor, positionAfter(text, cursor))
    case "delete-word-before":
      return remove(state, wordStartBefore(text, cursor), cursor)
    case "delete-word-after":
      return remove(state, cursor, wordEndAfter(text, cursor))
    case "kill-to-start": {
      const start = lineStart(state)
      return remove(state, start === cursor ? Math.max(0, cursor - 1) : start, cursor)
    }
    case "kill-to-end": {
      const end = lineEnd(state)
      return remove(state, cursor, end === cursor ? end + 1 : end)
    }
    case "clear":
      return remove(state, 0, text.length)
    case "left":
      return moveTo(state, positionBefore(text, cursor))
    case "right":
      return moveTo(state, positionAfter(text, cursor))
    case "word-left":
      return moveTo(state, wordStartBefore(text, cursor))
    case "word-right":
      return moveTo(state, wordEndAfter(text, cursor))
    case "home":
      return moveTo(state, lineStart(state))
    case "end":
      return moveTo(state, lineEnd(state))
    case "up":
      return moveVertically(state, action.width, -1)
    case "down":
      return moveVertically(state, action.width, 1)
    case "undo":
      return undo(state)
  }
}

const lineStart = ({ cursor, text }: State): number => text.slice(0, cursor).lastIndexOf("\n") + 1

const lineEnd = ({ cursor, text }: State): number => {
  const end = text.indexOf("\n", cursor)
  return end === -1 ? text.length : end
}

const moveTo = (state: State, cursor: number): State => ({ ...state, cursor, isTyping: false, column: undefined })

const pushUndo = (state: State): ReadonlyArray<Snapshot> =>
  [...state.undo, { text: state.text, cursor: state.cursor }].slice(-maxUndo)

const change = (state: State, from: number, to: number, inserted: string): State => {
  const start = positionFrom(state.text, Math.max(0, Math.min(from, to)))
  const end = positionFrom(state.text, Math.max(start, to))
  const text = state.text.slice(0, start) + inserted + state.text.slice(end)
  return {
    ...state,
    text,
    cursor: positionFrom(text, start + inserted.length),
    recalled: undefined,
    undo: pushUndo(state),
    isTyping: false,
    column: undefined
  }
}

const insert = (state: State, text: string): State => {
  if (text === "") return state
  const next = change(state, state.cursor, state.cursor, text)
  const isTyping = text.length === 1 && /\S/.test(text)
  return { ...next, isTyping, undo: state.isTyping && isTyping ? state.undo : next.undo }
}

const paste = (state: State, text: string): State => {
  const lines = text.replace(/\n$/, "").split("\n").length
  const isLong = lines > maxInlineLines || text.length > maxInlineLength
  if (!isLong || state.pastes.length === maxPastes) return { ...insert(state, text), isTyping: false }
  return {
    ...change(state, state.cursor, state.cursor, placeholderOf(state.pastes.length)),
    pastes: [...state.pastes, { text }]
  }
}

const attach = (state: State, images: ReadonlyArray<Paste>, pasted?: string): State => {
  const range = pasted === undefined
    ? { start: state.cursor, end: state.cursor }
    : findPasted(state, cleanInput(pasted))
  if (range === undefined || state.pastes.length + images.length > maxPastes) return state
  const { end, start } = range
  const marks = images.map((_, index) => placeholderOf(state.pastes.length + index)).join(" ")
  const next = change(state, start, end, marks)
  const moved = state.cursor < end ? state.cursor : state.cursor - (end - start) + marks.length
  return {
    ...next,
    cursor: positionFrom(next.text, state.cursor > start && state.cursor < end ? next.cursor : moved),
    pastes: [...state.pastes, ...images]
  }
}

/** Where the pasted text, or its placeholder, is. */
const findPasted = ({ cursor, pastes, text }: State, pasted: string) => {
  const index = pastes.findLastIndex(({ image, text }) => image === undefined && text === pasted)
  for (const sought of [pasted, ...(index === -1 ? [] : [placeholderOf(index)])]) {
    const before = text.lastIndexOf(sought, cursor)
    const start = before === -1 ? text.lastIndexOf(sought) : before
    if (start !== -1 && sought !== "") return { start, end: start + sought.length }
  }
  return undefined
}

const remove = (state: State, start: number, end: number): State =>
  start >= end || start >= state.text.length
    ? { ...state, isTyping: false, column: undefined }
    : change(state, start, end, "")

const undo = (state: State): State => {
  const before = state.undo.at(-1)
  if (before === undefined) return state
  return { ...moveTo(state, before.cursor), text: before.text, recalled: undefined, undo: state.undo.slice(0, -1) }
}

const moveVertically = (state: State, width: number, by: -1 | 1): State => {
  const rows = wrapRows(state.text, state.pastes, width)
  const position = positionOf(rows, state.cursor)
  const column = state.column ?? position.column
  const row = rows[position.row + by]
  if (row !== undefined) {
    return { ...state, cursor: indexInRow(row, rows[position.row + by + 1], column), isTyping: false, column }
  }
  return recall(state, width, by)
}

/** The end of a wrapped row is also the start of the next row: the cursor stays before its last character. */
const indexInRow = (row: Row, next: Row | undefined, column: number): number => {
  const index = indexAt(row, column)
  return next !== undefined && index === next.start ? row.cells.at(-1)?.start ?? row.start : index
}

/** Shows an older or newer prompt, with the cursor where the same key continues through the history. */
const recall = (state: State, width: number, by: -1 | 1): State => {
  const draft = state.recalled?.draft ?? { text: state.text, cursor: state.cursor }
  const index = (state.recalled?.index ?? state.history.length) + by
  if (index < 0 || index > state.history.length || (by === 1 && state.recalled === undefined)) {
    return { ...state, isTyping: false }
  }
  if (index === state.history.length) return { ...moveTo(state, draft.cursor), text: draft.text, recalled: undefined }
  const text = cleanInput(state.history[index] ?? "")
  const rows = wrapRows(text, state.pastes, width)
  const cursor = by === 1 || rows.length < 2
    ? text.length
    : indexInRow(rows[0] ?? { start: 0, end: 0, cells: [] }, rows[1], width)
  return {
    ...moveTo(state, cursor),
    text,
    recalled: { index, draft },
    undo: state.recalled === undefined && state.text !== "" ? pushUndo(state) : state.undo
  }
}

/** The text with all pastes in full. */
export const expand = (state: State): string => expandPastes(state.text, state.pastes)

/** The full text, and an empty state whose history ends with it. */
export const submit = (state: State): { readonly text: string; readonly state: State } => {
  const text = expand(state)
  const isNew = text.trim() !== "" && text !== state.history.at(-1)
  return { text, state: empty(isNew ? [...state.history, text] : state.history) }
}

/** At most `rows` rows of at most `width` columns, around the cursor. */
export const view = (state: State, width: number, rows: number): View => {
  const all = wrapRows(state.text, state.pastes, width)
  const cursor = positionOf(all, state.cursor)
  const visible = sliceVisible(all, cursor.row - Math.floor(rows / 2), Math.max(1, rows))
  return {
    lines: visible.lines.map((row) => row.cells.map(({ text }) => text).join("")),
    cursor: { row: cursor.row - visible.above, column: cursor.column },
    above: visible.above,
    below: visible.below
  }
}
