/** `/tasks`: the background tasks, and what can be done with one of them. */
import * as BackgroundTaskText from "@altimate-code/agent/session/BackgroundTaskText"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import type { Message } from "../screen/message.ts"
import type { Overlay, State, TaskChoice } from "../screen/state.ts"
import { getCanvas, getOverlayRows } from "../screen/view.ts"
import { formatDuration } from "../terminal/canvas.ts"
import { clean } from "../terminal/themedText.ts"
import * as Pager from "../transcript/pager.ts"
import { closeOverlay } from "../update/questionQueue.ts"
import { type Step, step } from "../update/step.ts"
import { addItem } from "../update/turnUpdate.ts"

type Task = State["tasks"][number]

const describeState = ({ end, isKept }: Task): string => end?.ending ?? (isKept ? "running, kept" : "running")

const describeAge = ({ end, since }: Task, now: number): string =>
  formatDuration(((end?.at ?? now) - since) / 1000) || "1s"

/** With the columns aligned: ID and command, state, how long, the last line of the output. Running tasks come first. */
const choicesOf = ({ now, tasks }: State): ReadonlyArray<Picker.Choice> => {
  const sorted = [...tasks.filter(({ end }) => end === undefined), ...tasks.filter(({ end }) => end !== undefined)]
  const rows = sorted.map((task) => [task.id, describeState(task), describeAge(task, now)] as const)
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)))
  return sorted.map((task, index) => {
    const [id, state, age] = rows[index]!.map((cell, column) => cell.padEnd(widths[column]!))
    return {
      id: task.id,
      label: `${id}  ${BackgroundTaskText.titleOf(task)}`,
      detail: `${state}  ${age}  ${task.lastLine.trim()}`.trimEnd()
    }
  })
}

export const showTasks = (state: State): State =>
  state.tasks.length === 0
    ? addItem(state, {
      type: "notice",
      level: "info",
      text: "There are no background tasks. The model can start one, for example a server."
    })
    : { ...state, overlay: { type: "tasks", picker: Picker.make("Background tasks", choicesOf(state)) } }

const find = ({ tasks }: State, id: string): Task | undefined => tasks.find((task) => task.id === id)

const makeTaskPicker = (task: Task): Picker.Picker<TaskChoice> =>
  Picker.make<TaskChoice>(`${task.id}  ${BackgroundTaskText.titleOf(task)}`, [
    { id: "output", label: "Show its output", detail: "" },
    ...(task.end !== undefined ? [] : [
      { id: "end", label: "End it", detail: "" } as const,
      task.isKept
        ? { id: "release", label: "End it when the session ends", detail: "" } as const
        : { id: "keep", label: "Keep it running when the session ends", detail: "" } as const
    ])
  ])

/** Keeps the lists as they are, while tasks change. */
const refreshPicker = (state: State): State => {
  const { overlay } = state
  if (overlay?.type === "tasks") {
    return { ...state, overlay: { ...overlay, picker: Picker.replaceChoices(overlay.picker, choicesOf(state)) } }
  }
  if (overlay?.type !== "task") return state
  const task = find(state, overlay.id)
  if (task === undefined) return closeOverlay(state)
  const { choices } = makeTaskPicker(task)
  return { ...state, overlay: { ...overlay, picker: Picker.replaceChoices(overlay.picker, choices) } }
}

export const updateTasks = (state: State, tasks: State["tasks"]): State => refreshPicker({ ...state, tasks })

/** The times advance, and the output that the pager shows grows. */
export const tickTasks = (state: State): Step => {
  const id = state.pager?.taskId
  return step(refreshPicker(state), ...(id === undefined ? [] : [{ type: "refresh-task", id } as const]))
}

/** Shows the output in the pager, unless the user has closed that in the meantime. */
export const showTaskOutput = (
  state: State,
  { id, isOpening, output }: Extract<Message, { readonly type: "task-output" }>
): State => {
  const task = find(state, id)
  const before = state.pager?.taskId === id ? state.pager : undefined
  if (task === undefined || (isOpening ? state.pager !== undefined : before === undefined)) return state
  const item = {
    type: "shell",
    command: task.command,
    output,
    end: describeState(task),
    ok: task.end?.ok ?? true
  } as const
  const title = [id, describeState(task), clean(BackgroundTaskText.titleOf(task))].join(" · ")
  return { ...state, pager: Pager.ofTask(id, title, item, getCanvas(state), getOverlayRows(state), before) }
}

export const pressInTasks = (
  state: State,
  overlay: Extract<Overlay, { readonly type: "tasks" | "task" }>,
  key: Key
): Step => {
  if (overlay.type === "tasks") {
    const result = Picker.update(overlay.picker, key)
    if (result.type === "open") return step({ ...state, overlay: { ...overlay, picker: result.picker } })
    const task = result.type === "chosen" ? find(state, result.choice.id) : undefined
    if (task === undefined) return step(closeOverlay(state))
    return step({ ...state, overlay: { type: "task", id: task.id, picker: makeTaskPicker(task) } })
  }
  const { id } = overlay
  const result = Picker.update(overlay.picker, key)
  const list = showTasks(state)
  switch (result.type) {
    case "open":
      return step({ ...state, overlay: { ...overlay, picker: result.picker } })
    case "closed":
      return step(list)
    case "chosen":
      switch (result.choice.id) {
        case "output":
          return step(list, { type: "show-task", id })
        case "end":
          return step(list, { type: "end-task", id })
        case "keep":
        case "release":
          return step(list, { type: "keep-task", id, isKept: result.choice.id === "keep" })
      }
  }
}
