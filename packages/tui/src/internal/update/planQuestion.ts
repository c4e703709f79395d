/** The question whether the model carries out its plan. */
import { nameOf } from "../input/editing.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Overlay, State } from "../screen/state.ts"
import { edit } from "./promptKeys.ts"
import { closeOverlay } from "./questionQueue.ts"
import { type Step, step } from "./step.ts"
import { submitOrQueue } from "./submission.ts"

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

/** Whether the answer to the last prompt ended with a plan: under the heading that the model was asked for. */
const hasPlan = ({ items }: State): boolean => {
  const since = items.slice(items.findLastIndex(({ type }) => type === "user") + 1)
  const at = since.findLastIndex((item) => item.type === "answer" && /^#{1,6}[ \t]+plan\b/im.test(item.markdown))
  return at !== -1 &&
    since.slice(at).every((item) => item.type !== "tool" && (item.type !== "notice" || item.level === "info"))
}

/** Asks after a turn, unless the user has something else in mind: then what they type continues the planning. */
export const askAboutPlan = (state: State): State =>
  state.mode === "plan" && state.task.type === "none" && state.overlay === undefined && state.input.text === "" &&
    hasPlan(state)
    ? { ...state, overlay: { type: "plan", picker: Picker.make("Go ahead with this plan?", choicesOf(state)) } }
    : state

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
