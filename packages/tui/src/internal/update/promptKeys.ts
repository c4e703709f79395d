import { actionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import * as Keymap from "../input/keymap.ts"
import type { Key } from "../input/keys.ts"
import type { State } from "../screen/state.ts"
import { getInputWidth } from "../screen/view.ts"
import * as Pager from "../transcript/pager.ts"
import { attachFromClipboard, attachPasted, canCancelAttaching, cancelAttaching, holdPrompt } from "./attaching.ts"
import { acceptCompletion, isComplete, moveSelection, updateCompletion } from "./completionUpdate.ts"
import { type Step, step } from "./step.ts"
import { canStop, stopTask } from "./stopTask.ts"
import { submitOrQueue } from "./submission.ts"

/** Keys of an open list of completions, whatever else they are bound to. */
const completionKeys = ["tab", "up", "down", "ctrl-p", "ctrl-n", "escape", "return"]

/** A key while the prompt has the focus. */
export const pressInPrompt = (state: State, key: Key): Step => {
  const { isLeaderPressed, keymap } = state
  if (state.completion !== undefined && !isLeaderPressed && completionKeys.includes(nameOf(key) ?? "")) {
    if (nameOf(key) !== "return") return pressBound(state, key)
    // Return may be bound to something else than sending the prompt.
    if (!isComplete(state) && !isReturnSubmit(keymap)) return step(acceptCompletion(state))
  }
  // A terminal sends characters that are typed quickly at once.
  const [first = "", ...rest] = key.type === "text" ? Array.from(key.text) : []
  const pressed: Key = isLeaderPressed && key.type === "text" ? { type: "text", text: first } : key
  const meaning = Keymap.look(keymap, pressed, isLeaderPressed)
  const isConfirmingQuit = state.isConfirmingQuit && nameOf(key) === "ctrl-c"
  const before = { ...state, isLeaderPressed: false, isConfirmingQuit, hint: undefined }
  // A sequence is no accident: it also quits with a draft.
  if (isLeaderPressed && meaning.type === "exit") return step(before, { type: "quit" })
  const next = perform(before, meaning, key)
  return isLeaderPressed && rest.length > 0
    ? { ...next, state: edit(next.state, { type: "text", text: rest.join("") }).state }
    : next
}

const returnKey: Key = { type: "key", name: "return", ctrl: false, meta: false, shift: false }

const isReturnSubmit = (keymap: Keymap.Keymap): boolean => {
  const meaning = Keymap.look(keymap, returnKey, false)
  return meaning.type === "key" && nameOf(meaning.key) === "return"
}

const perform = (state: State, meaning: Keymap.Meaning, key: Key): Step => {
  switch (meaning.type) {
    case "key":
      return pressBound(state, meaning.key)
    case "command":
      return submitOrQueue(state, meaning.command)
    case "exit":
      if (state.input.text === "") return step(state, { type: "quit" })
      return nameOf(key) === "ctrl-d" ? edit(state, key) : step(state)
    case "clear":
      return step({ ...state, input: Editor.update(state.input, { type: "clear" }) })
    case "leader":
      return step({ ...state, isLeaderPressed: true, hint: `${state.keymap.leader} …` }, { type: "expire-hint" })
    case "nothing":
      return step(state)
  }
}

const pressBound = (state: State, key: Key): Step => {
  const { completion } = state
  const name = nameOf(key)
  switch (name) {
    case "ctrl-c":
      return interrupt(state)
    case "ctrl-o":
      return openPager(state)
    case "ctrl-g":
      return step(state, { type: "edit", text: Editor.expand(state.input) })
    case "ctrl-r":
      return step(state, { type: "list-prompts" })
    case "ctrl-v":
      return attachFromClipboard(state)
    case "ctrl-l":
      return step(state)
    case "escape":
      if (canCancelAttaching(state)) return cancelAttaching(state)
      return completion === undefined ? stopTask(state) : step({ ...state, closedCompletionFor: state.input.text })
    case "up":
    case "ctrl-p":
      if (completion !== undefined) return step(moveSelection(state, -1))
      if (state.input.text === "" && state.queue.length > 0) return step(takeBackQueued(state))
      break
    case "down":
    case "ctrl-n":
      if (completion !== undefined) return step(moveSelection(state, 1))
      break
    case "shift-tab":
      return step(state, { type: "next-mode" })
    case "tab":
      return completion === undefined ? step(state) : step(acceptCompletion(state))
    case "return":
      return enter(state)
  }
  return edit(state, key)
}

export const edit = (state: State, key: Key): Step => {
  // Some terminals paste nothing if the clipboard has only a picture.
  if (key.type === "paste" && key.text === "") return attachFromClipboard(state)
  const action = actionOf(key, getInputWidth(state))
  if (action === undefined) return step(state)
  const input = Editor.update(state.input, action)
  const isNew = input.text !== state.input.text
  const edited: State = {
    ...state,
    input,
    lastTypedAt: key.type === "text" ? state.now : state.lastTypedAt,
    selectedCompletion: isNew ? 0 : state.selectedCompletion,
    closedCompletionFor: isNew ? undefined : state.closedCompletionFor
  }
  // Their files may have changed.
  if (/^\/[\w:-]*$/.test(input.text) && !state.input.text.startsWith("/")) {
    return step(edited, { type: "list-commands" })
  }
  if (key.type === "text" && key.text.includes("@")) return step(edited, { type: "list-files" })
  // Some terminals type the path of a dropped file, all at once.
  const isPasted = key.type === "paste" || (key.type === "text" && key.text.length > 4)
  return isPasted ? attachPasted(edited, key.text) : step(edited)
}

export const openPager = (state: State): Step => {
  const pager = Pager.make(state.items)
  return pager === undefined
    ? step({ ...state, hint: "no output to show yet" }, { type: "expire-hint" })
    : step({ ...state, pager })
}

/** Ctrl-C never does two things at once: someone who wants to stop an answer or to clear the prompt must not lose more. */
const interrupt = (state: State): Step => {
  if (canCancelAttaching(state)) return cancelAttaching(state)
  if (canStop(state)) return stopTask(state)
  if (state.input.text !== "") {
    const input = Editor.update(state.input, { type: "clear" })
    return step({
      ...state,
      input,
      isConfirmingQuit: false,
      hint: `cleared${Keymap.hint(state.keymap, "input_undo", "undo")}`
    }, { type: "expire-hint" })
  }
  return state.isConfirmingQuit
    ? step(state, { type: "quit" })
    : step({ ...state, isConfirmingQuit: true, hint: "ctrl-c again to quit" }, { type: "expire-hint" })
}

const takeBackQueued = (state: State): State => ({
  ...state,
  queue: state.queue.slice(0, -1),
  input: Editor.update(state.input, { type: "set", text: state.queue.at(-1) ?? "" })
})

/** Sends the prompt, unless a word is to be completed or images are still being read. */
export const enter = (state: State): Step => {
  if (!isComplete(state)) {
    const accepted = acceptCompletion(state)
    return state.completion?.kind === "command" ? enter(updateCompletion(accepted)) : step(accepted)
  }
  if (state.attaching.length > 0) return step(holdPrompt(state))
  const { state: input, text } = Editor.submit(state.input)
  if (text.trim() === "") return step({ ...state, isPromptHeld: false })
  const submitted: State = {
    ...state,
    input,
    lastTypedAt: 0,
    selectedCompletion: 0,
    closedCompletionFor: undefined,
    isConfirmingQuit: false,
    isPromptHeld: false
  }
  const next = submitOrQueue(submitted, text.trim())
  return { ...next, actions: [{ type: "remember", text }, ...next.actions] }
}
