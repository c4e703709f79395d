import * as Editor from "../input/editor.ts"
import type { State } from "../screen/state.ts"
import { type Step, step } from "./step.ts"

/** Whether a turn, a command or a compaction is running that has not been stopped yet. */
export const canStop = ({ task }: State): boolean => task.type !== "none" && task.type !== "loading" && !task.isStopping

/** Puts prompts that were not sent before the text in the input. */
export const returnPrompts = (state: State, prompts: ReadonlyArray<string>): State =>
  prompts.length === 0 ? state : {
    ...state,
    queue: [],
    input: Editor.update(state.input, {
      type: "set",
      text: [...prompts, ...(state.input.text === "" ? [] : [Editor.expand(state.input)])].join("\n")
    })
  }

/** Stops the task. Queued prompts return to the input: they were meant to follow the answer that is now cut short. */
export const stopTask = (state: State): Step => {
  const { task } = state
  if (task.type === "none" || task.type === "loading" || task.isStopping) return step(state)
  return step({ ...returnPrompts(state, state.queue), task: { ...task, isStopping: true } }, { type: "stop" })
}
