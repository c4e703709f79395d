import type { Answer, Question } from "@altimate-code/agent/permission/Approver"
import { lineActionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import type { Canvas, Lines } from "../terminal/canvas.ts"
import { type Move, move } from "../terminal/scroll.ts"
import { addRange, includesRange, type LineRanges } from "./lineRanges.ts"
import * as QuestionLayout from "./questionLayout.ts"
import type { ShownQuestion } from "./shownQuestion.ts"

/** A question about a tool call, and how much of it the user has seen. */
export interface Dialog {
  readonly question: Question
  /** None at first: Enter alone, which may be meant for the prompt, must not answer. */
  readonly selected: QuestionLayout.ChoiceKey | undefined
  /** Exactly what will run or change, wrapped to `width`. */
  readonly content: Lines
  readonly width: number
  /** The first visible line of the content. */
  readonly offset: number
  /** Scroll keys that wait until the current page is on the terminal, so that no page is skipped unseen. */
  readonly moves: ReadonlyArray<Move>
  /** It has been on the terminal. Keys that came earlier were typed for something else. */
  readonly isDrawn: boolean
  /** The lines of the content that have been on the terminal at this width. */
  readonly seenLines: LineRanges
  /** The patterns that "always" would allow have been on the terminal. */
  readonly hasSeenPatterns: boolean
  /** The user's message to the model, while it is typed. */
  readonly reason: Editor.State | undefined
}

export const make = (question: Question, canvas: Canvas): Dialog => ({
  question,
  selected: undefined,
  content: QuestionLayout.renderContent(question, canvas),
  width: canvas.width,
  offset: 0,
  moves: [],
  isDrawn: false,
  seenLines: [],
  hasSeenPatterns: false,
  reason: undefined
})

/** At another width the content wraps differently, so none of its lines has been seen. */
export const resize = (dialog: Dialog, canvas: Canvas): Dialog =>
  canvas.width === dialog.width ? dialog : {
    ...make(dialog.question, canvas),
    selected: dialog.selected,
    isDrawn: dialog.isDrawn,
    reason: dialog.reason
  }

export type Result =
  | { readonly type: "open"; readonly dialog: Dialog }
  /** The key means nothing here. */
  | { readonly type: "ignored" }
  /** `isAlways`: also save the patterns in the user's configuration. `rest`: the letters that follow if the user types the whole word. */
  | { readonly type: "answered"; readonly answer: Answer; readonly isAlways: boolean; readonly rest: string }

/** What people type in full, out of habit. */
const words: Readonly<Partial<Record<QuestionLayout.ChoiceKey, string>>> = {
  y: "yes",
  s: "session",
  a: "always",
  n: "no"
}

/** The choice that a typed text makes among those that are shown: its letter, the beginning of its word, or its number in the list. */
const choiceOf = (text: string, choices: ReadonlyArray<QuestionLayout.ChoiceKey>, isList: boolean) => {
  if (/^[1-9]$/.test(text)) return isList ? choices[Number(text) - 1] : undefined
  return choices.find((key) => key === text.toLowerCase() || words[key]?.startsWith(text.toLowerCase()))
}

/** The letters that are shown, to name them when another key is pressed. */
export const shownKeys = (dialog: Dialog, canvas: Canvas, rows: number): ReadonlyArray<string> =>
  layOut(dialog, canvas, rows)?.choices.map(({ key }) => key) ?? ["n"]

/** Undefined if what the user must see does not fit. */
export const layOut = (
  { content, question }: Dialog,
  canvas: Canvas,
  rows: number
): QuestionLayout.Layout | undefined => QuestionLayout.layOut(question, content.length, canvas, rows)

/** Whether the choice may be made: everything that it allows has been on the terminal. */
export const canChoose = ({ content, hasSeenPatterns, seenLines }: Dialog, key: QuestionLayout.ChoiceKey): boolean => {
  switch (key) {
    case "n":
    case "e":
      return true
    case "y":
    case "d":
      return includesRange(seenLines, 0, content.length)
    case "s":
    case "a":
      return includesRange(seenLines, 0, content.length) && hasSeenPatterns
  }
}

const stayOpen = (dialog: Dialog): Result => ({ type: "open", dialog })

const choose = (dialog: Dialog, key: QuestionLayout.ChoiceKey, typed: string): Result => {
  if (!canChoose(dialog, key)) return stayOpen(dialog)
  const answer = (answer: Answer): Result => ({
    type: "answered",
    answer,
    isAlways: key === "a",
    rest: typed.toLowerCase() === key ? (words[key] ?? key).slice(1) : ""
  })
  switch (key) {
    case "y":
    // The rule in the configuration covers what follows. A grant of the session would outlast the rule.
    case "a":
      return answer({ _tag: "Once" })
    case "s":
      return answer({ _tag: "Session" })
    case "d":
      return answer({ _tag: "AllEdits" })
    case "n":
      return answer({ _tag: "No" })
    case "e":
      return stayOpen({ ...dialog, reason: Editor.empty([]) })
  }
}

const moves: Readonly<Record<string, Move>> = {
  "page-up": "page-up",
  "page-down": "page-down",
  "home": "start",
  "end": "end"
}

const keyOfChoice = ({ selected }: Dialog, name: string | undefined): QuestionLayout.ChoiceKey | undefined => {
  if (name === "return") return selected
  return name === "shift-tab" ? "d" : undefined
}

/** `rows`: the room for the whole dialog. */
export const update = (dialog: Dialog, key: Key, canvas: Canvas, rows: number): Result => {
  if (dialog.reason !== undefined) return updateReason(dialog, dialog.reason, key)
  const layout = layOut(dialog, canvas, rows)
  // A question that does not fit can only be declined.
  const keys: ReadonlyArray<QuestionLayout.ChoiceKey> = layout?.choices.map(({ key }) => key) ?? ["n"]
  const name = nameOf(key)
  const typed = key.type === "text" ? key.text : ""
  const choice = key.type === "text"
    ? choiceOf(typed, keys, layout?.isList === true)
    : keys.find((each) => each === keyOfChoice(dialog, name))
  if (choice !== undefined) return choose(dialog, choice, typed)
  if (layout === undefined || name === undefined) return { type: "ignored" }
  const scroll = moves[name]
  if (scroll !== undefined) return stayOpen(applyMoves({ ...dialog, moves: [...dialog.moves, scroll] }, layout.room))
  const index = keys.findIndex((each) => each === dialog.selected)
  const select = (index: number): Result => stayOpen({ ...dialog, selected: keys[(index + keys.length) % keys.length] })
  if (name === "up") return select(index === -1 ? -1 : index - 1)
  return name === "down" || name === "tab" ? select(index + 1) : { type: "ignored" }
}

/** Records what a frame, which is now on the terminal, shows of the question. */
export const markDrawn = (dialog: Dialog, shown: ShownQuestion, canvas: Canvas, rows: number): Dialog => {
  const seenLines = addRange(dialog.seenLines, shown.start, shown.end)
  const hasSeenPatterns = dialog.hasSeenPatterns || shown.showsPatterns
  if (dialog.isDrawn && seenLines === dialog.seenLines && hasSeenPatterns === dialog.hasSeenPatterns) return dialog
  const room = layOut(dialog, canvas, rows)?.room ?? 0
  return applyMoves({ ...dialog, isDrawn: true, seenLines, hasSeenPatterns }, room)
}

/** Applies the scroll keys up to the first page that has not been on the terminal. */
const applyMoves = (dialog: Dialog, room: number): Dialog => {
  const [first, ...rest] = dialog.moves
  const total = dialog.content.length
  const start = Math.max(0, Math.min(dialog.offset, total - room))
  if (first === undefined || !includesRange(dialog.seenLines, start, Math.min(total, start + room))) return dialog
  return applyMoves({ ...dialog, offset: move(dialog.offset, first, total, room), moves: rest }, room)
}

const updateReason = (dialog: Dialog, reason: Editor.State, key: Key): Result => {
  switch (nameOf(key)) {
    case "escape":
    case "ctrl-c":
      return stayOpen({ ...dialog, reason: undefined })
    case "return": {
      const text = Editor.expand(reason).trim()
      const answer: Answer = text === "" ? { _tag: "No" } : { _tag: "No", message: text }
      return { type: "answered", answer, isAlways: false, rest: "" }
    }
  }
  const action = lineActionOf(key)
  return action === undefined ? stayOpen(dialog) : stayOpen({ ...dialog, reason: Editor.update(reason, action) })
}
