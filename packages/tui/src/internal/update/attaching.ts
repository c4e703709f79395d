import * as DroppedPaths from "../attachments/droppedPaths.ts"
import { commandNameOf, isSlashCommand } from "../input/slashCommands.ts"
import type { Message } from "../screen/message.ts"
import type { State } from "../screen/state.ts"
import { type Step, step } from "./step.ts"

/** The clipboard is read once at a time, however often the key is pressed. */
export const attachFromClipboard = (state: State): Step =>
  state.attaching.includes("clipboard")
    ? step(state)
    : step({ ...state, attaching: [...state.attaching, "clipboard"] }, { type: "attach-clipboard" })

/** Looks for images in a pasted text that may be paths. In a shell command and in a command's name, a path is a path. */
export const attachPasted = (state: State, text: string): Step => {
  const prompt = state.input.text
  const isCommand = prompt.startsWith("!") || isSlashCommand(prompt) || commandNameOf(prompt) === prompt
  // Whether paths of Windows count is known only to the one who reads them.
  return isCommand || DroppedPaths.interpret(text, true).length === 0
    ? step(state)
    : step({ ...state, attaching: [...state.attaching, "pasted"] }, { type: "attach-pasted", text })
}

/** Keeps the prompt until its images are there. */
export const holdPrompt = (state: State): State => ({ ...state, isPromptHeld: true })

/** Whether Esc and Ctrl-C cancel the reading of images, before they do anything else. */
export const canCancelAttaching = ({ attaching, isPromptHeld }: State): boolean =>
  isPromptHeld || attaching.includes("clipboard")

export const cancelAttaching = (state: State): Step =>
  step({ ...state, attaching: [], isPromptHeld: false }, { type: "stop-attaching" })

/** An attachment has been read. After a failure the user decides again whether to send the prompt. */
export const endAttaching = (
  state: State,
  { isOk, source }: Extract<Message, { readonly type: "attachment-read" }>
): State => {
  const index = state.attaching.indexOf(source)
  return {
    ...state,
    attaching: state.attaching.filter((_, at) => at !== index),
    isPromptHeld: state.isPromptHeld && isOk
  }
}

/** Whether nothing keeps the prompt any longer. */
export const isHeldPromptReady = ({ attaching, isPromptHeld }: State): boolean => isPromptHeld && attaching.length === 0
