import { modes } from "@altimate-code/agent/permission/PermissionMode"
import { efforts } from "../../Host.ts"
import type { TypedCommand } from "../commands/customCommands.ts"
import * as Keymap from "../input/keymap.ts"
import { commandNameOf, help, isSlashCommand, suggest } from "../input/slashCommands.ts"
import type { Action } from "../screen/action.ts"
import type { Message } from "../screen/message.ts"
import type { State } from "../screen/state.ts"
import { showTasks } from "../tasks/taskList.ts"
import { type Step, step } from "./step.ts"
import { canStop } from "./stopTask.ts"
import { addItem } from "./turnUpdate.ts"

/** Slash commands that run even while a task is running. */
const immediateCommands = [
  "/help",
  "/mcp",
  "/mode",
  "/skills",
  "/rename",
  "/permissions",
  "/status",
  "/cost",
  "/tasks",
  "/diff",
  "/copy",
  "/export",
  "/exit",
  "/quit"
]

/** Without an argument, their lists open at once. What is chosen waits: a running turn needs the client of its model, which a change closes. */
const listCommands = ["/model", "/effort"]

const isImmediate = (text: string): boolean =>
  immediateCommands.includes(text.split(/\s/)[0] ?? "") || listCommands.includes(text.trim())

const isUndo = (text: string): boolean => /^\/(?:undo|rewind)(?:\s|$)/.test(text)

/** Sends the text, or queues it while a task is running. */
export const submitOrQueue = (state: State, text: string): Step => {
  // It would undo another turn than the one that the user sees.
  if (isUndo(text) && canStop(state)) {
    const stop = `${Keymap.labelOfInterrupt(state.keymap)}: stop`
    return step(
      addItem(state, { type: "notice", level: "warning", text: "Stop first, then undo.", hint: stop })
    )
  }
  return state.task.type === "none" || isImmediate(text) ? submit(state, text) : queue(state, text)
}

/** Submits the oldest queued prompt, unless a task is running. */
export const submitQueued = (state: State): Step => {
  const [first, ...queue] = state.queue
  return first === undefined || state.task.type !== "none" ? step(state) : submit({ ...state, queue }, first)
}

/** What a queued command waits for. */
const waitsFor = { turn: "this turn", shell: "this command", compacting: "the compaction" }

/** Prompts are expected to wait, commands are not. */
const queue = (state: State, text: string): Step => {
  const { task } = state
  const queued = { ...state, queue: [...state.queue, text] }
  return isSlashCommand(text) && task.type !== "none" && task.type !== "loading"
    ? step({ ...queued, hint: `${text} runs after ${waitsFor[task.type]}` }, { type: "expire-hint" })
    : step(queued)
}

const submit = (state: State, text: string): Step => {
  if (text.startsWith("!") && text.slice(1).trim() !== "") {
    const command = text.slice(1).trim()
    return step(
      { ...state, task: { type: "shell", command, output: "", since: state.now, isStopping: false } },
      { type: "shell", command }
    )
  }
  if (isSlashCommand(text)) return runSlashCommand(state, text)
  const custom = findCustomCommand(state, text)
  if (custom !== undefined) return startTurn(state, text, { type: "command", command: custom, text })
  // The command may be new, or the word the path of a directory.
  return commandNameOf(text) === undefined
    ? startTurn(state, text, { type: "turn", text })
    : step(startLoading(state, "looking for the command"), { type: "find-command", text })
}

/** Submits a text that begins like a command, now that the files of commands have been read again. */
export const submitFound = (
  given: State,
  { isPath, text }: Extract<Message, { readonly type: "command-found" }>
): Step => {
  const state: State = { ...given, task: { type: "none" } }
  const custom = findCustomCommand(state, text)
  if (custom !== undefined) return startTurn(state, text, { type: "command", command: custom, text })
  if (isPath) return startTurn(state, text, { type: "turn", text })
  const name = commandNameOf(text) ?? text
  return submitQueued(
    addItem(state, {
      type: "notice",
      level: "warning",
      text: `Unknown command: ${name}`,
      hint: `${suggest(name, state.customCommands, state.keymap)}/help lists all commands.`
    })
  )
}

const startTurn = (state: State, text: string, action: Action): Step =>
  step(
    {
      ...addItem(state, {
        type: "user",
        text,
        images: state.attachedNames
      }),
      task: { type: "turn", phase: "thinking", since: state.now, spent: state.spending, isStopping: false }
    },
    action
  )

const findCustomCommand = ({ customCommands }: State, text: string): TypedCommand | undefined => {
  const [name = "", args = ""] = /^(\S+)([^]*)$/.exec(text)?.slice(1) ?? []
  return customCommands.some((command) => command.name === name) ? { name: name.slice(1), args } : undefined
}

export const startLoading = (state: State, label: string): State =>
  state.task.type === "none" ? { ...state, task: { type: "loading", label, since: state.now } } : state

const runSlashCommand = (state: State, text: string): Step => {
  const [name = "", ...rest] = text.split(/\s+/)
  const argument = rest.join(" ")
  switch (name) {
    case "/model":
      return argument === ""
        ? step(state, { type: "list-models" })
        : step(startLoading(state, "switching model"), { type: "find-model", text: argument })
    case "/effort": {
      if (argument === "") return step(state, { type: "list-efforts" })
      const effort = efforts.find((effort) => effort === argument)
      return effort === undefined
        ? submitQueued(addItem(state, {
          type: "notice",
          level: "warning",
          text: `Unknown effort: ${argument}`,
          hint: `Choose one of ${efforts.join(", ")}.`
        }))
        : step(startLoading(state, "changing effort"), { type: "set-effort", effort })
    }
    case "/mode": {
      if (argument === "") return step(state, { type: "next-mode" })
      const typed = argument.toLowerCase().replace(/\s+/, "-")
      const [mode, ...others] = modes.filter((mode) => mode.startsWith(typed))
      return mode === undefined || others.length > 0
        ? submitQueued(addItem(state, {
          type: "notice",
          level: "warning",
          text: `Unknown mode: ${argument}`,
          hint: `Choose one of ${modes.join(", ")}.`
        }))
        : step(state, { type: "set-mode", mode })
    }
    case "/new":
    case "/clear":
      return step(startLoading(state, "starting session"), { type: "new-session" })
    case "/sessions":
      return argument === ""
        ? step(startLoading(state, "loading sessions"), { type: "list-sessions" })
        : step(startLoading(state, "opening session"), { type: "open-session", id: argument })
    case "/fork":
      return step(startLoading(state, "copying session"), { type: "fork-session" })
    case "/rename":
      return argument === ""
        ? submitQueued(addItem(state, { type: "notice", level: "info", text: "Give a title: /rename TITLE" }))
        : step(state, { type: "rename-session", title: argument })
    case "/permissions":
      return step(state, { type: "list-permissions" })
    case "/status":
      return step(state, { type: "status" })
    case "/cost":
      return step(state, { type: "cost" })
    case "/tasks":
      return submitQueued(showTasks(state))
    case "/mcp":
      return step(state, { type: "mcp" })
    case "/skills":
      return step(state, { type: "skills" })
    case "/compact":
      return step(
        { ...state, task: { type: "compacting", since: state.now, isStopping: false } },
        { type: "compact" }
      )
    case "/export":
      return step(state, { type: "export", file: argument === "" ? undefined : argument })
    case "/diff":
      return step(state, { type: "diff" })
    case "/undo":
    case "/rewind":
      return step(startLoading(state, "comparing files"), { type: "plan-undo" })
    case "/copy":
      return step(state, { type: "copy" })
    case "/init":
      return startTurn(state, text, { type: "init", text })
    case "/help":
      return submitQueued(
        addItem(state, { type: "lines", title: "Commands and keys", lines: help(state.customCommands, state.keymap) })
      )
    default:
      return step(state, { type: "quit" })
  }
}
