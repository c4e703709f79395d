import type { Command } from "./completion.ts"

/** What can be written after a slash. */
export const commands: ReadonlyArray<Command> = [
  { name: "/model", description: "chooses the model that answers" },
  { name: "/new", description: "begins a new conversation" },
  { name: "/sessions", description: "goes on with an earlier conversation" },
  { name: "/status", description: "what applies and why" },
  { name: "/mcp", description: "state, tools and last error of each MCP server" },
  { name: "/compact", description: "compacts older messages, to make room" },
  { name: "/export", description: "writes this conversation to a Markdown file" },
  { name: "/help", description: "keys and commands" },
  { name: "/exit", description: "leaves; the conversation is kept" }
]

/** What `/help` says. */
export const help: ReadonlyArray<string> = [
  ...commands.map(({ description, name }) => `${name.padEnd(12)} ${description}`),
  "",
  "@           completes the name of a file",
  "!           at the start runs a command in the shell; the model is told what came of it",
  "enter       sends; while an answer comes, it waits its turn",
  "alt-enter   begins a new line, as ctrl-j does",
  "esc         stops the answer and keeps what came",
  "ctrl-o      opens the outputs of tools and the model's thoughts",
  "ctrl-g      opens what you write in your editor ($VISUAL, $EDITOR)",
  "↑ ↓         through what you wrote before",
  "ctrl-c      clears what you write; twice leaves, as ctrl-d does"
]
