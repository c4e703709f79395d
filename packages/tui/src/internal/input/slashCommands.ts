import * as Suggest from "@altimate-code/system/Suggest"
import { bindings } from "./bindings.ts"
import type { Command } from "./completion.ts"
import { type Keymap, labelOfMode } from "./keymap.ts"

export const slashCommands: ReadonlyArray<Command> = [
  { name: "/model", description: "switch to another model" },
  { name: "/effort", description: "change how much the model thinks" },
  { name: "/mode", description: "change the mode: /mode plan; without a name: the next one" },
  { name: "/new", description: "start a new session" },
  { name: "/clear", description: "start a new session, like /new" },
  { name: "/sessions", description: "resume, rename, copy or delete an earlier session" },
  { name: "/fork", description: "copy this session and continue in the copy" },
  { name: "/rename", description: "give this session a title: /rename TITLE" },
  { name: "/permissions", description: "list what runs without a question, and take it back" },
  { name: "/status", description: "show the settings in use and where they come from" },
  { name: "/cost", description: "show what this session has used and cost, by model" },
  { name: "/tasks", description: "list background tasks; show, keep or end one" },
  { name: "/mcp", description: "show each MCP server's state, tools and last error" },
  { name: "/skills", description: "list the skills that the model can load" },
  { name: "/compact", description: "summarize older messages to free up context" },
  { name: "/diff", description: "show what has changed in the working tree since the last commit" },
  { name: "/undo", description: "undo the last turn: what it changed in files, and its messages" },
  { name: "/rewind", description: "undo the last turn, like /undo" },
  { name: "/copy", description: "copy the last answer to the clipboard" },
  { name: "/export", description: "save this session as a Markdown file: /export FILE" },
  { name: "/init", description: "let the model write an AGENTS.md for this project" },
  { name: "/help", description: "show commands and keys" },
  { name: "/exit", description: "quit; the session is saved" }
]

/** `/quit` also exits, but is not listed. */
const names = [...slashCommands.map(({ name }) => name), "/quit"]

/** Whether the text starts with a command of the screen. */
export const isSlashCommand = (text: string): boolean =>
  /^\/[a-z]+(?:\s|$)/.test(text) && names.includes(text.split(/\s/)[0] ?? "")

/** The word that could be the name of a command, known or not; undefined if the text begins with something else, such as a path. */
export const commandNameOf = (text: string): string | undefined => /^\/[a-z][\w:-]*(?=\s|$)/i.exec(text)?.[0]

/** Names that a custom command can't have, without the slash. */
export const reservedNames: ReadonlyArray<string> = names.map((name) => name.slice(1))

/** What to use instead of commands that other assistants have. */
const synonyms: ReadonlyMap<string, string> = new Map(Object.entries({
  "/account": "/status",
  "/agents": "/skills",
  "/allowed-tools": "/permissions",
  "/bashes": "/tasks",
  "/branch": "/fork",
  "/checkpoint": "/undo",
  "/config": "/status, or altimate-code config show in a shell",
  "/context": "/status",
  "/continue": "/sessions",
  "/doctor": "altimate-code doctor in a shell",
  "/editor": "ctrl-g",
  "/feedback": "altimate-code doctor in a shell",
  "/history": "/sessions, or ctrl-r for earlier prompts",
  "/hotkeys": "/help",
  "/keybindings": "/help",
  "/keys": "/help",
  "/login": "altimate-code auth login in another terminal. No restart is needed",
  "/logout": "altimate-code auth logout in another terminal",
  "/memory": "/init, or edit AGENTS.md",
  "/q": "/exit",
  "/reset": "/new",
  "/resume": "/sessions",
  "/save": "/export",
  "/settings": "/status, or altimate-code config show in a shell",
  "/share": "/export",
  "/summarize": "/compact",
  "/terminal-setup": "/help",
  "/think": "/effort",
  "/thinking": "/effort",
  "/title": "/rename",
  "/usage": "/cost",
  "/variants": "/effort",
  "/yolo": "altimate-code --yolo"
}))

const describePlan = (keymap: Keymap): string => {
  const key = labelOfMode(keymap)
  return key === undefined ? "/mode plan" : `/mode plan, or ${key}: ask, accept edits, plan`
}

/** `Use /cost. ` for a command that has another name here, `Did you mean /model? ` for a similar name; otherwise empty. */
export const suggest = (name: string, customCommands: ReadonlyArray<Command>, keymap: Keymap): string => {
  const use = name.toLowerCase() === "/plan" ? describePlan(keymap) : synonyms.get(name.toLowerCase())
  if (use !== undefined) return `Use ${use}. `
  // Two letters in the wrong order are a distance of 2, even in a short name.
  const [closest] = Suggest.closest(name, [...names, ...customCommands.map(({ name }) => name)], {
    maxDistance: () => 2
  })
  return closest === undefined ? "" : `Did you mean ${closest}? `
}

const line = ({ description, name }: Command): string => `${name.padEnd(12)} ${description}`

const keyLines: ReadonlyArray<readonly [setting: string, description: string]> = [
  ["input_submit", "send; while the model is answering, queue"],
  ["input_newline", "start a new line"],
  ["session_interrupt", "stop the answer; the text so far is kept"],
  ["agent_cycle_reverse", "next mode: ask, accept edits, plan"],
  ["agent_cycle", "next mode"],
  ["tool_details", "show tool output and the model's reasoning"],
  ["input_paste", "attach the picture on the clipboard; or paste or drop the path of an image"],
  ["editor_open", "edit the prompt in $VISUAL or $EDITOR"],
  ["history_previous", "earlier prompt"],
  ["history_next", "later prompt"],
  ["app_exit", "quit, if the prompt is empty"],
  ["input_clear", "clear the prompt"],
  ["input_undo", "undo the last change of the prompt"],
  ["terminal_suspend", "suspend; the shell's fg resumes"]
]

/** The lines of `/help`. */
export const help = (customCommands: ReadonlyArray<Command>, keymap: Keymap): ReadonlyArray<string> => {
  const keysOf = (setting: string): string => (keymap.shown.get(setting) ?? []).join(", ")
  const isFree = (name: string): boolean => !keymap.targets.has(name) && keymap.leader !== name
  const settings = new Map(
    bindings.flatMap(({ setting, target }) => target.type === "command" ? [[target.command, setting] as const] : [])
  )
  const withKeys = (command: Command): Command => {
    const keys = keysOf(settings.get(command.name) ?? "")
    return keys === "" ? command : { ...command, description: `${command.description} (${keys})` }
  }
  return [
    ...slashCommands.map(withKeys).map(line),
    ...(customCommands.length === 0 ? [] : ["", ...customCommands.map(line)]),
    "",
    line({ name: "@", description: "complete a file name" }),
    line({ name: "!", description: "at the start: run a shell command; the model sees its output" }),
    ...keyLines.flatMap(([setting, description]) => {
      const [first = "", ...others] = keymap.shown.get(setting) ?? []
      const also = others.length === 0 ? "" : ` (also ${others.join(", ")})`
      return first === "" ? [] : [line({ name: first, description: description + also })]
    }),
    // A key that is bound to something else does not do this.
    ...(isFree("ctrl-r") ? [line({ name: "ctrl-r", description: "search the prompts of all sessions" })] : []),
    line({ name: "ctrl-c", description: "stop the answer, else clear the prompt, else quit if pressed twice" }),
    ...(isFree("ctrl-l") ? [line({ name: "ctrl-l", description: "redraw the screen" })] : [])
  ]
}
