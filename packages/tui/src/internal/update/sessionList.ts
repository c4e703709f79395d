/** The list of sessions, and what can be done with the selected one. */
import { lineActionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Message } from "../screen/message.ts"
import type { Overlay, State } from "../screen/state.ts"
import { closeOverlay } from "./questionQueue.ts"
import { type Step, step } from "./step.ts"
import { submitOrQueue } from "./submission.ts"
import { addItem } from "./turnUpdate.ts"

type Sessions = Extract<Overlay, { readonly type: "sessions" }>

const showHint = (state: State, hint: string): Step => step({ ...state, hint }, { type: "expire-hint" })

/** The list as it was, once the question about a session is answered. */
const showList = (state: State, list: Sessions): State => ({ ...state, overlay: list })

export const pressInSessions = (
  state: State,
  overlay: Extract<Overlay, { readonly type: "sessions" | "session-title" | "session-delete" }>,
  key: Key
): Step => {
  switch (overlay.type) {
    case "sessions":
      return pressInList(state, overlay, key)
    case "session-title":
      return pressInTitle(state, overlay, key)
    case "session-delete": {
      const { id, list } = overlay
      const result = Picker.update(overlay.picker, key)
      if (result.type === "open") return step({ ...state, overlay: { ...overlay, picker: result.picker } })
      return result.type === "chosen" && result.choice.id === "delete"
        ? step(showList(state, list), { type: "delete-session", id })
        : step(showList(state, list))
    }
  }
}

const pressInList = (state: State, list: Sessions, key: Key): Step => {
  const action = state.keymap.sessions.get(nameOf(key) ?? "")
  const selected = Picker.selectedChoice(list.picker)
  if (action !== undefined) {
    if (selected === undefined) return step(state)
    const { id, label } = selected
    switch (action) {
      case "rename":
        return step(askForTitle(state, list, id, selected.title ?? ""))
      case "delete":
        return id === list.currentId
          ? showHint(state, "this session is open, so it can't be deleted")
          : step({ ...state, overlay: { type: "session-delete", id, list, picker: askToDelete(label) } })
      case "fork":
        return step(state, { type: "copy-session", id })
    }
  }
  const result = Picker.update(list.picker, key)
  if (result.type === "open") return step({ ...state, overlay: { ...list, picker: result.picker } })
  const closed = closeOverlay(state)
  if (result.type === "closed") return step(closed)
  // Queued if a prompt was sent before the list appeared: its turn finishes with the session it began with.
  return submitOrQueue(closed, `/sessions ${result.choice.id}`)
}

const askForTitle = (state: State, list: Sessions, id: string, title: string): State => ({
  ...state,
  overlay: {
    type: "session-title",
    id,
    list,
    title: Editor.update(Editor.empty([]), { type: "set", text: title })
  }
})

/** The session could not be renamed: the text is not lost. */
export const returnTitle = (
  state: State,
  { id, title }: Extract<Message, { readonly type: "title-refused" }>
): State => state.overlay?.type === "sessions" ? askForTitle(state, state.overlay, id, title) : state

const askToDelete = (title: string): Picker.Picker<"keep" | "delete"> =>
  Picker.make<"keep" | "delete">(`Delete "${title}"?`, [
    { id: "keep", label: "No, keep it", detail: "" },
    { id: "delete", label: "Yes, delete it", detail: "it can't be restored" }
  ])

const pressInTitle = (
  state: State,
  overlay: Extract<Overlay, { readonly type: "session-title" }>,
  key: Key
): Step => {
  const { id, list } = overlay
  switch (nameOf(key)) {
    case "escape":
    case "ctrl-c":
      return step(showList(state, list))
    case "return": {
      const title = overlay.title.text.trim()
      if (title === "") return showHint(state, "the title is empty")
      return title === list.picker.choices.find((choice) => choice.id === id)?.title
        ? step(showList(state, list))
        : step(showList(state, list), { type: "retitle-session", id, title })
    }
  }
  const action = lineActionOf(key)
  return action === undefined
    ? step(state)
    : step({ ...state, overlay: { ...overlay, title: Editor.update(overlay.title, action) } })
}

/** Replaces the choices after a session was renamed, copied or deleted. */
export const replaceSessions = (state: State, choices: Picker.Picker["choices"]): State => {
  const { overlay } = state
  const isOpen = overlay?.type === "sessions" || overlay?.type === "session-title" || overlay?.type === "session-delete"
  if (isOpen && choices.length === 0) {
    return addItem(closeOverlay(state), { type: "notice", level: "info", text: "There are no earlier sessions." })
  }
  const replace = (list: Sessions): Sessions => ({ ...list, picker: Picker.replaceChoices(list.picker, choices) })
  switch (overlay?.type) {
    case "sessions":
      return { ...state, overlay: replace(overlay) }
    case "session-title":
    case "session-delete":
      return { ...state, overlay: { ...overlay, list: replace(overlay.list) } }
    default:
      return state
  }
}
