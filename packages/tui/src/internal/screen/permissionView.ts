/** The list of `/permissions`. */
import type { AllowedRule } from "../../Host.ts"
import * as Picker from "../input/picker.ts"
import { type Canvas, drawRule, type Lines, narrow, paintLine } from "../terminal/canvas.ts"
import { paintPlainText } from "../terminal/themedText.ts"
import { nameRule } from "./nameRule.ts"
import type { Overlay, State } from "./state.ts"

export type Permissions = Extract<Overlay, { readonly type: "permissions" }>

const idOf = ({ isOfSession, pattern, permission, place }: AllowedRule): string =>
  JSON.stringify([isOfSession, permission, pattern, place])

export const choicesOf = (rules: ReadonlyArray<AllowedRule>): ReadonlyArray<Picker.Choice> =>
  rules.map((rule) => ({
    id: idOf(rule),
    label: nameRule(rule),
    detail: rule.isRemovable ? rule.place : `can't be removed here: ${rule.place}`
  }))

/** Names what the rules of the list leave out. */
export const titleOf = ({ mode, yolo }: State): string => {
  const title = "Allowed without a question"
  if (mode === "plan") return `${title}, but not in plan mode`
  if (yolo) return `${title}; with --yolo, the rest too`
  return mode === "accept-edits" ? `${title}; accept edits: edits too` : title
}

/** The selected rule. */
export const ruleOf = ({ picker, rules }: Permissions): AllowedRule | undefined => {
  const id = Picker.selectedChoice(picker)?.id
  return rules.find((rule) => idOf(rule) === id)
}

/** The list, and below it the whole of the selected rule. */
export const render = (state: State, overlay: Permissions, canvas: Canvas, rows: number): Lines => {
  const picker = { ...overlay.picker, title: titleOf(state) }
  if (overlay.rules.length === 0) {
    return [
      drawRule(canvas, picker.title),
      paintLine([{ text: "  Nothing is left.", roles: ["dim"] }], canvas),
      paintLine([{ text: "esc: back", roles: ["dim"] }], canvas)
    ]
  }
  const rule = ruleOf(overlay)
  const text = rule === undefined ? "" : [nameRule(rule), ...choicesOf([rule]).map(({ detail }) => detail)].join("\n")
  const lines = text === "" ? [] : paintPlainText(text, { ...narrow(canvas, 2), role: "dim" })
  return Picker.renderWithText(picker, lines, canvas, rows, keys)
}

const keys: ReadonlyArray<string> = ["type to filter", "ctrl-d: remove", "esc: back"]
