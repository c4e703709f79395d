import type { Answer, Question } from "@altimate-code/agent/Approver"
import * as Diff from "./diff.ts"
import { lineActionOf, nameOf } from "./editing.ts"
import * as Editor from "./editor.ts"
import type { Key } from "./keys.ts"
import { indent, type Lines, type Look, narrower, oneLine, rule, wrapped } from "./look.ts"
import { type Move, move, visible } from "./scroll.ts"
import { clean, plainLines, reveal } from "./themedText.ts"

/** A question about a call, while a person reads it. */
export interface Dialog {
  readonly question: Question
  /** None at first: Enter alone, meant for something else, must not answer. */
  readonly selected: number | undefined
  readonly offset: number
  /** The word to the model, while it is written. */
  readonly word: Editor.State | undefined
}

export const make = (question: Question): Dialog => ({ question, selected: undefined, offset: 0, word: undefined })

export type Result =
  | { readonly type: "stays"; readonly dialog: Dialog }
  /** `always`: allowed from now on by the person's own configuration. */
  | { readonly type: "answered"; readonly answer: Answer; readonly always: boolean }

interface Choice {
  readonly key: string
  readonly label: string
}

const choicesOf = ({ patterns }: Question): ReadonlyArray<Choice> => [
  { key: "y", label: "yes, once" },
  ...(patterns.length === 0 ? [] : [
    { key: "s", label: "yes, always in this session" },
    { key: "a", label: "yes, always: written to your configuration" }
  ]),
  { key: "n", label: "no" },
  { key: "e", label: "no, with a word to the model" }
]

const answer = (dialog: Dialog, key: string): Result => {
  switch (key) {
    case "y":
      return { type: "answered", answer: { _tag: "Once" }, always: false }
    case "s":
    case "a":
      return { type: "answered", answer: { _tag: "Session" }, always: key === "a" }
    case "n":
      return { type: "answered", answer: { _tag: "No" }, always: false }
    default:
      return { type: "stays", dialog: { ...dialog, word: Editor.empty([]) } }
  }
}

/** Whether the text is one of the letters that answer. */
export const isAnswer = ({ question }: Dialog, text: string): boolean =>
  choicesOf(question).some(({ key }) => key === text.toLowerCase())

/** `rows`: what there is for the whole dialog. */
export const update = (dialog: Dialog, key: Key, look: Look, rows: number): Result => {
  if (dialog.word !== undefined) return updateWord(dialog, dialog.word, key)
  const choices = choicesOf(dialog.question)
  const stays = (change: Partial<Dialog>): Result => ({ type: "stays", dialog: { ...dialog, ...change } })
  const scroll = (by: Move): Result => {
    const lines = preview(dialog.question, look)
    return stays({ offset: move(dialog.offset, by, lines.length, roomFor(dialog.question, look, rows)) })
  }
  if (key.type === "text") {
    const choice = choices.find((each) => each.key === key.text.toLowerCase())
    return choice === undefined ? stays({}) : answer(dialog, choice.key)
  }
  switch (nameOf(key)) {
    case "up":
      return stays({ selected: ((dialog.selected ?? 0) + choices.length - 1) % choices.length })
    case "down":
    case "tab":
      return stays({ selected: ((dialog.selected ?? -1) + 1) % choices.length })
    case "return":
      return dialog.selected === undefined ? stays({}) : answer(dialog, choices[dialog.selected]?.key ?? "n")
    case "page-up":
      return scroll("page-up")
    case "page-down":
      return scroll("page-down")
    case "home":
      return scroll("start")
    case "end":
      return scroll("end")
    default:
      return stays({})
  }
}

const updateWord = (dialog: Dialog, word: Editor.State, key: Key): Result => {
  switch (nameOf(key)) {
    case "escape":
    case "ctrl-c":
      return { type: "stays", dialog: { ...dialog, word: undefined } }
    case "return": {
      const text = Editor.expand(word).trim()
      return { type: "answered", answer: text === "" ? { _tag: "No" } : { _tag: "No", word: text }, always: false }
    }
  }
  const action = lineActionOf(key)
  return { type: "stays", dialog: action === undefined ? dialog : { ...dialog, word: Editor.update(word, action) } }
}

/** Exactly what will run or change. Control characters are visible: nothing looks like something else. */
const preview = ({ action }: Question, look: Look): Lines => {
  const inner = narrower(look, 2)
  const shown = action.preview ?? { type: "command" as const, text: action.title }
  if (shown.type === "diff") return indent(Diff.render(shown.text, inner), "  ")
  return indent(plainLines(reveal(shown.text), { ...inner, role: shown.type === "command" ? "strong" : "text" }), "  ")
}

const about = ({ because, patterns }: Question, look: Look): Lines => [
  ...wrapped([{ text: `rule: ${clean(because)}`, roles: ["dim"] }], look).slice(0, 2),
  ...(patterns.length === 0 ? [] : wrapped([
    { text: "always would allow: ", roles: ["dim"] },
    { text: clean(patterns.map(({ pattern, permission }) => `${permission} ${pattern}`).join(", ")), roles: ["text"] }
  ], look).slice(0, 4))
]

const roomFor = (question: Question, look: Look, rows: number): number =>
  Math.max(1, rows - about(question, look).length - choicesOf(question).length - 4)

export const render = (
  dialog: Dialog,
  look: Look,
  rows: number
): { readonly lines: Lines; readonly cursor: { readonly row: number; readonly column: number } | undefined } => {
  const { question, selected, word } = dialog
  const all = preview(question, look)
  const seen = visible(all, dialog.offset, roomFor(question, look, rows))
  const more = seen.above + seen.below > 0
    ? [oneLine([{
      text: `  lines ${seen.offset + 1}–${seen.offset + seen.lines.length} of ${all.length} · page up, page down`,
      roles: ["warning"]
    }], look)]
    : []
  const head = [
    rule(look, `${clean(question.tool)} asks: may it?`),
    ...seen.lines,
    ...more,
    "",
    ...about(question, look)
  ]
  if (word !== undefined) {
    const { cursor, lines } = Editor.view(word, Math.max(1, look.width - 4), 3)
    return {
      lines: [
        ...head,
        oneLine([{ text: "Why not, or what instead? enter sends · esc goes back", roles: ["dim"] }], look),
        ...indent(lines, look.theme.accent("› "), "  ")
      ],
      cursor: { row: head.length + 1 + cursor.row, column: 2 + cursor.column }
    }
  }
  return {
    lines: [
      ...head,
      ...choicesOf(question).map(({ key, label }, index) =>
        oneLine([
          { text: index === selected ? "› " : "  ", roles: ["accent"] },
          { text: key, roles: ["accent", "strong"] },
          { text: `  ${label}`, roles: index === selected ? ["strong"] : ["text"] }
        ], look)
      )
    ],
    cursor: undefined
  }
}
