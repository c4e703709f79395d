import { type Lines, type Look, oneLine, rule } from "../terminal/look.ts"
import { visible } from "../terminal/scroll.ts"
import { clean, widthOf } from "../terminal/themedText.ts"
import { rank } from "./completion.ts"
import { lineActionOf, nameOf } from "./editing.ts"
import * as Editor from "./editor.ts"
import type { Key } from "./keys.ts"

export interface Choice {
  readonly id: string
  readonly label: string
  readonly detail: string
}

/** A list to choose from; what is typed narrows it down. */
export interface Picker {
  readonly title: string
  readonly choices: ReadonlyArray<Choice>
  readonly filter: Editor.State
  readonly selected: number
  /** What is typed can be chosen too, and is described so. */
  readonly own: string | undefined
}

/** What a model is that is not in the list. */
export const ownModel = "another model ID, an ARN, or your gateway's own name"

export const make = (title: string, choices: ReadonlyArray<Choice>, selected = 0, own?: string): Picker => ({
  title,
  choices,
  filter: Editor.empty([]),
  selected,
  own
})

const textOf = ({ detail, label }: Choice): string => `${label} ${detail}`

/** The choices that fit what was typed, best first, and what was typed itself. */
export const matching = ({ choices, filter, own }: Picker): ReadonlyArray<Choice> => {
  const typed = filter.text.trim()
  if (typed === "") return choices
  const fitting = rank(typed, choices.map(textOf), choices.length).flatMap((text) =>
    choices.find((choice) => textOf(choice) === text) ?? []
  )
  return own === undefined || choices.some(({ id }) => id === typed)
    ? fitting
    : [...fitting, { id: typed, label: typed, detail: own }]
}

export type Result =
  | { readonly type: "stays"; readonly picker: Picker }
  | { readonly type: "chosen"; readonly choice: Choice }
  | { readonly type: "left" }

export const update = (picker: Picker, key: Key): Result => {
  const found = matching(picker)
  const last = Math.max(0, found.length - 1)
  const select = (selected: number): Result => ({
    type: "stays",
    picker: { ...picker, selected: Math.max(0, Math.min(last, selected)) }
  })
  switch (nameOf(key)) {
    case "escape":
    case "ctrl-c":
      return picker.filter.text === ""
        ? { type: "left" }
        : { type: "stays", picker: { ...picker, filter: Editor.empty([]), selected: 0 } }
    case "return": {
      const choice = found[Math.min(picker.selected, last)]
      return choice === undefined ? { type: "stays", picker } : { type: "chosen", choice }
    }
    case "up":
    case "ctrl-p":
      return select(picker.selected - 1)
    case "down":
    case "ctrl-n":
      return select(picker.selected + 1)
    case "page-up":
      return select(picker.selected - 10)
    case "page-down":
      return select(picker.selected + 10)
  }
  const action = lineActionOf(key)
  if (action === undefined) return { type: "stays", picker }
  const filter = Editor.update(picker.filter, action)
  return {
    type: "stays",
    picker: { ...picker, filter, selected: filter.text === picker.filter.text ? picker.selected : 0 }
  }
}

export const render = (picker: Picker, look: Look, rows: number): Lines => {
  const found = matching(picker)
  const room = Math.max(1, rows - 3)
  const selected = Math.min(picker.selected, Math.max(0, found.length - 1))
  const seen = visible(found, selected - Math.floor(room / 2), room)
  const labels = Math.max(0, ...found.map(({ label }) => widthOf(clean(label))))
  return [
    rule(look, picker.title),
    ...(found.length === 0
      ? [oneLine([{ text: "  No matches", roles: ["dim"] }], look)]
      : seen.lines.map((choice, index) => {
        const isSelected = seen.offset + index === selected
        const label = clean(choice.label)
        return oneLine([
          { text: isSelected ? "› " : "  ", roles: ["accent"] },
          { text: label, roles: isSelected ? ["strong"] : ["text"] },
          ...(choice.detail === "" ? [] : [
            { text: " ".repeat(Math.max(2, Math.min(labels, 40) - widthOf(label) + 2)), roles: [] },
            { text: clean(choice.detail), roles: ["dim" as const] }
          ])
        ], look)
      })),
    oneLine([
      { text: picker.filter.text === "" ? "" : `${picker.filter.text}  `, roles: ["accent"] },
      {
        text: [
          ...(seen.above + seen.below > 0 ? [`${selected + 1} of ${found.length}`] : []),
          "type to filter",
          "enter: choose",
          "esc: back"
        ].join(" · "),
        roles: ["dim"]
      }
    ], look)
  ]
}
