/** `/permissions`: what runs without a question. */
import type { AllowedRule } from "../../Host.ts"
import { nameOf } from "../input/editing.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Message } from "../screen/message.ts"
import type { Overlay, State } from "../screen/state.ts"
import { closeOverlay } from "./questionQueue.ts"
import { type Step, step } from "./step.ts"
import { addItem } from "./turnUpdate.ts"

const idOf = ({ isOfSession, pattern, permission }: AllowedRule): string =>
  JSON.stringify([isOfSession, permission, pattern])

const choicesOf = (rules: ReadonlyArray<AllowedRule>): ReadonlyArray<Picker.Choice> =>
  rules.map((rule) => ({
    id: idOf(rule),
    label: rule.permission === "*" ? "everything" : `${rule.permission} ${rule.pattern}`,
    detail: rule.isRemovable ? rule.place : `${rule.place}, can't be removed here`
  }))

/** Shows the list, or what has changed in it if it is still open. */
export const showPermissions = (
  state: State,
  { isOpening, rules }: Extract<Message, { readonly type: "permissions" }>
): State => {
  const { overlay } = state
  if (overlay?.type === "permissions" && rules.length > 0) {
    const picker = Picker.replaceChoices(overlay.picker, choicesOf(rules))
    return { ...state, overlay: { type: "permissions", picker, rules } }
  }
  if (overlay?.type === "permissions") return closeOverlay(state)
  if (!isOpening || overlay !== undefined) return state
  return rules.length === 0
    ? addItem(state, {
      type: "notice",
      level: "info",
      text: "Nothing is allowed beyond the defaults. What you allow \"always\" or for the session is listed here."
    })
    : {
      ...state,
      overlay: { type: "permissions", picker: Picker.make("Allowed without a question", choicesOf(rules)), rules }
    }
}

export const pressInPermissions = (
  state: State,
  overlay: Extract<Overlay, { readonly type: "permissions" }>,
  key: Key
): Step => {
  const name = nameOf(key)
  if (name === "ctrl-d" || name === "delete") {
    const id = Picker.selectedChoice(overlay.picker)?.id
    const rule = overlay.rules.find((rule) => idOf(rule) === id)
    if (rule === undefined) return step(state)
    return rule.isRemovable
      ? step(state, { type: "remove-rule", rule })
      : step({ ...state, hint: `remove it in ${rule.place}` }, { type: "expire-hint" })
  }
  // There is nothing to choose.
  if (name === "return") return step(state)
  const result = Picker.update(overlay.picker, key)
  return result.type === "open"
    ? step({ ...state, overlay: { ...overlay, picker: result.picker } })
    : step(closeOverlay(state))
}
