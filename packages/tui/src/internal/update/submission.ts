import { efforts } from "../../Host.ts"
import type { TypedCommand } from "../commands/customCommands.ts"
import { help, isSlashCommand } from "../input/slashCommands.ts"
import type { Action } from "../screen/action.ts"
import type { State } from "../screen/state.ts"
import { type Step, step } from "./step.ts"
import { addItem } from "./turnUpdate.ts"

/** Slash commands that run even while a task is running. */
const immediateCommands = ["/help", "/mcp", "/status", "/cost", "/export", "/exit", "/quit"]

/** Sends the text, or queues it while a task is running. */
export const submitOrQueue = (state: State, text: string): Step =>
  state.task.type === "none" || immediateCommands.includes(text) ? submit(state, text) : step(queue(state, text))

/** Submits the oldest queued prompt, unless a task is running. */
export const submitQueued = (state: State): Step => {
  const [first, ...queue] = state.queue
  return first === undefined || state.task.type !== "none" ? step(state) : submit({ ...state, queue }, first)
}

const queue = (state: State, text: string): State => ({ ...state, queue: [...state.queue, text] })

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
  if (/^\/[a-z]+$/.test(text)) {
    return submitQueued(
      addItem(state, {
        type: "notice",
        level: "warning",
        text: `Unknown command: ${text}`,
        hint: "/help lists all commands."
      })
    )
  }
  return startTurn(state, text, { type: "turn", text })
}

const startTurn = (state: State, text: string, action: Action): Step =>
  step(
    {
      ...addItem(state, { type: "user", text }),
      task: { type: "turn", phase: "thinking", since: state.now, spent: state.spending, isStopping: false }
    },
    action
  )

const findCustomCommand = ({ customCommands }: State, text: string): TypedCommand | undefined => {
  const [name = "", args = ""] = /^(\S+)([^]*)$/.exec(text)?.slice(1) ?? []
  return customCommands.some((command) => command.name === name) ? { name: name.slice(1), args } : undefined
}

const startLoading = (state: State, label: string): State =>
  state.task.type === "none" ? { ...state, task: { type: "loading", label, since: state.now } } : state

const runSlashCommand = (state: State, text: string): Step => {
  const [name = "", ...rest] = text.split(/\s+/)
  const argument = rest.join(" ")
  switch (name) {
    case "/model":
      return argument === ""
        ? step(state, { type: "list-models" })
        : step(startLoading(state, "switching model"), { type: "select-model", id: argument })
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
    case "/new":
      return step(startLoading(state, "starting session"), { type: "new-session" })
    case "/sessions":
      return argument === ""
        ? step(startLoading(state, "loading sessions"), { type: "list-sessions" })
        : step(startLoading(state, "opening session"), { type: "open-session", id: argument })
    case "/status":
      return step(state, { type: "status" })
    case "/cost":
      return step(state, { type: "cost" })
    case "/mcp":
      return step(state, { type: "mcp" })
    case "/compact":
      return step(
        { ...state, task: { type: "compacting", since: state.now, isStopping: false } },
        { type: "compact" }
      )
    case "/export":
      return step(state, { type: "export" })
    case "/help":
      return submitQueued(
        addItem(state, { type: "lines", title: "Commands and keys", lines: help(state.customCommands) })
      )
    default:
      return step(state, { type: "quit" })
  }
}
