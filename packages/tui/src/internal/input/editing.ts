import type * as Editor from "./editor.ts"
import type { Key } from "./keys.ts"

const byName: Readonly<
  Record<
    string,
    Exclude<
      Editor.Action,
      { readonly text: string } | { readonly width: number } | { readonly images: unknown }
    >["type"]
  >
> = {
  "backspace": "backspace",
  "delete": "delete",
  "left": "left",
  "right": "right",
  "home": "home",
  "end": "end",
  "ctrl-a": "home",
  "ctrl-b": "left",
  "ctrl-d": "delete",
  "ctrl-e": "end",
  "ctrl-f": "right",
  "ctrl-j": "newline",
  "ctrl-k": "kill-to-end",
  "ctrl-u": "kill-to-start",
  "ctrl-w": "delete-word-before",
  "ctrl-_": "undo",
  "ctrl-left": "word-left",
  "ctrl-right": "word-right",
  "meta-left": "word-left",
  "meta-right": "word-right",
  "meta-b": "word-left",
  "meta-f": "word-right",
  "meta-d": "delete-word-after",
  "meta-backspace": "delete-word-before",
  "ctrl-delete": "delete-word-after",
  "meta-return": "newline",
  "shift-return": "newline"
}

/** The key with its modifiers, e.g. `ctrl-w`, `meta-return`, `escape`. Undefined for text. */
export const nameOf = (key: Key): string | undefined =>
  key.type !== "key"
    ? undefined
    : `${key.ctrl ? "ctrl-" : ""}${key.meta ? "meta-" : ""}${key.shift ? "shift-" : ""}${key.name}`

/** What the key does in an editor of this width, in columns. */
export const actionOf = (key: Key, width: number): Editor.Action | undefined => {
  if (key.type !== "key") return key.type === "paste" ? key : { type: "insert", text: key.text }
  const name = nameOf(key) ?? ""
  if (name === "up" || name === "ctrl-p") return { type: "up", width }
  if (name === "down" || name === "ctrl-n") return { type: "down", width }
  const type = byName[name]
  return type === undefined ? undefined : { type }
}

/** What the key does in an editor of a single line, e.g. a filter. */
export const lineActionOf = (key: Key): Editor.Action | undefined => {
  if (key.type === "paste") return { type: "insert", text: key.text.replace(/\s*\n\s*/g, " ").trim() }
  const action = actionOf(key, 1)
  return action?.type === "newline" || action?.type === "up" || action?.type === "down" ? undefined : action
}
