import { complete } from "../input/completion.ts"
import * as Editor from "../input/editor.ts"
import { slashCommands } from "../input/slashCommands.ts"
import type { State } from "../screen/state.ts"

const maxFilesShown = 8

/** Whether a completion of `a` also applies to `b`: ranking all files again for each piece of an answer would be slow. */
export const hasSameCompletion = (a: State, b: State): boolean =>
  a.input === b.input && a.files === b.files && a.customCommands === b.customCommands &&
  a.closedCompletionFor === b.closedCompletionFor &&
  a.overlay === b.overlay && a.selectedCompletion === b.selectedCompletion

export const updateCompletion = (state: State): State => {
  const { closedCompletionFor, customCommands, files, input } = state
  const isOpen = state.overlay === undefined && input.text !== closedCompletionFor && input.recalled === undefined
  const completion = isOpen
    ? complete({ text: input.text, cursor: input.cursor }, {
      files,
      commands: [...slashCommands, ...customCommands],
      limit: maxFilesShown
    })
    : undefined
  const last = Math.max(0, (completion?.items.length ?? 1) - 1)
  return { ...state, completion, selectedCompletion: Math.min(state.selectedCompletion, last) }
}

export const moveSelection = (state: State, by: number): State => {
  const count = state.completion?.items.length ?? 1
  return { ...state, selectedCompletion: (state.selectedCompletion + by + count) % count }
}

export const acceptCompletion = (state: State): State => {
  const { completion } = state
  const item = completion?.items[state.selectedCompletion]
  if (completion === undefined || item === undefined) return state
  const { end, start } = completion
  return {
    ...state,
    selectedCompletion: 0,
    input: Editor.update(state.input, { type: "replace", start, end, text: item.insert })
  }
}

/** Whether the completed word is already one of those offered, so that Enter submits the prompt. */
export const isComplete = ({ completion, input }: State): boolean => {
  if (completion === undefined) return true
  const word = input.text.slice(completion.start, completion.end)
  return completion.items.some(({ insert }) => insert.trimEnd() === word)
}
