import { nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import * as Keymap from "../input/keymap.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import * as Question from "../questions/question.ts"
import type { Overlay, State } from "../screen/state.ts"
import { getCanvas, getOverlayRows } from "../screen/view.ts"
import { answersOf } from "../setup/setup.ts"
import * as SetupUpdate from "../setup/setupUpdate.ts"
import { pressInTasks } from "../tasks/taskList.ts"
import * as Pager from "../transcript/pager.ts"
import { pressInPermissions } from "./permissionList.ts"
import { pressInPlan } from "./planQuestion.ts"
import { edit, openPager, pressInPrompt } from "./promptKeys.ts"
import { closeOverlay } from "./questionQueue.ts"
import { pressInSessions } from "./sessionList.ts"
import { type Step, step } from "./step.ts"
import { stopTask } from "./stopTask.ts"
import { startLoading, submitOrQueue } from "./submission.ts"
import { pressInUndo } from "./undoQuestion.ts"

/** Someone who is in the middle of a word must not answer a question that appears under their fingers. In milliseconds. */
const typingPause = 500

/** Sends the key to whatever has the focus. */
export const pressKey = (state: State, pressed: Key): Step => {
  const { overlay } = state
  const isPrompt = state.pager === undefined && (overlay === undefined || isUndrawn(overlay))
  const key = isPrompt ? pressed : Keymap.lookInOverlay(state.keymap, pressed)
  if (state.pager !== undefined) {
    return step({ ...state, pager: Pager.update(state.pager, key, getCanvas(state), getOverlayRows(state)) })
  }
  switch (overlay?.type) {
    case "setup":
      return applySetup(state, SetupUpdate.update(overlay.setup, key))
    case "models":
    case "efforts":
      return pressInPicker(state, overlay, key)
    case "sessions":
    case "session-title":
    case "session-delete":
      return pressInSessions(state, overlay, key)
    case "tasks":
    case "task":
      return pressInTasks(state, overlay, key)
    case "permissions":
      return pressInPermissions(state, overlay, key)
    case "plan":
      return state.now - state.lastTypedAt < typingPause && key.type === "key"
        ? step(state)
        : pressInPlan(state, overlay, key)
    case "undo":
      // Someone who presses Enter twice must not answer a question that they have not seen.
      return state.now - overlay.since < typingPause ? step(state) : pressInUndo(state, overlay, key)
    case "prompts":
      return pressInPrompts(state, overlay, key)
    case "question":
      return pressInQuestion(state, overlay.dialog, key)
    case undefined:
      return isRestOfAnswer(state, key) ? step(skipRest(state, key)) : pressInPrompt({ ...state, answerRest: "" }, key)
  }
}

/** Until a question is on the terminal, keys are meant for the prompt. */
const isUndrawn = (overlay: Overlay): boolean => overlay.type === "question" && !overlay.dialog.isDrawn

/** Someone who answers a question with a whole word must not find the end of the word in the prompt, or send the prompt with it. */
const isRestOfAnswer = ({ answeredAt, answerRest, now }: State, key: Key): boolean => {
  if (answerRest === "" || now - answeredAt >= 2 * typingPause) return false
  return key.type === "text"
    ? answerRest.startsWith(key.text.toLowerCase())
    : answerRest === "\r" && nameOf(key) === "return"
}

const skipRest = (state: State, key: Key): State => ({
  ...state,
  // A terminal sends characters that are typed quickly at once.
  answerRest: state.answerRest.slice(key.type === "text" ? key.text.length : 1),
  answeredAt: state.now
})

/** What a choice from a list stands for. */
const pickerCommands = { models: "/model", efforts: "/effort" }

const pressInPicker = (
  state: State,
  overlay: Extract<Overlay, { readonly type: "models" | "efforts" }>,
  key: Key
): Step => {
  const result = Picker.update(overlay.picker, key)
  if (result.type === "open") return step({ ...state, overlay: { ...overlay, picker: result.picker } })
  const closed = closeOverlay(state)
  if (result.type === "closed") return step(closed)
  // Not by its text, which may only be a part of another model's name.
  if (overlay.type === "models" && closed.task.type === "none") {
    return step(startLoading(closed, "switching model"), { type: "select-model", id: result.choice.id })
  }
  // Queued if a prompt was sent before the list appeared: its turn finishes with the model it began with.
  return submitOrQueue(closed, `${pickerCommands[overlay.type]} ${result.choice.id}`)
}

const down: Key = { type: "key", name: "down", ctrl: false, meta: false, shift: false }

/** As in a shell, Ctrl-R again selects an older prompt. The chosen one can be changed before it is sent. */
const pressInPrompts = (
  state: State,
  overlay: Extract<Overlay, { readonly type: "prompts" }>,
  key: Key
): Step => {
  const result = Picker.update(overlay.picker, nameOf(key) === "ctrl-r" ? down : key)
  if (result.type === "open") return step({ ...state, overlay: { ...overlay, picker: result.picker } })
  const closed = closeOverlay(state)
  if (result.type === "closed") return step(closed)
  const input = Editor.update(state.input, { type: "set", text: result.choice.id })
  return step({ ...closed, input, closedCompletionFor: input.text })
}

const pressInQuestion = (state: State, dialog: Question.Dialog, key: Key): Step => {
  const name = nameOf(key)
  if (!dialog.isDrawn) return pressInPrompt(state, key)
  if (name === "ctrl-o") return openPager(state)
  if (dialog.reason === undefined) {
    if (name === "escape" || name === "ctrl-c") return stopTask(state)
    if (isRestOfAnswer(state, key)) return step(skipRest(state, key))
    // A key that is held down must not answer the next question, too.
    if (state.now - state.answeredAt < typingPause) return step(state)
    const isTyping = state.now - state.lastTypedAt < typingPause
    if (isTyping) return key.type === "key" ? step(state) : edit(state, key)
  }
  const canvas = getCanvas(state)
  const rows = getOverlayRows(state)
  const result = Question.update(dialog, key, canvas, rows)
  if (result.type === "open") return step({ ...state, overlay: { type: "question", dialog: result.dialog } })
  if (result.type === "ignored") {
    const hint = `press ${Question.shownKeys(dialog, canvas, rows).join(" ")}, or ${
      Keymap.labelOfInterrupt(state.keymap)
    } to stop`
    return step({ ...state, hint }, { type: "expire-hint" })
  }
  const { id, patterns } = dialog.question
  return step(
    closeOverlay({ ...state, answeredAt: state.now, answerRest: result.rest === "" ? "" : `${result.rest}\r` }),
    ...(result.isAlways ? [{ type: "always-allow", patterns } as const] : []),
    { type: "answer", id, answer: result.answer }
  )
}

const applySetup = (state: State, result: SetupUpdate.Result): Step => {
  if (result.type === "quit") return step(state, { type: "quit" })
  const { setup } = result
  const next: State = { ...state, overlay: { type: "setup", setup } }
  switch (result.type) {
    case "open":
      return step(next)
    case "checking":
      return step(next, { type: "check-setup", answers: answersOf(setup) })
    case "attempting":
      return step(next, { type: "attempt-setup", answers: answersOf(setup) })
    case "save":
      return step(next, { type: "save-setup", answers: answersOf(setup) })
    case "stop":
      return step(next, { type: "stop-setup" })
  }
}
