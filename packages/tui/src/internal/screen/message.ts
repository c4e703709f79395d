import type { Question } from "@altimate-code/agent/permission/Approver"
import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import type { BackgroundTask } from "@altimate-code/agent/session/BackgroundTasks"
import type { Spending } from "@altimate-code/agent/session/Spending"
import type { Todo } from "@altimate-code/agent/session/TodoList"
import type { Plan } from "@altimate-code/agent/session/Undo"
import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import type { Wait } from "@altimate-code/agent/turn/Wait"
import type * as Option from "effect/Option"
import type { ActiveModel, AllowedRule, Model, WrongAnswer } from "../../Host.ts"
import type { Command } from "../input/completion.ts"
import type { Paste } from "../input/editorText.ts"
import type { Key } from "../input/keys.ts"
import type { Picker } from "../input/picker.ts"
import type { Highlighter } from "../markdown/highlight.ts"
import type { QuestionFrame } from "../questions/shownQuestion.ts"
import type { Setup } from "../setup/setup.ts"
import type { Theme } from "../terminal/theme.ts"
import type { Item } from "../transcript/item.ts"

/** Something that changes the state. `at` is in milliseconds since 1970. */
export type Message =
  | { readonly type: "key"; readonly key: Key; readonly at: number }
  | { readonly type: "resized"; readonly columns: number; readonly rows: number }
  /** A frame with a question has reached the terminal, which now has this size. */
  | {
    readonly type: "question-drawn"
    readonly frame: QuestionFrame
    readonly columns: number
    readonly rows: number
  }
  /** The terminal has reported its background late. */
  | { readonly type: "theme"; readonly theme: Theme }
  | { readonly type: "tick"; readonly at: number }
  | { readonly type: "hint-expired" }
  /** Earlier prompts have been read, oldest first, for the up key. */
  | { readonly type: "history"; readonly prompts: ReadonlyArray<string> }
  | { readonly type: "commands"; readonly commands: ReadonlyArray<Command> }
  /** The answer to `find-command`: `isPath` if the first word is the path of a file or directory. */
  | { readonly type: "command-found"; readonly text: string; readonly isPath: boolean }
  | { readonly type: "files"; readonly files: ReadonlyArray<string> }
  | { readonly type: "turn"; readonly event: TurnEvent; readonly at: number }
  /** `returned`: the prompt as it was typed, if it was not answered and is not part of the conversation. */
  | {
    readonly type: "turn-ended"
    readonly at: number
    readonly interrupted: boolean
    readonly returned?: string
  }
  /** The last lines so far of the output of the shell command that runs. */
  | { readonly type: "shell-output"; readonly text: string }
  /** A shell command, a compaction, or opening a model or a session has ended. */
  | { readonly type: "task-ended" }
  /** A request outside a turn waits before it is retried. */
  | { readonly type: "retry-wait"; readonly wait: Wait; readonly at: number }
  | { readonly type: "question-asked"; readonly question: Question }
  | { readonly type: "question-withdrawn"; readonly id: string }
  | { readonly type: "mode"; readonly mode: Mode }
  | { readonly type: "model"; readonly model: ActiveModel }
  | { readonly type: "item"; readonly item: Item }
  | { readonly type: "sessions"; readonly picker: Picker; readonly currentId: string }
  /** Replaces the choices of the open list of sessions. */
  | { readonly type: "sessions-listed"; readonly choices: Picker["choices"] }
  /** A session of the list could not be renamed. */
  | { readonly type: "title-refused"; readonly id: string; readonly title: string }
  /** What runs without a question: to open the list, or if it is open. */
  | { readonly type: "permissions"; readonly rules: ReadonlyArray<AllowedRule>; readonly isOpening: boolean }
  | { readonly type: "models"; readonly picker: Picker }
  /** Replaces the choices of an open picker for models. */
  | { readonly type: "models-listed"; readonly choices: Picker["choices"] }
  | { readonly type: "efforts"; readonly picker: Picker }
  /** Earlier prompts, oldest first. */
  | { readonly type: "prompts"; readonly prompts: ReadonlyArray<string> }
  | {
    readonly type: "session-opened"
    readonly items: ReadonlyArray<Item>
    readonly spending: Spending
    readonly context: number
    readonly todos: ReadonlyArray<Todo>
  }
  /** The requests of the session, after a task that may have sent some. */
  | { readonly type: "spending"; readonly spending: Spending }
  | { readonly type: "tasks"; readonly tasks: ReadonlyArray<BackgroundTask> }
  /** The end of the output of a background command, for the pager: to open it, or if it is open. */
  | { readonly type: "task-output"; readonly id: string; readonly output: string; readonly isOpening: boolean }
  | { readonly type: "compacted"; readonly context: number; readonly text: string }
  /** What undoing the last turn means has been shown. */
  | { readonly type: "undo-planned"; readonly plan: Plan; readonly at: number }
  | {
    readonly type: "turn-undone"
    /** What the user typed, for the input; none if that is not known. */
    readonly typed: Option.Option<string>
    readonly context: number
    readonly todos: ReadonlyArray<Todo>
  }
  /** The prompt as the user left it in their editor. */
  | { readonly type: "edited"; readonly text: string }
  /** Images to attach to the prompt, in the place of a pasted text, or at the cursor. */
  | { readonly type: "images-attached"; readonly images: ReadonlyArray<Paste>; readonly pasted?: string }
  /** A pasted text or the clipboard has been read for images. If it failed (not `isOk`), the reason has been shown. */
  | { readonly type: "attachment-read"; readonly source: "pasted" | "clipboard"; readonly isOk: boolean }
  | { readonly type: "setup"; readonly setup: Setup }
  | { readonly type: "setup-checked"; readonly models: ReadonlyArray<Model> }
  | {
    readonly type: "setup-failed"
    readonly problem: { readonly message: string; readonly hint: string }
    readonly wrong: WrongAnswer
  }
  | { readonly type: "setup-done" }
  | { readonly type: "branch"; readonly branch: string | undefined }
  | { readonly type: "servers-starting"; readonly isStarting: boolean }
  | { readonly type: "highlighter"; readonly highlighter: Highlighter }
