import type { Answer, Question } from "@altimate-code/agent/Approver"
import type { TurnEvent } from "@altimate-code/agent/TurnEvent"
import type { Usage } from "@altimate-code/agent/Usage"
import type { Wait } from "@altimate-code/agent/Wait"
import type { ActiveModel, Answers } from "../../Host.ts"
import type { Completion } from "../input/completion.ts"
import type * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import type { Picker } from "../input/picker.ts"
import type { Dialog } from "../questions/question.ts"
import type { Setup } from "../setup/setup.ts"
import type { Theme } from "../terminal/theme.ts"
import type { Item } from "../transcript/item.ts"
import type { Pager } from "../transcript/pager.ts"
import type { View } from "./view.ts"

/** A call of the turn that is under way. */
export interface Call {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly phase: "asked" | "running" | "done"
  readonly since: number
  /** What will stand in the conversation when the calls before it are done. */
  readonly item: Item | undefined
}

/** What is under way. Times are in milliseconds. */
export type Work =
  | { readonly type: "none" }
  | {
    readonly type: "turn"
    readonly doing: "thinking" | "writing" | "working"
    readonly since: number
    readonly stopping: boolean
  }
  | { readonly type: "shell"; readonly command: string; readonly since: number; readonly stopping: boolean }
  | { readonly type: "compacting"; readonly since: number; readonly stopping: boolean }
  /** E.g. a model or a session is opened. */
  | { readonly type: "waiting"; readonly words: string; readonly since: number }

/** What takes the keys instead of the input. */
export type Over =
  | { readonly type: "question"; readonly dialog: Dialog }
  | { readonly type: "models"; readonly picker: Picker }
  | { readonly type: "sessions"; readonly picker: Picker }
  | { readonly type: "setup"; readonly setup: Setup }

export interface State {
  readonly columns: number
  readonly rows: number
  readonly theme: Theme
  readonly now: number
  readonly version: string
  /** Every tool call runs without a question. */
  readonly yolo: boolean
  readonly model: ActiveModel | undefined
  /** The finished part of the conversation. */
  readonly items: ReadonlyArray<Item>
  /** Of which conversation: another number, and everything is drawn anew. */
  readonly conversation: number
  /** What is open of the answer. */
  readonly text: string
  /** Something of this answer is in `items` already. */
  readonly begun: boolean
  readonly reasoning: { readonly text: string; readonly since: number } | undefined
  readonly calls: ReadonlyArray<Call>
  readonly work: Work
  /** What is under way waits before its request is sent again. */
  readonly waitsFor: Wait | undefined
  readonly usage: Usage
  readonly context: number
  readonly input: Editor.State
  /** When the last character was written into the input, or the last question was answered. */
  readonly writtenAt: number
  readonly files: ReadonlyArray<string>
  readonly selected: number
  /** The completion was closed for this text. */
  readonly closedFor: string | undefined
  readonly queue: ReadonlyArray<string>
  readonly over: Over | undefined
  /** Questions that wait behind `over`. */
  readonly waiting: ReadonlyArray<Question>
  readonly pager: Pager | undefined
  /** A word that goes away by itself. */
  readonly hint: string | undefined
  /** Ctrl-C was pressed a moment ago: once more leaves. */
  readonly leaving: boolean
  readonly completion: Completion | undefined
}

/** What happened. */
export type Message =
  | { readonly type: "key"; readonly key: Key; readonly at: number }
  | { readonly type: "resized"; readonly columns: number; readonly rows: number }
  /** A frame with a question is on the terminal, which has this size now. */
  | {
    readonly type: "drawn"
    readonly shown: NonNullable<View["shown"]>
    readonly columns: number
    readonly rows: number
  }
  | { readonly type: "tick"; readonly at: number }
  | { readonly type: "calm" }
  | { readonly type: "files"; readonly files: ReadonlyArray<string> }
  | { readonly type: "turn"; readonly event: TurnEvent; readonly at: number }
  /** The turn's stream is over, whether it came to its end or was interrupted. */
  | { readonly type: "turn-over"; readonly at: number; readonly interrupted: boolean }
  /** A request outside of a turn waits before it is sent again. */
  | { readonly type: "waiting"; readonly wait: Wait; readonly at: number }
  | { readonly type: "asked"; readonly question: Question }
  | { readonly type: "unasked"; readonly id: string }
  | { readonly type: "model"; readonly model: ActiveModel }
  | { readonly type: "item"; readonly item: Item }
  /** What was waited for is there. */
  | { readonly type: "ready" }
  | { readonly type: "sessions"; readonly picker: Picker }
  | { readonly type: "models"; readonly picker: Picker }
  | {
    readonly type: "conversation"
    readonly items: ReadonlyArray<Item>
    readonly usage: Usage
    readonly context: number
  }
  | { readonly type: "compacted"; readonly usage: Usage; readonly context: number; readonly text: string }
  | { readonly type: "edited"; readonly text: string }
  | { readonly type: "setup"; readonly setup: Setup }
  | { readonly type: "setup-failed"; readonly problem: { readonly message: string; readonly hint: string } }
  | { readonly type: "setup-done" }
  /** The code highlighter is there, or the screen must be drawn anew for another reason. */
  | { readonly type: "redraw" }

/** What is to be done because of it. */
export type Command =
  | { readonly type: "turn"; readonly text: string }
  | { readonly type: "shell"; readonly command: string }
  | { readonly type: "compact" }
  | { readonly type: "stop" }
  | { readonly type: "answer"; readonly id: string; readonly answer: Answer }
  | { readonly type: "allow"; readonly patterns: Question["patterns"] }
  | { readonly type: "select-model"; readonly id: string }
  | { readonly type: "list-sessions" }
  | { readonly type: "open-session"; readonly id: string }
  | { readonly type: "new-session" }
  | { readonly type: "status" }
  | { readonly type: "mcp" }
  | { readonly type: "export" }
  | { readonly type: "models" }
  | { readonly type: "edit"; readonly text: string }
  | { readonly type: "list-files" }
  | { readonly type: "remember"; readonly text: string }
  | { readonly type: "calm-soon" }
  | { readonly type: "attempt"; readonly answers: Answers }
  | { readonly type: "save"; readonly answers: Answers }
  | { readonly type: "stop-attempt" }
  | { readonly type: "leave" }

/** The state after a message, and what is to be done. */
export interface Step {
  readonly state: State
  readonly commands: ReadonlyArray<Command>
}

export const noUsage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

export const sum = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite
})
