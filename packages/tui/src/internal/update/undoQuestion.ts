/** The question whether to undo the last turn. What that means is above it in the transcript. */
import * as Option from "effect/Option"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Message } from "../screen/message.ts"
import type { Overlay, State } from "../screen/state.ts"
import { closeOverlay } from "./questionQueue.ts"
import { type Step, step } from "./step.ts"
import { returnPrompts } from "./stopTask.ts"
import { startLoading, submitQueued } from "./submission.ts"
import { addItem } from "./turnUpdate.ts"

type Undo = Extract<Overlay, { readonly type: "undo" }>

export const askAboutUndo = (given: State, { at, plan }: Extract<Message, { readonly type: "undo-planned" }>): Step => {
  const state: State = { ...given, task: { type: "none" }, now: at }
  if (state.overlay !== undefined) {
    return submitQueued(
      addItem(state, { type: "notice", level: "warning", text: "Close the open list first, then /undo." })
    )
  }
  const kept = plan.files.filter(({ fate }) => fate.type === "kept").length
  const yes = kept === 0
    ? "Yes, undo it"
    : `Yes, and leave ${kept === 1 ? "1 file as it is" : `${kept} files as they are`}`
  // There is no redo.
  const picker = Picker.make<"yes" | "no">("Undo the last turn?", [
    { id: "no", label: "No", detail: "" },
    { id: "yes", label: yes, detail: "" }
  ])
  return step({ ...state, overlay: { type: "undo", picker, plan, since: at } })
}

export const pressInUndo = (state: State, overlay: Undo, key: Key): Step => {
  const result = Picker.update(overlay.picker, key)
  if (result.type === "open") return step({ ...state, overlay: { ...overlay, picker: result.picker } })
  const closed = closeOverlay(state)
  return result.type === "chosen" && result.choice.id === "yes"
    ? step(startLoading(closed, "undoing the turn"), { type: "undo", plan: overlay.plan })
    : submitQueued(closed)
}

/** What the user typed returns to the input, before the prompts that were to follow. */
export const endUndo = (
  state: State,
  { context, todos, typed }: Extract<Message, { readonly type: "turn-undone" }>
): State => ({
  ...returnPrompts(state, [...Option.toArray(typed), ...state.queue]),
  task: { type: "none" },
  context,
  todos
})
