import * as Wait from "@altimate-code/agent/turn/Wait"
import * as TodoView from "../commands/todoView.ts"
import * as Editor from "../input/editor.ts"
import * as Keymap from "../input/keymap.ts"
import * as Picker from "../input/picker.ts"
import * as Markdown from "../markdown/markdown.ts"
import { isContinuation } from "../markdown/markdownSplit.ts"
import * as Question from "../questions/question.ts"
import * as QuestionView from "../questions/questionView.ts"
import type { QuestionFrame, ShownQuestion } from "../questions/shownQuestion.ts"
import * as SetupView from "../setup/setupView.ts"
import {
  type Canvas,
  drawRule,
  formatDuration,
  indent,
  type Lines,
  paintLine,
  paintWrapped
} from "../terminal/canvas.ts"
import { sliceVisible } from "../terminal/scroll.ts"
import { clean, measureWidth } from "../terminal/themedText.ts"
import { callLine } from "../transcript/itemView.ts"
import { renderLiveTail } from "../transcript/outputTail.ts"
import * as Pager from "../transcript/pager.ts"
import * as ShownText from "../transcript/shownText.ts"
import * as PermissionView from "./permissionView.ts"
import type { Call, State } from "./state.ts"
import * as StatusBar from "./statusBar.ts"

export interface View {
  readonly lines: Lines
  /** If absent, the terminal's cursor is hidden. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined
  readonly question?: QuestionFrame
  readonly openText?: OpenText
}

/** The unfinished answer in a view. */
export interface OpenText {
  /** How many lines of the view are above it. */
  readonly at: number
  readonly count: number
  /** Its first lines, for which there is no room. */
  readonly hidden: Lines
  /** What of it is already in the scrollback, as from `ShownText.textOf`. */
  readonly shown: string
}

/** An empty row: what follows on the terminal is separated from the transcript. */
export const nothing: View = { lines: [""], cursor: undefined }

export const getCanvas = ({ columns, highlighter, keymap, theme }: State): Canvas => ({
  width: columns,
  theme,
  highlighter,
  keymap
})

/** The width of the prompt's text: a sign precedes it, and the cursor may be after the last character. */
export const getInputWidth = ({ columns }: State): number => Math.max(1, columns - 3)

/** A terminal with fewer rows gets a status bar of one line. */
const minRowsForTwoLines = 10

/** How many rows the overlay, or the prompt, may take. */
export const getOverlayRows = (state: State): number =>
  Math.max(0, state.rows - 1 - renderStatusBar(state, getCanvas(state)).length)

/** The status bar shrinks if a question does not fit otherwise. With `--yolo` or in another mode than `ask`, one line of it always stays. */
const renderStatusBar = (state: State, canvas: Canvas): Lines => {
  const { overlay, pager, rows } = state
  const isKept = state.yolo || state.mode !== "ask"
  if (pager !== undefined) return isKept ? statusLines(state, canvas, 1) : []
  const bars = [
    ...(rows < minRowsForTwoLines ? [] : [statusLines(state, canvas, 2)]),
    statusLines(state, canvas, 1),
    ...(isKept ? [] : [[]])
  ]
  const fits = (bar: Lines): boolean =>
    overlay?.type !== "question" || Question.layOut(overlay.dialog, canvas, rows - 1 - bar.length) !== undefined
  return bars.find(fits) ?? bars.at(-1) ?? []
}

/**
 * The part of the screen that changes, below the finished transcript. It always has fewer rows than the terminal. `shown` is what of the
 * unfinished answer is already in the scrollback.
 */
export const render = (state: State, shown = ""): View => {
  const canvas = getCanvas(state)
  const bar = renderStatusBar(state, canvas)
  const { lines, cursor, question } = renderOverlay(state, canvas, getOverlayRows(state))
  const below = [...lines, ...bar]
  const room = state.rows - 1 - below.length
  const task = room < 1 || state.pager !== undefined ? undefined : renderTask(state, canvas, room - 1, shown)
  const above = task === undefined ? [] : [...task.lines, ""]
  const all = [...above, ...below]
  // If the terminal has too few rows for the overlay, the end of the overlay is shown.
  const hidden = Math.max(0, all.length - Math.max(0, state.rows - 1))
  const row = cursor === undefined ? 0 : above.length + cursor.row - hidden
  return {
    lines: all.slice(hidden),
    ...(task?.openText === undefined || hidden > 0 ? {} : { openText: task.openText }),
    cursor: cursor === undefined || row < 0 ? undefined : { row, column: cursor.column },
    ...(question === undefined || hidden > 0
      ? {}
      : { question: { ...question, columns: state.columns, rows: state.rows } })
  }
}

/** The unfinished answer, running calls and queued prompts; the last rows of them if not all fit. */
const renderTask = (
  state: State,
  canvas: Canvas,
  room: number,
  shown: string
): { readonly lines: Lines; readonly openText?: OpenText } => {
  const queued = state.queue.map((text) =>
    paintLine([{ text: "queued: ", roles: ["warning"] }, { text: clean(text), roles: ["dim"] }], canvas)
  )
  // The line of the call stays visible above its output.
  const tailRows = Math.max(0, room - 3)
  const calls = state.calls.flatMap((call) => [
    renderCall(call, state, canvas),
    ...(call.phase === "running" ? renderLiveTail(call.output, canvas, tailRows) : [])
  ])
  const thinking = state.reasoning === undefined
    ? []
    : [paintLine([{ text: "∴ thinking", roles: ["dim"] }], canvas)]
  const { dropped, lines: text } = ShownText.dropShown(
    state.openText.trim() === "" ? [] : Markdown.render(state.openText, canvas),
    shown
  )
  const shell = state.task.type === "shell"
    ? [
      paintLine(
        [{ text: "… ", roles: ["accent"] }, { text: `! ${clean(state.task.command)}`, roles: ["strong"] }],
        canvas
      ),
      ...renderLiveTail(state.task.output, canvas, tailRows)
    ]
    : []
  const todos = state.task.type === "turn" ? TodoView.render(state.todos, canvas, Math.floor(room / 2)) : []
  const parts = [text, thinking, calls, shell, renderRetryWait(state, canvas), todos].filter((lines) =>
    lines.length > 0
  )
  const isContinued = parts[0] === text && (dropped !== "" || isContinuation(state.openText))
  const spaced = parts.flatMap((lines, index) => index === 0 && isContinued ? lines : ["", ...lines])
  const lines = [...spaced, ...(queued.length > 0 ? ["", ...queued] : [])]
  if (room < 1) return { lines: [] }
  const hidden = Math.max(0, lines.length - room)
  if (text.length === 0) return { lines: lines.slice(hidden) }
  const end = text.length + (isContinued ? 0 : 1)
  return {
    lines: lines.slice(hidden),
    openText: {
      at: Math.max(0, end - text.length - hidden),
      count: Math.min(text.length, Math.max(0, end - hidden)),
      hidden: lines.slice(0, Math.min(hidden, end)),
      shown: dropped
    }
  }
}

const renderRetryWait = ({ keymap, now, retryWait, task }: State, canvas: Canvas): Lines => {
  if (retryWait === undefined || now >= retryWait.until) return []
  const isStopping = "isStopping" in task && task.isStopping
  const text = `${clean(Wait.describe(retryWait, now))}${
    isStopping ? "" : ` · ${Keymap.labelOfInterrupt(keymap)}: stop`
  }`
  return [paintLine([{ text, roles: ["warning"] }], canvas)]
}

const renderCall = ({ name, phase, since, title }: Call, { now }: State, canvas: Canvas): string =>
  callLine({
    sign: phase === "running" ? "…" : "·",
    role: phase === "running" ? "accent" : "dim",
    name,
    title,
    end: phase === "running"
      ? ["running", formatDuration((now - since) / 1000)].filter((word) => word !== "").join(" ")
      : "waiting"
  }, canvas)

interface RenderedOverlay {
  readonly lines: Lines
  readonly cursor: View["cursor"]
  readonly question?: ShownQuestion
}

const renderOverlay = (state: State, canvas: Canvas, rows: number): RenderedOverlay => {
  const { overlay, pager } = state
  if (pager !== undefined) return { lines: Pager.render(pager, canvas, rows), cursor: undefined }
  switch (overlay?.type) {
    case "question":
      return QuestionView.render(overlay.dialog, canvas, rows)
    case "models":
    case "efforts":
    case "tasks":
      return { lines: Picker.render(overlay.picker, canvas, Math.min(rows, 16)), cursor: undefined }
    case "task":
      return { lines: Picker.render(overlay.picker, canvas, Math.min(rows, 16), choiceKeys), cursor: undefined }
    case "permissions":
      return { lines: PermissionView.render(state, overlay, canvas, Math.min(rows, 20)), cursor: undefined }
    case "sessions": {
      const keys = paintWrapped(
        [{ text: Keymap.describeSessionKeys(state.keymap).join(" · "), roles: ["dim"] }],
        canvas
      )
      return {
        lines: [...Picker.render(overlay.picker, canvas, Math.min(rows, 16) - keys.length), ...keys],
        cursor: undefined
      }
    }
    case "session-title":
      return renderTitle(overlay.title, canvas)
    case "session-delete":
      return { lines: Picker.render(overlay.picker, canvas, Math.min(rows, 16), choiceKeys), cursor: undefined }
    case "plan":
      return { lines: Picker.render(overlay.picker, canvas, Math.min(rows, 16), planKeys), cursor: undefined }
    case "undo":
      return { lines: Picker.render(overlay.picker, canvas, Math.min(rows, 16), undoKeys), cursor: undefined }
    case "prompts":
      return { lines: Picker.renderPrompts(overlay.picker, canvas, Math.min(rows, 20)), cursor: undefined }
    case "setup":
      return SetupView.render(overlay.setup, canvas, rows)
    case undefined:
      return renderPrompt(state, canvas, rows)
  }
}

const renderPrompt = (state: State, canvas: Canvas, room: number): RenderedOverlay => {
  const rows = Math.max(1, Math.min(10, state.rows - 8))
  const { above, below, cursor, lines } = Editor.view(state.input, getInputWidth(state), rows)
  const title = above + below > 0 ? `${above + lines.length + below} lines` : ""
  const text = indent(lines, canvas.theme.accent("› "), "  ")
  return {
    lines: [
      drawRule(canvas, title),
      ...text,
      ...renderCompletion(state, canvas, room - 2 - text.length),
      drawRule(canvas)
    ],
    cursor: { row: 1 + cursor.row, column: 2 + cursor.column }
  }
}

const renderTitle = (title: Editor.State, canvas: Canvas): RenderedOverlay => {
  const { cursor, lines } = Editor.view(title, Math.max(1, canvas.width - 4), 2)
  return {
    lines: [
      drawRule(canvas, "Title of the session"),
      ...indent(lines, canvas.theme.accent("› "), "  "),
      paintLine([{ text: "enter: rename · esc: back", roles: ["dim"] }], canvas)
    ],
    cursor: { row: 1 + cursor.row, column: 2 + cursor.column }
  }
}

const choiceKeys: ReadonlyArray<string> = ["enter: choose", "esc: back"]

const undoKeys: ReadonlyArray<string> = ["enter: choose", "esc: no"]

/** What the keys do in the question about a plan. */
const planKeys: ReadonlyArray<string> = ["enter: choose", "type to change it", "esc: no"]

/** More of them would hide the transcript above. */
const maxCompletionRows = 12

/** The selected item is always among the visible ones. */
const renderCompletion = ({ completion, selectedCompletion }: State, canvas: Canvas, room: number): Lines => {
  if (completion === undefined) return []
  const count = completion.items.length
  const hasRoom = count <= Math.min(room, maxCompletionRows)
  // The last row says where in the list the selected item is.
  const rows = hasRoom ? count : Math.max(1, Math.min(room, maxCompletionRows) - 1)
  const visible = sliceVisible(completion.items, selectedCompletion - Math.floor(rows / 2), rows)
  // Measured over all items, so that the columns do not move while the list scrolls.
  const labelWidth = Math.max(
    ...completion.items.map(({ description, label }) => description === "" ? 0 : measureWidth(clean(label)))
  )
  const lines = visible.lines.map(({ description, label }, index) => {
    const isSelected = visible.offset + index === selectedCompletion
    return paintLine([
      { text: isSelected ? "› " : "  ", roles: ["accent"] },
      { text: clean(label), roles: isSelected ? ["strong"] : ["text"] },
      {
        text: description === ""
          ? ""
          : `${" ".repeat(Math.max(0, labelWidth - measureWidth(clean(label))))}  ${clean(description)}`,
        roles: ["dim"]
      }
    ], canvas)
  })
  const position = paintLine([{ text: `  ${selectedCompletion + 1} of ${count}`, roles: ["dim"] }], canvas)
  return hasRoom || room < 2 ? lines : [...lines, position]
}

const statusLines = (state: State, canvas: Canvas, rows: 1 | 2): Lines => {
  const attaching = describeAttaching(state)
  const { branch, context, directory, hint, mode, model, spending, task, yolo } = state
  return StatusBar.render(
    {
      yolo,
      mode,
      directory,
      branch,
      model,
      spending,
      context,
      runningTasks: state.tasks.filter(({ end }) => end === undefined).length,
      activity: hint ?? attaching ?? describeActivity(state),
      isBusy: hint !== undefined || attaching !== undefined || task.type !== "none"
    },
    canvas,
    rows
  )
}

/** What the status bar says meanwhile; undefined if no one needs to know. */
const describeAttaching = ({ attaching, isPromptHeld, keymap }: State): string | undefined => {
  if (isPromptHeld) return `sending once the image is attached · ${Keymap.labelOfInterrupt(keymap)}: cancel`
  return attaching.includes("clipboard") ? "reading the clipboard" : undefined
}

const describeActivity = (state: State): string => {
  const { now, overlay, task } = state
  if (overlay?.type === "question") return `waiting for you · ${Keymap.labelOfInterrupt(state.keymap)}: stop`
  if (overlay?.type === "plan" || overlay?.type === "undo") return "waiting for you"
  if (overlay?.type === "setup") return "setup"
  if (task.type === "none") return state.isStartingServers ? "starting MCP servers" : "ready"
  const time = formatDuration((now - task.since) / 1000)
  const addTime = (text: string): string => time === "" ? text : `${text} ${time}`
  if (task.type === "loading") return addTime(task.label)
  if (task.isStopping) return addTime("stopping")
  return `${addTime(describeTask(state))} · ${Keymap.labelOfInterrupt(state.keymap)}: stop`
}

const describeTask = ({ calls, isStartingServers, now, retryWait, task }: State): string => {
  if (retryWait !== undefined && now < retryWait.until) return `waiting: ${clean(retryWait.why).toLowerCase()}`
  switch (task.type) {
    case "shell":
      return "running a command"
    case "compacting":
      return "compacting"
    case "turn": {
      const running = calls.filter(({ phase }) => phase === "running")
      if (isStartingServers) return "starting MCP servers"
      if (task.phase === "editing") return "writing an edit"
      if (task.phase === "calling") return "writing a tool call"
      if (task.phase !== "working") return task.phase
      if (running.length > 1) return `running ${running.length} tools`
      const name = (running[0] ?? calls[0])?.name
      return name === undefined ? "working" : `running ${clean(name)}`
    }
    default:
      return ""
  }
}
