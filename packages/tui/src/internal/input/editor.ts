import { visible } from "../terminal/scroll.ts"
import { placeAt, placeIn, rowsOf } from "./editorRows.ts"
import {
  maxPieces,
  pieceAt,
  placeAfter,
  placeBefore,
  placeFrom,
  withPieces,
  wordAfter,
  wordBefore,
  written
} from "./editorText.ts"

/** What can be done to the input. `up` and `down` move by the lines as they are seen, then through the history. */
export type Action =
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  /** Everything is replaced, e.g. by what an editor or a queued prompt holds. */
  | { readonly type: "set"; readonly text: string }
  /** A part is replaced and the cursor stands behind it, e.g. by a completion. */
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

/** The input. `text` holds one private character for each pasted piece: what was written is `expand(state)`. */
export interface State extends Snapshot {
  readonly text: string
  /** Always between two characters as a person sees them. */
  readonly cursor: number
  readonly pastes: ReadonlyArray<string>
  /** Oldest first. */
  readonly history: ReadonlyArray<string>
  /** The entry of the history that is shown, and what was being written before. */
  readonly recalled: { readonly index: number; readonly draft: Snapshot } | undefined
  /** Newest last. */
  readonly undo: ReadonlyArray<Snapshot>
  /** The last action was a character of a word: the next one is undone together with it. */
  readonly typing: boolean
  /** The column that a series of `up` and `down` keeps to. */
  readonly column: number | undefined
}

/** What is seen of it: at most `rows` lines of at most `width` columns, and where the cursor is in them. */
export interface View {
  readonly lines: ReadonlyArray<string>
  readonly cursor: { readonly row: number; readonly column: number }
  /** Lines that are not seen. */
  readonly above: number
  readonly below: number
}

const maxUndo = 200

/** More than this is shown as one piece. */
const maxPastedLines = 3
const maxPastedLength = 500

/** An empty input with the prompts that were written before, oldest first. */
export const empty = (history: ReadonlyArray<string>): State => ({
  text: "",
  cursor: 0,
  pastes: [],
  history,
  recalled: undefined,
  undo: [],
  typing: false,
  column: undefined
})

/** The input after the action. */
export const update = (state: State, action: Action): State => {
  const { cursor, text } = state
  switch (action.type) {
    case "insert":
      return insert(state, written(action.text))
    case "newline":
      return insert(state, "\n")
    case "paste":
      return paste(state, written(action.text))
    case "set":
      return change(state, 0, text.length, written(action.text))
    case "replace":
      return change(state, action.start, action.end, written(action.text))
    case "backspace":
      return remove(state, placeBefore(text, cursor), cursor)
    case "delete":
      return remove(state, cursor, placeAfter(text, cursor))
    case "delete-word-before":
      return remove(state, wordBefore(text, cursor), cursor)
    case "delete-word-after":
      return remove(state, cursor, wordAfter(text, cursor))
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
      return moved(state, placeBefore(text, cursor))
    case "right":
      return moved(state, placeAfter(text, cursor))
    case "word-left":
      return moved(state, wordBefore(text, cursor))
    case "word-right":
      return moved(state, wordAfter(text, cursor))
    case "home":
      return moved(state, lineStart(state))
    case "end":
      return moved(state, lineEnd(state))
    case "up":
      return vertical(state, action.width, -1)
    case "down":
      return vertical(state, action.width, 1)
    case "undo":
      return undo(state)
  }
}

const lineStart = ({ cursor, text }: State): number => text.slice(0, cursor).lastIndexOf("\n") + 1

const lineEnd = ({ cursor, text }: State): number => {
  const end = text.indexOf("\n", cursor)
  return end === -1 ? text.length : end
}

const moved = (state: State, cursor: number): State => ({ ...state, cursor, typing: false, column: undefined })

const remembered = (state: State): ReadonlyArray<Snapshot> =>
  [...state.undo, { text: state.text, cursor: state.cursor }].slice(-maxUndo)

const change = (state: State, from: number, to: number, inserted: string): State => {
  const start = placeFrom(state.text, Math.max(0, Math.min(from, to)))
  const end = placeFrom(state.text, Math.max(start, to))
  const text = state.text.slice(0, start) + inserted + state.text.slice(end)
  return {
    ...state,
    text,
    cursor: placeFrom(text, start + inserted.length),
    recalled: undefined,
    undo: remembered(state),
    typing: false,
    column: undefined
  }
}

const insert = (state: State, text: string): State => {
  if (text === "") return state
  const next = change(state, state.cursor, state.cursor, text)
  const typing = text.length === 1 && /\S/.test(text)
  return { ...next, typing, undo: state.typing && typing ? state.undo : next.undo }
}

const paste = (state: State, text: string): State => {
  const lines = text.replace(/\n$/, "").split("\n").length
  const isLong = lines > maxPastedLines || text.length > maxPastedLength
  if (!isLong || state.pastes.length === maxPieces) return { ...insert(state, text), typing: false }
  return {
    ...change(state, state.cursor, state.cursor, pieceAt(state.pastes.length)),
    pastes: [...state.pastes, text]
  }
}

const remove = (state: State, start: number, end: number): State =>
  start >= end || start >= state.text.length
    ? { ...state, typing: false, column: undefined }
    : change(state, start, end, "")

const undo = (state: State): State => {
  const before = state.undo.at(-1)
  if (before === undefined) return state
  return { ...moved(state, before.cursor), text: before.text, recalled: undefined, undo: state.undo.slice(0, -1) }
}

const vertical = (state: State, width: number, by: -1 | 1): State => {
  const rows = rowsOf(state.text, state.pastes, width)
  const place = placeIn(rows, state.cursor)
  const column = state.column ?? place.column
  const row = rows[place.row + by]
  if (row !== undefined) {
    return { ...state, cursor: placeInRow(row, rows[place.row + by + 1], column), typing: false, column }
  }
  return recall(state, width, by)
}

/** The end of a row that goes on in the next one is the beginning of that next one: stay before it. */
const placeInRow = (
  row: ReturnType<typeof rowsOf>[number],
  next: ReturnType<typeof rowsOf>[number] | undefined,
  column: number
): number => {
  const place = placeAt(row, column)
  return next !== undefined && place === next.start ? row.cells.at(-1)?.start ?? row.start : place
}

/** Through the history: upwards the cursor is in the first row, downwards at the end, so that the next step goes on. */
const recall = (state: State, width: number, by: -1 | 1): State => {
  const draft = state.recalled?.draft ?? { text: state.text, cursor: state.cursor }
  const index = (state.recalled?.index ?? state.history.length) + by
  if (index < 0 || index > state.history.length || (by === 1 && state.recalled === undefined)) {
    return { ...state, typing: false }
  }
  if (index === state.history.length) return { ...moved(state, draft.cursor), text: draft.text, recalled: undefined }
  const text = written(state.history[index] ?? "")
  const firstRow = rowsOf(text, state.pastes, width)
  const cursor = by === 1 || firstRow.length < 2
    ? text.length
    : placeInRow(firstRow[0] ?? { start: 0, end: 0, cells: [] }, firstRow[1], width)
  return {
    ...moved(state, cursor),
    text,
    recalled: { index, draft },
    undo: state.recalled === undefined && state.text !== "" ? remembered(state) : state.undo
  }
}

/** The text with everything that was pasted. */
export const expand = (state: State): string => withPieces(state.text, state.pastes)

/** What was written, and the empty input after it, with it as the newest of the history. */
export const submit = (state: State): { readonly text: string; readonly state: State } => {
  const text = expand(state)
  const isNew = text.trim() !== "" && text !== state.history.at(-1)
  return { text, state: empty(isNew ? [...state.history, text] : state.history) }
}

/** What is seen when there is room for `rows` lines: those around the cursor. */
export const view = (state: State, width: number, rows: number): View => {
  const all = rowsOf(state.text, state.pastes, width)
  const cursor = placeIn(all, state.cursor)
  const seen = visible(all, cursor.row - Math.floor(rows / 2), Math.max(1, rows))
  return {
    lines: seen.lines.map((row) => row.cells.map(({ text }) => text).join("")),
    cursor: { row: cursor.row - seen.above, column: cursor.column },
    above: seen.above,
    below: seen.below
  }
}
