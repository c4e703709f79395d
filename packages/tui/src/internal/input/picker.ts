import * as Arr from "effect/Array"
import type { ActiveModel, Model } from "../../Host.ts"
import { type Canvas, drawRule, indent, type Lines, narrow, paintLine, paintPrompt } from "../terminal/canvas.ts"
import { sliceVisible } from "../terminal/scroll.ts"
import { clean, type Line, measureWidth, truncate } from "../terminal/themedText.ts"
import { rank } from "./completion.ts"
import { lineActionOf, nameOf } from "./editing.ts"
import * as Editor from "./editor.ts"
import type { Key } from "./keys.ts"
import { commandNameOf, isSlashCommand } from "./slashCommands.ts"

export interface Choice<Id extends string = string> {
  readonly id: Id
  readonly label: string
  readonly detail: string
  /** The title that was given to a session. */
  readonly title?: string
}

/** A list to choose from, filtered by what the user types. */
export interface Picker<Id extends string = string> {
  readonly title: string
  readonly choices: ReadonlyArray<Choice<Id>>
  readonly filter: Editor.State
  readonly selected: number
  /** Makes a choice from the typed text. If absent, only `choices` can be chosen. */
  readonly custom: ((text: string) => Choice<Id>) | undefined
}

const modelChoice = ({ family, id, name }: Model): Choice => ({ id, label: name, detail: `${family} · ${id}` })

/** The models, and the current one, which has its configured ID: choosing it changes nothing. If it is not listed, it is first. */
export const modelChoices = (models: ReadonlyArray<Model>, current?: ActiveModel): ReadonlyArray<Choice> => {
  const choices = models.map(modelChoice)
  if (current === undefined) return choices
  const { configured: id, isSameAs = () => false, name, wire } = current
  const listed = models.find((model) => model.id === id) ?? models.find((model) => model.id === wire) ??
    models.find((model) => isSameAs(model.id))
  if (listed === undefined) return [{ id, label: name, detail: `current · ${id}` }, ...choices]
  const choice = modelChoice({ ...listed, id })
  return choices.with(models.indexOf(listed), { ...choice, detail: `current · ${choice.detail}` })
}

/** Newest first, and each text once, without the commands of the screen and misspelled ones. */
export const promptChoices = (prompts: ReadonlyArray<string>): ReadonlyArray<Choice> =>
  [...new Set(prompts.toReversed())].filter((text) => !isSlashCommand(text) && commandNameOf(text) !== text).map((
    text
  ) => ({ id: text, label: text.replace(/\s+/g, " ").trim(), detail: "" }))

/** The picker with other choices. The selected one stays selected; if it is not there any more, the one in its place is. */
export const replaceChoices = <Id extends string>(
  picker: Picker<Id>,
  choices: ReadonlyArray<Choice<Id>>
): Picker<Id> => {
  const id = selectedChoice(picker)?.id
  const next = { ...picker, choices }
  const selected = filterChoices(next).findIndex((choice) => choice.id === id)
  return selected < 0 ? next : { ...next, selected }
}

/** Undefined if nothing matches the typed text. */
export const selectedChoice = <Id extends string>(picker: Picker<Id>): Choice<Id> | undefined => {
  const matches = filterChoices(picker)
  return matches[Math.min(picker.selected, matches.length - 1)]
}

/** A model that is not in the list. */
export const customModel = (text: string): Choice => ({
  id: text,
  label: text,
  detail: "another model ID, an ARN, or a name that your gateway knows"
})

export const make = <Id extends string>(
  title: string,
  choices: ReadonlyArray<Choice<Id>>,
  selected = 0,
  custom?: (text: string) => Choice<Id>
): Picker<Id> => ({
  title,
  choices,
  filter: Editor.empty([]),
  selected,
  custom
})

/** The picker once the user has typed the text. */
export const withFilter = <Id extends string>(picker: Picker<Id>, text: string): Picker<Id> =>
  text === ""
    ? picker
    : { ...picker, selected: 0, filter: Editor.update(picker.filter, { type: "insert", text }) }

/** Whether the choice shows the text, in upper or lower case. */
export const contains = (choice: Choice, text: string): boolean =>
  textOf(choice).toLowerCase().includes(text.toLowerCase())

const textOf = ({ detail, label }: Choice): string => `${label} ${detail}`

/** The choices that match the typed text, best first; then the typed text itself, if it may be chosen. */
export const filterChoices = <Id extends string>(
  { choices, custom, filter }: Picker<Id>
): ReadonlyArray<Choice<Id>> => {
  const text = filter.text.trim()
  if (text === "") return choices
  // Several may read the same, such as a session and its copy.
  const byText = Arr.groupBy(choices, textOf)
  const matches = rank(text, Object.keys(byText), choices.length).flatMap((text) => byText[text] ?? [])
  // A slash command is typed for the prompt.
  return custom === undefined || text.startsWith("/") || choices.some(({ id }) => id === text)
    ? matches
    : [...matches, custom(text)]
}

export type Result<Id extends string> =
  | { readonly type: "open"; readonly picker: Picker<Id> }
  | { readonly type: "chosen"; readonly choice: Choice<Id> }
  | { readonly type: "closed" }

export const update = <Id extends string>(picker: Picker<Id>, key: Key): Result<Id> => {
  const matches = filterChoices(picker)
  const last = Math.max(0, matches.length - 1)
  const stayOpen = (changes: Partial<Picker<Id>>): Result<Id> => ({ type: "open", picker: { ...picker, ...changes } })
  const select = (selected: number) => stayOpen({ selected: Math.max(0, Math.min(last, selected)) })
  switch (nameOf(key)) {
    case "escape":
    case "ctrl-c":
      return { type: "closed" }
    case "return": {
      const choice = matches[Math.min(picker.selected, last)]
      return choice === undefined ? stayOpen({}) : { type: "chosen", choice }
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
  if (action === undefined) return stayOpen({})
  const filter = Editor.update(picker.filter, action)
  return stayOpen({ filter, selected: filter.text === picker.filter.text ? picker.selected : 0 })
}

const maxLabelWidth = 60

const filterKeys: ReadonlyArray<string> = ["type to filter", "enter: choose", "esc: back"]

/** The last ones that fit: how to leave matters most. */
const fitKeys = (keys: ReadonlyArray<string>, width: number): ReadonlyArray<string> =>
  keys.length > 1 && measureWidth(keys.join(" · ")) > width ? fitKeys(keys.slice(1), width) : keys

/** `keys` says what the keys do. */
export const render = (picker: Picker, canvas: Canvas, rows: number, keys = filterKeys): Lines => {
  const matches = filterChoices(picker)
  const room = Math.max(1, rows - 3)
  const selected = Math.min(picker.selected, Math.max(0, matches.length - 1))
  const visible = sliceVisible(matches, selected - Math.floor(room / 2), room)
  // The detail of a long label stays visible, on a narrow terminal too.
  const labelWidth = Math.min(
    maxLabelWidth,
    Math.ceil(canvas.width / 2),
    Math.max(0, ...matches.map(({ label }) => measureWidth(clean(label))))
  )
  return [
    drawRule(canvas, picker.title),
    ...(matches.length === 0
      ? [paintLine([{ text: "  No matches.", roles: ["dim"] }], canvas)]
      : visible.lines.map((choice, index) =>
        renderChoice(choice, visible.offset + index === selected, labelWidth, canvas)
      )),
    renderKeys(
      picker.filter.text,
      [...(visible.above + visible.below > 0 ? [`${selected + 1} of ${matches.length}`] : []), ...keys],
      canvas
    )
  ]
}

/** The typed text, and what the keys do. */
const renderKeys = (text: string, keys: ReadonlyArray<string>, canvas: Canvas): string => {
  const filter: Line = text === "" ? [] : [
    { text: "filter: ", roles: ["dim"] },
    { text: truncate(clean(text), Math.max(8, canvas.width - 32)), roles: ["accent"] },
    { text: " · ", roles: ["dim"] }
  ]
  const left = canvas.width - filter.reduce((sum, part) => sum + measureWidth(part.text), 0)
  const shown = text === "" ? keys : keys.filter((key) => key !== filterKeys[0])
  return paintLine([...filter, { text: fitKeys(shown, left).join(" · "), roles: ["dim"] }], canvas)
}

/** The list, and below it the whole text of the selected prompt. */
export const renderPrompts = (picker: Picker, canvas: Canvas, rows: number): Lines => {
  const selected = selectedChoice(picker)
  return renderWithText(
    picker,
    selected === undefined ? [] : paintPrompt(selected.id, "dim", narrow(canvas, 2)),
    canvas,
    rows
  )
}

/** The list, and below it a text about what is selected, as far as there is room. The text is two columns narrower. */
export const renderWithText = (
  picker: Picker,
  text: Lines,
  canvas: Canvas,
  rows: number,
  keys = filterKeys
): Lines => {
  const room = Math.max(1, Math.min(text.length, Math.floor(rows / 3)))
  const list = render(picker, canvas, rows - room - 1, keys)
  return [
    ...list.slice(0, -1),
    drawRule(canvas, text.length > room ? `${text.length} lines` : ""),
    ...indent(text.slice(0, room), "  "),
    ...list.slice(-1)
  ]
}

const renderChoice = (choice: Choice, isSelected: boolean, labelWidth: number, canvas: Canvas): string => {
  const label = choice.detail === "" ? clean(choice.label) : truncate(clean(choice.label), labelWidth)
  return paintLine([
    { text: isSelected ? "› " : "  ", roles: ["accent"] },
    { text: label, roles: isSelected ? ["strong"] : ["text"] },
    ...(choice.detail === "" ? [] : [
      { text: " ".repeat(Math.max(2, labelWidth - measureWidth(label) + 2)), roles: [] },
      { text: clean(choice.detail), roles: ["dim" as const] }
    ])
  ], canvas)
}
