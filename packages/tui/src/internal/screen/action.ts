import type { Answer, Question } from "@altimate-code/agent/permission/Approver"
import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import type { Plan } from "@altimate-code/agent/session/Undo"
import type { AllowedRule, Answers, Effort } from "../../Host.ts"
import type { TypedCommand } from "../commands/customCommands.ts"

/** Work that the state asks for after a message. */
export type Action =
  | { readonly type: "turn"; readonly text: string }
  /** Runs `/init`, which was typed as `text`. */
  | { readonly type: "init"; readonly text: string }
  /** Reads the files of commands again, and finds out what a text that begins like a command means. */
  | { readonly type: "find-command"; readonly text: string }
  | { readonly type: "list-commands" }
  /** Runs a custom command. */
  | { readonly type: "command"; readonly command: TypedCommand; readonly text: string }
  | { readonly type: "shell"; readonly command: string }
  | { readonly type: "compact" }
  /** Interrupts the turn, the shell command or the compaction. */
  | { readonly type: "stop" }
  | { readonly type: "answer"; readonly id: string; readonly answer: Answer }
  | { readonly type: "always-allow"; readonly patterns: Question["patterns"] }
  | { readonly type: "next-mode" }
  | { readonly type: "set-mode"; readonly mode: Mode }
  | { readonly type: "list-models" }
  /** Selects the model, or shows those whose names contain the text. */
  | { readonly type: "find-model"; readonly text: string }
  | { readonly type: "select-model"; readonly id: string }
  | { readonly type: "list-efforts" }
  | { readonly type: "set-effort"; readonly effort: Effort }
  | { readonly type: "list-sessions" }
  | { readonly type: "open-session"; readonly id: string }
  | { readonly type: "new-session" }
  | { readonly type: "fork-session" }
  | { readonly type: "rename-session"; readonly title: string }
  /** Of the list of sessions, which is then read again. */
  | { readonly type: "retitle-session"; readonly id: string; readonly title: string }
  | { readonly type: "copy-session"; readonly id: string }
  | { readonly type: "delete-session"; readonly id: string }
  /** Into this file, or one that is named after the session. */
  | { readonly type: "export"; readonly file: string | undefined }
  | { readonly type: "show-task"; readonly id: string }
  /** Reads again the output that the pager shows. */
  | { readonly type: "refresh-task"; readonly id: string }
  | { readonly type: "end-task"; readonly id: string }
  | { readonly type: "keep-task"; readonly id: string; readonly isKept: boolean }
  /** Finds out what undoing the last turn means, and asks. */
  | { readonly type: "plan-undo" }
  | { readonly type: "undo"; readonly plan: Plan }
  | { readonly type: "diff" }
  | { readonly type: "copy" }
  | { readonly type: "list-permissions" }
  | { readonly type: "remove-rule"; readonly rule: AllowedRule }
  | { readonly type: "status" }
  | { readonly type: "cost" }
  | { readonly type: "mcp" }
  | { readonly type: "skills" }
  /** Opens the text in the user's editor. */
  | { readonly type: "edit"; readonly text: string }
  | { readonly type: "list-files" }
  | { readonly type: "list-prompts" }
  /** Attaches images if the pasted text consists of their paths. */
  | { readonly type: "attach-pasted"; readonly text: string }
  /** Attaches the picture on the clipboard. */
  | { readonly type: "attach-clipboard" }
  /** Stops reading the clipboard. */
  | { readonly type: "stop-attaching" }
  /** Adds the prompt to the history. */
  | { readonly type: "remember"; readonly text: string }
  | { readonly type: "expire-hint" }
  | { readonly type: "check-setup"; readonly answers: Answers }
  | { readonly type: "attempt-setup"; readonly answers: Answers }
  | { readonly type: "save-setup"; readonly answers: Answers }
  | { readonly type: "stop-setup" }
  | { readonly type: "quit" }
