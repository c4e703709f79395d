import type { Answer, Question } from "@altimate-code/agent/Approver"
import { lineActionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import type { Lines, Look } from "../terminal/look.ts"
import { type Move, move } from "../terminal/scroll.ts"
import * as Layout from "./questionLayout.ts"
import * as Seen from "./seenRows.ts"

/** A question about a call, while the user reads it. */
export interface Dialog {
  readonly question: Question
  /** None at first: Enter alone, meant for something else, must not answer. */
  readonly selected: Layout.Key | undefined
  /** What will run or change, laid out for the width that it was made for. */
  readonly content: Lines
  readonly width: number
  /** The content's first line that is shown. */
  readonly offset: number
  /** Where to scroll next: a page that is not on the screen yet is not left. */
  readonly moves: ReadonlyArray<Move>
  /** It has been on the screen. Keys that came before were typed for something else. */
  readonly isDrawn: boolean
  /** Which of the content's lines have been on the screen, at this width. */
  readonly seen: Seen.Seen
  /** What "always" would allow has been on the screen. */
  readonly hasSeenPatterns: boolean
  /** The message to the model, while it is written. */
  readonly word: Editor.State | undefined
}

/** What a frame shows of a question. */
export interface Shown {
  readonly question: Question
  readonly start: number
  readonly end: number
  readonly patterns: boolean
}

export const make = (question: Question, look: Look): Dialog => ({
  question,
  selected: undefined,
  content: Layout.contentOf(question, look),
  width: look.width,
  offset: 0,
  moves: [],
  isDrawn: false,
  seen: [],
  hasSeenPatterns: false,
  word: undefined
})

/** At another width the lines are others: none of them has been on the screen. */
export const resized = (dialog: Dialog, look: Look): Dialog =>
  look.width === dialog.width ? dialog : {
    ...make(dialog.question, look),
    selected: dialog.selected,
    isDrawn: dialog.isDrawn,
    word: dialog.word
  }

export type Result =
  | { readonly type: "stays"; readonly dialog: Dialog }
  /** `always`: allowed from now on by the user's own configuration. */
  | { readonly type: "answered"; readonly answer: Answer; readonly always: boolean }

/** Whether the text is one of the letters that answer. */
export const isAnswer = (text: string): boolean => /^[ysane]$/i.test(text)

/** The layout in so many rows; none: what has to be seen does not fit. */
export const layoutOf = ({ content, question }: Dialog, look: Look, rows: number): Layout.Layout | undefined =>
  Layout.layOut(question, content.length, look, rows)

/** Whether the choice counts now: what it allows has been on the screen. */
export const isOpen = ({ content, hasSeenPatterns, seen }: Dialog, key: Layout.Key): boolean => {
  switch (key) {
    case "n":
    case "e":
      return true
    case "y":
      return Seen.isSeen(seen, 0, content.length)
    case "s":
    case "a":
      return Seen.isSeen(seen, 0, content.length) && hasSeenPatterns
  }
}

const stays = (dialog: Dialog): Result => ({ type: "stays", dialog })

const answer = (dialog: Dialog, key: Layout.Key): Result => {
  if (!isOpen(dialog, key)) return stays(dialog)
  switch (key) {
    case "y":
      return { type: "answered", answer: { _tag: "Once" }, always: false }
    case "s":
    case "a":
      return { type: "answered", answer: { _tag: "Session" }, always: key === "a" }
    case "n":
      return { type: "answered", answer: { _tag: "No" }, always: false }
    case "e":
      return stays({ ...dialog, word: Editor.empty([]) })
  }
}

const moves: Readonly<Record<string, Move>> = {
  "page-up": "page-up",
  "page-down": "page-down",
  "home": "start",
  "end": "end"
}

/** `rows`: what there is for the whole dialog. */
export const update = (dialog: Dialog, key: Key, look: Look, rows: number): Result => {
  if (dialog.word !== undefined) return updateWord(dialog, dialog.word, key)
  const layout = layoutOf(dialog, look, rows)
  // What does not fit on the screen can only be refused.
  const keys: ReadonlyArray<Layout.Key> = layout?.choices.map(({ key }) => key) ?? ["n"]
  const name = nameOf(key)
  const chosen = key.type === "text" ? key.text.toLowerCase() : name === "return" ? dialog.selected : undefined
  const choice = keys.find((each) => each === chosen)
  if (choice !== undefined) return answer(dialog, choice)
  if (layout === undefined || name === undefined) return stays(dialog)
  const by = moves[name]
  if (by !== undefined) return stays(scrolled({ ...dialog, moves: [...dialog.moves, by] }, layout.room))
  const at = keys.findIndex((each) => each === dialog.selected)
  const select = (index: number): Result => stays({ ...dialog, selected: keys[(index + keys.length) % keys.length] })
  if (name === "up") return select(at === -1 ? -1 : at - 1)
  return name === "down" || name === "tab" ? select(at + 1) : stays(dialog)
}

/** A frame with this much of the question is on the terminal. */
export const drawn = (dialog: Dialog, shown: Shown, look: Look, rows: number): Dialog => {
  const seen = Seen.add(dialog.seen, shown.start, shown.end)
  const hasSeenPatterns = dialog.hasSeenPatterns || shown.patterns
  if (dialog.isDrawn && seen === dialog.seen && hasSeenPatterns === dialog.hasSeenPatterns) return dialog
  const room = layoutOf(dialog, look, rows)?.room ?? 0
  return scrolled({ ...dialog, isDrawn: true, seen, hasSeenPatterns }, room)
}

/** Scrolls as far as the pages on the way have been on the screen. */
const scrolled = (dialog: Dialog, room: number): Dialog => {
  const [first, ...rest] = dialog.moves
  const total = dialog.content.length
  const start = Math.max(0, Math.min(dialog.offset, total - room))
  if (first === undefined || !Seen.isSeen(dialog.seen, start, Math.min(total, start + room))) return dialog
  return scrolled({ ...dialog, offset: move(dialog.offset, first, total, room), moves: rest }, room)
}

const updateWord = (dialog: Dialog, word: Editor.State, key: Key): Result => {
  switch (nameOf(key)) {
    case "escape":
    case "ctrl-c":
      return stays({ ...dialog, word: undefined })
    case "return": {
      const text = Editor.expand(word).trim()
      return { type: "answered", answer: text === "" ? { _tag: "No" } : { _tag: "No", message: text }, always: false }
    }
  }
  const action = lineActionOf(key)
  return action === undefined ? stays(dialog) : stays({ ...dialog, word: Editor.update(word, action) })
}
