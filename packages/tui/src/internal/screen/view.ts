import * as Wait from "@altimate-code/agent/Wait"
import * as Editor from "../input/editor.ts"
import * as Picker from "../input/picker.ts"
import * as Markdown from "../markdown/markdown.ts"
import { continues } from "../markdown/markdownSplit.ts"
import type { Shown } from "../questions/question.ts"
import * as Question from "../questions/question.ts"
import * as QuestionView from "../questions/questionView.ts"
import * as Setup from "../setup/setup.ts"
import { duration, indent, type Lines, type Look, oneLine, rule } from "../terminal/look.ts"
import { visible } from "../terminal/scroll.ts"
import { clean } from "../terminal/themedText.ts"
import { callLine } from "../transcript/itemView.ts"
import * as Pager from "../transcript/pager.ts"
import type { Call, State } from "./state.ts"
import * as StatusBar from "./statusBar.ts"

export interface View {
  readonly lines: Lines
  /** Where the terminal's cursor stands; absent: it is hidden. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined
  /** What of a question is on the screen, once this is drawn on a terminal of this size. */
  readonly shown?: Shown & { readonly columns: number; readonly rows: number }
}

export const lookOf = ({ columns, theme }: State): Look => ({ width: columns, theme })

/** The input's columns: the sign before it, and a place for the cursor behind the last character. */
export const inputWidth = ({ columns }: State): number => Math.max(1, columns - 3)

/** On a low screen the status bar has one line. */
const lowScreen = 10

/** The rows of what stands over the input. */
export const roomOf = (state: State): number => Math.max(0, state.rows - 1 - barOf(state, lookOf(state)).length)

/** The status bar gives way to a question that has no room otherwise. Under `--yolo` it always stays. */
const barOf = (state: State, look: Look): Lines => {
  const { over, pager, rows, yolo } = state
  if (pager !== undefined) return yolo ? status(state, look, 1) : []
  const bars = [...(rows < lowScreen ? [] : [status(state, look, 2)]), status(state, look, 1), ...(yolo ? [] : [[]])]
  const fits = (bar: Lines): boolean =>
    over?.type !== "question" || Question.layoutOf(over.dialog, look, rows - 1 - bar.length) !== undefined
  return bars.find(fits) ?? bars.at(-1) ?? []
}

/** What changes: everything below the finished part of the conversation. It is lower than the screen. */
export const live = (state: State): View => {
  const look = lookOf(state)
  const bar = barOf(state, look)
  const rows = roomOf(state)
  const { lines, cursor, shown } = over(state, look, rows)
  const below = [...lines, ...bar]
  const room = state.rows - 1 - below.length
  // A blank line sets the dialog apart from the conversation.
  const above = room < 1 || state.pager !== undefined ? [] : [...ongoing(state, look, room - 1), ""]
  const all = [...above, ...below]
  // A screen that is lower than its dialog shows the dialog's end.
  const hidden = Math.max(0, all.length - Math.max(0, state.rows - 1))
  const row = cursor === undefined ? 0 : above.length + cursor.row - hidden
  return {
    lines: all.slice(hidden),
    cursor: cursor === undefined || row < 0 ? undefined : { row, column: cursor.column },
    ...(shown === undefined || hidden > 0 ? {} : { shown: { ...shown, columns: state.columns, rows: state.rows } })
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
  const parts = [text, thinking, calls, shell, waitOf(state, look)].filter((lines) => lines.length > 0)
  const isContinued = parts[0] === text && continues(state.text)
  const apart = parts.flatMap((lines, index) => index === 0 && isContinued ? lines : ["", ...lines])
  const lines = [...apart, ...(queued.length > 0 ? ["", ...queued] : [])]
  return room < 1 ? [] : lines.slice(-room)
}

const waitOf = ({ now, waitsFor, work }: State, look: Look): Lines => {
  if (waitsFor === undefined || now >= waitsFor.until) return []
  const isStopping = "stopping" in work && work.stopping
  const text = `${clean(Wait.describe(waitsFor, now))}${isStopping ? "" : " · esc stops"}`
  return [oneLine([{ text, roles: ["warning"] }], look)]
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

interface Over {
  readonly lines: Lines
  readonly cursor: View["cursor"]
  readonly shown?: Shown
}

const over = (state: State, look: Look, rows: number): Over => {
  if (state.pager !== undefined) return { lines: Pager.render(state.pager, look, rows), cursor: undefined }
  switch (state.over?.type) {
    case "question":
      return QuestionView.render(state.over.dialog, look, rows)
    case "models":
    case "sessions":
      return { lines: Picker.render(state.over.picker, look, Math.min(rows, 16)), cursor: undefined }
    case "setup":
      return Setup.render(state.over.setup, look, rows)
    case undefined:
      return input(state, look, rows)
  }
}

const input = (state: State, look: Look, room: number): Over => {
  const rows = Math.max(1, Math.min(10, state.rows - 8))
  const { above, below, cursor, lines } = Editor.view(state.input, inputWidth(state), rows)
  const more = above + below > 0 ? `${above + lines.length + below} lines` : ""
  const shown = indent(lines, look.theme.accent(state.input.text.startsWith("!") ? "! " : "› "), "  ")
  return {
    lines: [rule(look, more), ...shown, ...completion(state, look, room - 2 - shown.length), rule(look)],
    cursor: { row: 1 + cursor.row, column: 2 + cursor.column }
  }
}

/** The selected one is always among those that are shown. */
const completion = ({ completion, selected }: State, look: Look, room: number): Lines => {
  if (completion === undefined) return []
  const rows = Math.max(1, room)
  const seen = visible(completion.items, selected - Math.floor(rows / 2), rows)
  return seen.lines.map(({ description, label }, index) => {
    const isSelected = seen.offset + index === selected
    return oneLine([
      { text: isSelected ? "› " : "  ", roles: ["accent"] },
      { text: clean(label), roles: isSelected ? ["strong"] : ["text"] },
      { text: description === "" ? "" : `  ${description}`, roles: ["dim"] }
    ], look)
  })
}

const status = (state: State, look: Look, rows: 1 | 2): Lines => {
  const { context, hint, model, usage, yolo } = state
  const activity = hint ?? activityOf(state)
  return StatusBar.render(
    {
      yolo,
      model,
      usage,
      context,
      cost: model?.price === undefined ? undefined : StatusBar.costOf(usage, model.price),
      activity,
      busy: hint !== undefined || state.work.type !== "none"
    },
    look,
    rows
  )
}

const activityOf = (state: State): string => {
  const { now, work } = state
  if (state.over?.type === "question") return "waiting for you"
  if (state.over?.type === "setup") return "setup"
  if (work.type === "none") return "ready"
  const time = duration((now - work.since) / 1000)
  const timed = (words: string): string => time === "" ? words : `${words} ${time}`
  if (work.type === "waiting") return timed(work.words)
  if (work.stopping) return timed("stopping")
  return `${timed(doing(state))} · esc: stop`
}

const doing = ({ calls, work }: State): string => {
  switch (work.type) {
    case "shell":
      return "running a command"
    case "compacting":
      return "compacting"
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
