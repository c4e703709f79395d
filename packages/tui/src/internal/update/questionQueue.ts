import type { Question as AskedQuestion } from "@altimate-code/agent/permission/Approver"
import * as Question from "../questions/question.ts"
import type { State } from "../screen/state.ts"
import { getCanvas } from "../screen/view.ts"

/** Shows the question, or queues it behind the open overlay. */
export const ask = (state: State, question: AskedQuestion): State =>
  state.overlay === undefined
    ? { ...state, overlay: { type: "question", dialog: Question.make(question, getCanvas(state)) } }
    : { ...state, queuedQuestions: [...state.queuedQuestions, question] }

/** Closes the overlay and shows the next queued question. */
export const closeOverlay = (state: State): State => {
  const [first, ...queuedQuestions] = state.queuedQuestions
  const closed = { ...state, overlay: undefined }
  return first === undefined ? closed : ask({ ...closed, queuedQuestions }, first)
}

export const withdraw = (state: State, id: string): State =>
  state.overlay?.type === "question" && state.overlay.dialog.question.id === id
    ? closeOverlay(state)
    : { ...state, queuedQuestions: state.queuedQuestions.filter((question) => question.id !== id) }

export const withdrawAll = (state: State): State => {
  const withoutQueue = { ...state, queuedQuestions: [] }
  return state.overlay?.type === "question" ? closeOverlay(withoutQueue) : withoutQueue
}
