import * as Spending from "@altimate-code/agent/session/Spending"
import * as Editor from "../input/editor.ts"
import * as Keymap from "../input/keymap.ts"
import type { State } from "../screen/state.ts"

export const initialState = (
  options: Pick<State, "columns" | "rows" | "theme" | "version" | "yolo"> & {
    readonly directory?: string
    readonly history: ReadonlyArray<string>
    readonly mode?: State["mode"]
    readonly keymap?: State["keymap"]
    readonly task?: State["task"]
  }
): State => ({
  columns: options.columns,
  rows: options.rows,
  theme: options.theme,
  highlighter: undefined,
  now: 0,
  version: options.version,
  directory: options.directory ?? "",
  branch: undefined,
  yolo: options.yolo,
  mode: options.mode ?? "ask",
  model: undefined,
  items: [],
  sessionNumber: 0,
  openText: "",
  nextSplit: 0,
  isAnswerBegun: false,
  reasoning: undefined,
  calls: [],
  task: options.task ?? { type: "none" },
  retryWait: undefined,
  spending: Spending.none,
  context: 0,
  keymap: options.keymap ?? Keymap.make({}).keymap,
  isLeaderPressed: false,
  input: Editor.empty(options.history),
  lastTypedAt: 0,
  answeredAt: 0,
  answerRest: "",
  todos: [],
  tasks: [],
  customCommands: [],
  files: [],
  completion: undefined,
  selectedCompletion: 0,
  closedCompletionFor: undefined,
  queue: [],
  overlay: undefined,
  queuedQuestions: [],
  pager: undefined,
  isStartingServers: false,
  attaching: [],
  attachedNames: [],
  isPromptHeld: false,
  hint: undefined,
  isConfirmingQuit: false
})
