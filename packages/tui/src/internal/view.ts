import * as Editor from "./editor.ts"
import { callLine } from "./itemView.ts"
import { duration, indent, type Lines, type Look, oneLine, rule } from "./look.ts"
import * as Markdown from "./markdown.ts"
import { continues } from "./markdownSplit.ts"
import * as Pager from "./pager.ts"
import * as Picker from "./picker.ts"
import * as Question from "./question.ts"
import * as Setup from "./setup.ts"
import type { Call, State } from "./state.ts"
import * as StatusBar from "./statusBar.ts"
import { clean } from "./themedText.ts"

export interface View {
  readonly lines: Lines
  /** Where the terminal's cursor stands; absent: it is hidden. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined
}

export const lookOf = ({ columns, theme }: State): Look => ({ width: columns, theme })

/** The input's columns: the sign before it, and a place for the cursor behind the last character. */
export const inputWidth = ({ columns }: State): number => Math.max(1, columns - 3)

/** The rows of what stands over the input. */
export const roomOf = (state: State): number => Math.max(6, state.rows - 2 - status(state, lookOf(state)).length)

/** What changes: everything below the finished part of the conversation. It is lower than the screen. */
export const live = (state: State): View => {
  const look = lookOf(state)
  if (state.pager !== undefined) return { lines: Pager.render(state.pager, look, state.rows - 1), cursor: undefined }
  const bar = status(state, look)
  const dialog = over(state, look)
  const below = [...dialog.lines, ...bar]
  const room = state.rows - 1 - below.length
  // A blank line sets the dialog apart from the conversation.
  const above = room < 1 ? [] : [...ongoing(state, look, room - 1), ""]
  const all = [...above, ...below]
  // A screen that is lower than its dialog shows the dialog's end.
  const hidden = Math.max(0, all.length - (state.rows - 1))
  const row = dialog.cursor === undefined ? 0 : above.length + dialog.cursor.row - hidden
  return {
    lines: all.slice(hidden),
    cursor: dialog.cursor === undefined || row < 0 ? undefined : { row, column: dialog.cursor.column }
  }
}

/** What is open of the answer, the calls that run, and what waits; their end if there is no room for all. */
const ongoing = (state: State, look: Look, room: number): Lines => {
  const queued = state.queue.map((text) =>
    oneLine([{ text: "queued ", roles: ["warning"] }, { text: clean(text), roles: ["dim"] }], look)
  )
  const calls = state.calls.map((call) => running(call, state, look))
  const thinking = state.reasoning === undefined
    ? []
    : [oneLine([{ text: "∴ thinking", roles: ["dim"] }], look)]
  const text = state.text.trim() === "" ? [] : Markdown.render(state.text, look)
  const shell = state.work.type === "shell"
    ? [
      oneLine([{ text: "… ", roles: ["accent"] }, { text: `! ${clean(state.work.command)}`, roles: ["strong"] }], look)
    ]
    : []
  const parts = [text, thinking, calls, shell].filter((lines) => lines.length > 0)
  const isContinued = parts[0] === text && continues(state.text)
  const apart = parts.flatMap((lines, index) => index === 0 && isContinued ? lines : ["", ...lines])
  const lines = [...apart, ...(queued.length > 0 ? ["", ...queued] : [])]
  return room < 1 ? [] : lines.slice(-room)
}

const running = ({ name, phase, since, title }: Call, { now }: State, look: Look): string =>
  callLine({
    sign: phase === "running" ? "…" : "·",
    role: phase === "running" ? "accent" : "dim",
    name,
    title,
    end: phase === "running"
      ? ["running", duration((now - since) / 1000)].filter((word) => word !== "").join(" ")
      : "waits"
  }, look)

const over = (state: State, look: Look): View => {
  const rows = roomOf(state)
  switch (state.over?.type) {
    case "question":
      return Question.render(state.over.dialog, look, rows)
    case "models":
    case "sessions":
      return { lines: Picker.render(state.over.picker, look, Math.min(rows, 16)), cursor: undefined }
    case "setup":
      return Setup.render(state.over.setup, look, rows)
    case undefined:
      return input(state, look)
  }
}

const input = (state: State, look: Look): View => {
  const rows = Math.max(1, Math.min(10, state.rows - 8))
  const { above, below, cursor, lines } = Editor.view(state.input, inputWidth(state), rows)
  const more = above + below > 0 ? `${above + lines.length + below} lines` : ""
  const shown = indent(lines, look.theme.accent(state.input.text.startsWith("!") ? "! " : "› "), "  ")
  return {
    lines: [rule(look, more), ...shown, ...completion(state, look), rule(look)],
    cursor: { row: 1 + cursor.row, column: 2 + cursor.column }
  }
}

const completion = ({ completion, selected }: State, look: Look): Lines => {
  if (completion === undefined) return []
  return completion.items.map(({ description, label }, index) =>
    oneLine([
      { text: index === selected ? "› " : "  ", roles: ["accent"] },
      { text: clean(label), roles: index === selected ? ["strong"] : ["text"] },
      { text: description === "" ? "" : `  ${description}`, roles: ["dim"] }
    ], look)
  )
}

const status = (state: State, look: Look): Lines => {
  const { context, hint, model, usage } = state
  const activity = hint ?? activityOf(state)
  return StatusBar.render({
    model,
    usage,
    context,
    cost: model?.price === undefined ? undefined : StatusBar.costOf(usage, model.price),
    activity,
    busy: hint !== undefined || state.work.type !== "none"
  }, look)
}

const activityOf = (state: State): string => {
  const { now, work } = state
  if (state.over?.type === "question") return "asks you"
  if (state.over?.type === "setup") return "first start"
  if (work.type === "none") return "ready"
  const time = duration((now - work.since) / 1000)
  const timed = (words: string): string => time === "" ? words : `${words} ${time}`
  if (work.type === "waiting") return timed(work.words)
  if (work.stopping) return timed("stopping")
  return `${timed(doing(state))} · esc stops`
}

const doing = ({ calls, work }: State): string => {
  switch (work.type) {
    case "shell":
      return "running a command"
    case "compacting":
      return "summing up"
    case "turn": {
      const running = calls.filter(({ phase }) => phase === "running")
      if (work.doing !== "working") return work.doing
      if (running.length > 1) return `running ${running.length} calls`
      const name = (running[0] ?? calls[0])?.name
      return name === undefined ? "working" : `running ${clean(name)}`
    }
    default:
      return ""
  }
}
