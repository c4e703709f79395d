import type { Key } from "./keys.ts"

/** An action that `keybinds` can give keys to. The names and, with the leader key, the defaults are those of opencode. */
export interface Binding<Target = PromptTarget | SessionTarget> {
  readonly setting: string
  /** As in the configuration. */
  readonly defaults: string
  readonly target: Target
}

export type SessionKey = "rename" | "delete" | "fork"

/** Does it with the selected session, only in the list of sessions. */
export interface SessionTarget {
  readonly type: "session"
  readonly does: SessionKey
}

/** What a key does in the prompt. */
export type PromptTarget =
  /** What this key does by default. */
  | { readonly type: "key"; readonly key: Key }
  | { readonly type: "command"; readonly command: string }
  /** Quits if the prompt is empty. */
  | { readonly type: "exit" }
  | { readonly type: "clear" }

const press = (name: string, modifier?: "ctrl" | "meta" | "shift"): PromptTarget => ({
  type: "key",
  key: { type: "key", name, ctrl: modifier === "ctrl", meta: modifier === "meta", shift: modifier === "shift" }
})

const bind = (setting: string, defaults: string, target: PromptTarget | SessionTarget): Binding => ({
  setting,
  defaults,
  target
})

const run = (setting: string, defaults: string, command: string): Binding =>
  bind(setting, defaults, { type: "command", command })

/** Source of the names and defaults: https://opencode.ai/v1/docs/keybinds.md */
export const bindings: ReadonlyArray<Binding> = [
  bind("app_exit", "ctrl+d,<leader>q", { type: "exit" }),
  bind("editor_open", "ctrl+g,<leader>e", press("g", "ctrl")),
  bind("session_interrupt", "escape", press("escape")),
  bind("agent_cycle_reverse", "shift+tab", press("tab", "shift")),
  bind("agent_cycle", "none", press("tab", "shift")),
  bind("tool_details", "ctrl+o", press("o", "ctrl")),
  bind("terminal_suspend", "ctrl+z", press("z", "ctrl")),
  run("session_new", "<leader>n", "/new"),
  run("session_list", "<leader>l", "/sessions"),
  run("session_fork", "none", "/fork"),
  bind("session_rename", "ctrl+r", { type: "session", does: "rename" }),
  bind("session_delete", "ctrl+d", { type: "session", does: "delete" }),
  run("session_compact", "<leader>c", "/compact"),
  run("session_export", "<leader>x", "/export"),
  run("model_list", "<leader>m", "/model"),
  run("variant_list", "none", "/effort"),
  run("status_view", "<leader>s", "/status"),
  run("messages_undo", "<leader>u", "/undo"),
  run("messages_copy", "<leader>y", "/copy"),
  run("help_show", "none", "/help"),
  bind("input_submit", "return", press("return")),
  bind("input_newline", "alt+return,ctrl+j,shift+return", press("j", "ctrl")),
  bind("input_paste", "ctrl+v", press("v", "ctrl")),
  bind("input_clear", "none", { type: "clear" }),
  bind("input_undo", "ctrl+_", press("_", "ctrl")),
  bind("history_previous", "up,ctrl+p", press("up")),
  bind("history_next", "down,ctrl+n", press("down")),
  bind("input_move_up", "none", press("up")),
  bind("input_move_down", "none", press("down")),
  bind("input_move_left", "left,ctrl+b", press("left")),
  bind("input_move_right", "right,ctrl+f", press("right")),
  bind("input_line_home", "home,ctrl+a", press("home")),
  bind("input_line_end", "end,ctrl+e", press("end")),
  bind("input_word_backward", "alt+left,ctrl+left,alt+b", press("left", "meta")),
  bind("input_word_forward", "alt+right,ctrl+right,alt+f", press("right", "meta")),
  bind("input_backspace", "backspace", press("backspace")),
  bind("input_delete", "delete,ctrl+d", press("delete")),
  bind("input_delete_word_backward", "ctrl+w,alt+backspace", press("w", "ctrl")),
  bind("input_delete_word_forward", "alt+d,ctrl+delete", press("d", "meta")),
  bind("input_delete_to_line_start", "ctrl+u", press("u", "ctrl")),
  bind("input_delete_to_line_end", "ctrl+k", press("k", "ctrl"))
]
