import * as TodoList from "@altimate-code/agent/session/TodoList"
import { type Canvas, type Lines, paintLine } from "../terminal/canvas.ts"
import { clean } from "../terminal/themedText.ts"

const maxRows = 8

/** The model's list of steps, at most this many rows around the current step; nothing once all are done. */
export const render = (todos: ReadonlyArray<TodoList.Todo>, canvas: Canvas, room: number): Lines => {
  const rows = Math.min(maxRows, room)
  if (rows < 1 || todos.every(({ status }) => status === "completed")) return []
  const isCut = todos.length > rows
  const shown = isCut ? rows - 1 : rows
  const found = todos.findIndex(({ status }) => status === "in_progress")
  const current = found === -1 ? todos.findIndex(({ status }) => status === "pending") : found
  // If there is room, the last step that is done stays visible.
  const from = Math.max(0, Math.min(shown > 2 ? current - 1 : current, todos.length - shown))
  return [
    ...(isCut ? [paintLine([{ text: `  ${TodoList.summarize(todos)}`, roles: ["dim"] }], canvas)] : []),
    ...todos.slice(from, from + shown).map(({ content, status }) =>
      paintLine(
        status === "in_progress"
          ? [{ text: "› ", roles: ["accent"] }, { text: clean(content), roles: ["strong"] }]
          : status === "completed"
          ? [{ text: `✓ ${clean(content)}`, roles: ["dim"] }]
          : [{ text: `· ${clean(content)}`, roles: ["text"] }],
        canvas
      )
    )
  ]
}
