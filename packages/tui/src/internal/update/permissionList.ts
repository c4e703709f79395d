/** `/permissions`: what runs without a question. */
import { nameOf } from "../input/editing.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Message } from "../screen/message.ts"
import { choicesOf, type Permissions, ruleOf, titleOf } from "../screen/permissionView.ts"
import type { State } from "../screen/state.ts"
import { closeOverlay } from "./questionQueue.ts"
import { type Step, step } from "./step.ts"
import { addItem } from "./turnUpdate.ts"

/** What else runs without a question. Plan mode denies it even with `--yolo`. */
const describeOthers = ({ mode, yolo }: State): string | undefined => {
  if (mode === "plan") return undefined
  if (yolo) return "with --yolo, every tool call that no rule denies runs without a question"
  return mode === "accept-edits" ? "in the mode accept edits, edits in the project run without a question" : undefined
}

/** Shows the list, or what has changed in it if it is still open. */
export const showPermissions = (
  state: State,
  { isOpening, rules }: Extract<Message, { readonly type: "permissions" }>
): State => {
  const { overlay } = state
  if (overlay?.type === "permissions") {
    const picker = Picker.replaceChoices(overlay.picker, choicesOf(rules))
    return { ...state, overlay: { type: "permissions", picker, rules, isRemoving: false } }
  }
  if (!isOpening || overlay !== undefined) return state
  if (rules.length > 0) {
    const picker = Picker.make(titleOf(state), choicesOf(rules))
    return { ...state, overlay: { type: "permissions", picker, rules, isRemoving: false } }
  }
  const others = describeOthers(state)
  const nothing = others === undefined
    ? "Nothing is allowed beyond the defaults."
    : `No rule allows anything beyond the defaults, but ${others}.`
  return addItem(state, {
    type: "notice",
    level: "info",
    text: `${nothing} What you allow "always" or for the session is listed here.`
  })
}

export const pressInPermissions = (
  state: State,
  overlay: Permissions,
  key: Key
): Step => {
  const name = nameOf(key)
  if (name === "ctrl-d") {
    const rule = ruleOf(overlay)
    // The list is read again after each removal.
    if (rule === undefined || overlay.isRemoving) return step(state)
    return rule.isRemovable
      ? step({ ...state, overlay: { ...overlay, isRemoving: true } }, { type: "remove-rule", rule })
      : step({ ...state, hint: `remove it in ${rule.place}` }, { type: "expire-hint" })
  }
  // There is nothing to choose.
  if (name === "return") return step(state)
  const result = Picker.update(overlay.picker, key)
  return result.type === "open"
    ? step({ ...state, overlay: { ...overlay, picker: result.picker } })
    : step(closeOverlay(state))
}
