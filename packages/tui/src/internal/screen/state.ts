import type { Question } from "@altimate-code/agent/permission/Approver"
import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import type { BackgroundTask } from "@altimate-code/agent/session/BackgroundTasks"
import type { Spending } from "@altimate-code/agent/session/Spending"
import type { Todo } from "@altimate-code/agent/session/TodoList"
import type { Plan } from "@altimate-code/agent/session/Undo"
import type { Wait } from "@altimate-code/agent/turn/Wait"
import type { ActiveModel, AllowedRule } from "../../Host.ts"
import type { Command, Completion } from "../input/completion.ts"
import type * as Editor from "../input/editor.ts"
import type { Keymap } from "../input/keymap.ts"
import type { Picker } from "../input/picker.ts"
import type { Highlighter } from "../markdown/highlight.ts"
import type { Dialog } from "../questions/question.ts"
import type { Setup } from "../setup/setup.ts"
import type { Theme } from "../terminal/theme.ts"
import type { Item } from "../transcript/item.ts"
import type { Pager } from "../transcript/pager.ts"

/** A tool call of the current turn. */
export interface Call {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly phase: "asked" | "running" | "done"
  readonly since: number
  /** The last lines of its output so far. */
  readonly output: string
  /** Set once the call is done; it joins the transcript after the calls before it. */
  readonly item: Item | undefined
}

/** What the screen is busy with. Times are in milliseconds since 1970. */
export type Task =
  | { readonly type: "none" }
  | {
    readonly type: "turn"
    readonly phase: "thinking" | "writing" | "editing" | "calling" | "working" | "compacting"
    readonly since: number
    /** What the session had spent when the turn began. */
    readonly spent: Spending
    readonly isStopping: boolean
  }
  | {
    readonly type: "shell"
    readonly command: string
    /** The last lines of its output so far. */
    readonly output: string
    readonly since: number
    readonly isStopping: boolean
  }
  | { readonly type: "compacting"; readonly since: number; readonly isStopping: boolean }
  /** A model or a session is being opened. */
  | { readonly type: "loading"; readonly label: string; readonly since: number }

/** Shown in place of the prompt; it receives the keys. */
export type Overlay =
  | { readonly type: "question"; readonly dialog: Dialog }
  | { readonly type: "models"; readonly picker: Picker }
  | { readonly type: "efforts"; readonly picker: Picker }
  /** The session that is open is `currentId`. */
  | { readonly type: "sessions"; readonly picker: Picker; readonly currentId: string }
  /** The new title of a session of the list. */
  | {
    readonly type: "session-title"
    readonly id: string
    readonly list: Extract<Overlay, { readonly type: "sessions" }>
    readonly title: Editor.State
  }
  /** Whether to delete a session of the list. */
  | {
    readonly type: "session-delete"
    readonly id: string
    readonly list: Extract<Overlay, { readonly type: "sessions" }>
    readonly picker: Picker<"keep" | "delete">
  }
  /** The background commands, by their IDs. */
  | { readonly type: "tasks"; readonly picker: Picker }
  /** What to do with one of them. */
  | { readonly type: "task"; readonly id: string; readonly picker: Picker<TaskChoice> }
  /** What runs without a question. */
  | {
    readonly type: "permissions"
    readonly picker: Picker
    readonly rules: ReadonlyArray<AllowedRule>
    /** One is being removed, and the list is not read again yet. */
    readonly isRemoving: boolean
  }
  /** Whether to carry out the plan that the model has made. */
  | { readonly type: "plan"; readonly picker: Picker<"ask" | "accept-edits" | "no"> }
  /** Whether to undo the last turn; `since` when the user is asked. */
  | { readonly type: "undo"; readonly picker: Picker<"yes" | "no">; readonly plan: Plan; readonly since: number }
  /** Earlier prompts: the ID of a choice is the whole text. */
  | { readonly type: "prompts"; readonly picker: Picker }
  | { readonly type: "setup"; readonly setup: Setup }

export type TaskChoice = "output" | "end" | "keep" | "release"

export interface State {
  readonly columns: number
  readonly rows: number
  readonly theme: Theme
  /** Absent until it is loaded: code is shown without colors. */
  readonly highlighter: Highlighter | undefined
  readonly now: number
  readonly version: string
  /** The working directory as it is displayed. */
  readonly directory: string
  /** The git branch of the working directory. */
  readonly branch: string | undefined
  /** Tool calls run without asking the user. */
  readonly yolo: boolean
  /** How much the model may do without asking the user. */
  readonly mode: Mode
  readonly model: ActiveModel | undefined
  /** The finished part of the transcript. */
  readonly items: ReadonlyArray<Item>
  /** Counts the sessions that were opened: when it changes, `items` is another session's. */
  readonly sessionNumber: number
  /** The unfinished end of the model's answer. */
  readonly openText: string
  /** The length that `openText` must reach before it is split again. */
  readonly nextSplit: number
  /** A part of the current answer is already in `items`. */
  readonly isAnswerBegun: boolean
  readonly reasoning: { readonly text: string; readonly since: number } | undefined
  readonly calls: ReadonlyArray<Call>
  readonly task: Task
  /** The wait before the current request is retried. */
  readonly retryWait: Wait | undefined
  /** Of the whole session. */
  readonly spending: Spending
  /** Tokens that the next request starts with. */
  readonly context: number
  readonly keymap: Keymap
  /** The next key is the second one of a sequence. */
  readonly isLeaderPressed: boolean
  readonly input: Editor.State
  /** When the user last typed a character. */
  readonly lastTypedAt: number
  /** When the user last answered a question. */
  readonly answeredAt: number
  /** What the user still types, and ends with Return, if they answered the last question with a whole word. */
  readonly answerRest: string
  /** The model's list of steps. */
  readonly todos: ReadonlyArray<Todo>
  /** The background commands of the session. */
  readonly tasks: ReadonlyArray<BackgroundTask>
  /** The user's and the project's own commands. */
  readonly customCommands: ReadonlyArray<Command>
  /** Offered for completion after `@`. */
  readonly files: ReadonlyArray<string>
  readonly completion: Completion | undefined
  readonly selectedCompletion: number
  /** The text for which the user closed the completion. */
  readonly closedCompletionFor: string | undefined
  /** Prompts to send after the current task, oldest first. */
  readonly queue: ReadonlyArray<string>
  readonly overlay: Overlay | undefined
  /** Questions to ask once `overlay` is closed. */
  readonly queuedQuestions: ReadonlyArray<Question>
  readonly pager: Pager | undefined
  /** MCP servers are starting; turns wait for them. */
  readonly isStartingServers: boolean
  /** Images that are being read for the prompt. */
  readonly attaching: ReadonlyArray<"pasted" | "clipboard">
  /** The names of all images that were attached so far, also to prompts that are queued. */
  readonly attachedNames: ReadonlyArray<string>
  /** Enter was pressed, and the prompt is sent once its images are attached. */
  readonly isPromptHeld: boolean
  /** A short text for the status bar that expires. */
  readonly hint: string | undefined
  /** Ctrl-C was pressed a moment ago; pressed again, it quits. */
  readonly isConfirmingQuit: boolean
}
