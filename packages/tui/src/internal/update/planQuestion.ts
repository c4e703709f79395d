/** The question whether the model carries out its plan. */
import { nameOf } from "../input/editing.ts"
import * as Keymap from "../input/keymap.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Overlay, State } from "../screen/state.ts"
import type { Item } from "../transcript/item.ts"
import { edit } from "./promptKeys.ts"
import { closeOverlay } from "./questionQueue.ts"
import { type Step, step } from "./step.ts"
import { submitOrQueue } from "./submission.ts"
import { addItem } from "./turnUpdate.ts"

type Choice = Picker.Choice<"ask" | "accept-edits" | "no">

const acceptance = "Go ahead with the plan."

const choicesOf = ({ yolo }: State): ReadonlyArray<Choice> => [
  ...(yolo
    ? [{ id: "ask", label: "Yes, without asking (YOLO)", detail: "" } as const]
    : [
      { id: "ask", label: "Yes, and ask before each edit", detail: "" } as const,
      { id: "accept-edits", label: "Yes, and accept edits", detail: "" } as const
    ]),
  { id: "no", label: "No, keep planning", detail: "" }
]

/** A heading, a bold line or a line that ends in a colon, if it names a plan. Models do not always use the heading that they were asked for. */
const planLine = /^(?:#{1,6}[ \t].*\bplan\b.*|\*\*.*\bplan\b.*\*\*[ \t]*|.*\bplan\b.*:[ \t]*)$/im

/** What the turn has ended with: its last answers and what followed them. Empty if it did not end with an answer. */
const endOfTurn = ({ items }: State): ReadonlyArray<Item> => {
  const since = items.slice(items.findLastIndex(({ type }) => type === "user") + 1)
  const end = since.slice(
    since.findLastIndex((item) => item.type === "tool" || (item.type === "notice" && item.level !== "info")) + 1
  )
  return end.some(({ type }) => type === "answer") ? end : []
}

/**
 * Asks after a turn that has ended with a plan, unless the user has something else in mind: then what they type continues the planning. Without a plan,
 * says how to leave plan mode.
 */
export const askAboutPlan = (state: State): State => {
  const end = endOfTurn(state)
  if (state.mode !== "plan" || state.task.type !== "none" || end.length === 0) return state
  if (!end.some((item) => item.type === "answer" && planLine.test(item.markdown))) {
    const key = Keymap.labelOfMode(state.keymap)
    const hint = key === undefined ? "/mode ask leaves it." : `${key}: leave it`
    return addItem(state, { type: "notice", level: "info", text: "Plan mode is on.", hint })
  }
  return state.overlay === undefined && state.input.text === ""
    ? { ...state, overlay: { type: "plan", picker: Picker.make("Go ahead with this plan?", choicesOf(state)) } }
    : state
}

/** Text goes to the prompt: it says what should change. */
export const pressInPlan = (
  state: State,
  { picker }: Extract<Overlay, { readonly type: "plan" }>,
  key: Key
): Step => {
  const closed = closeOverlay(state)
  if (key.type !== "key") return edit(closed, key)
  if (nameOf(key) === "shift-tab") return step(closed, { type: "next-mode" })
  const result = Picker.update(picker, key)
  switch (result.type) {
    case "open":
      return step({ ...state, overlay: { type: "plan", picker: result.picker } })
    case "closed":
      return step(closed)
    case "chosen": {
      const { id } = result.choice
      if (id === "no") return step(closed)
      const next = submitOrQueue(closed, acceptance)
      return { ...next, actions: [{ type: "set-mode", mode: id }, ...next.actions] }
    }
  }
}
