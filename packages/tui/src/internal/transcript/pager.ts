import { nameOf } from "../input/editing.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import { type Lines, type Look, oneLine, rule, wrapped } from "../terminal/look.ts"
import { type Move, move, visible } from "../terminal/scroll.ts"
import { plain } from "../terminal/theme.ts"
import { clean, expandTabs, plainLines } from "../terminal/themedText.ts"
import * as Diff from "./diff.ts"
import type { Item } from "./item.ts"
import { toolLine } from "./itemView.ts"

/** Everything that is folded in the conversation: a list, and one of it open. */
export interface Pager {
  readonly pages: ReadonlyArray<Item>
  readonly picker: Picker.Picker
  readonly open: { readonly index: number; readonly offset: number } | undefined
}

const firstLine = (text: string): string => clean(text).trim().split("\n")[0] ?? ""

const titleOf = (item: Item): string => {
  if (item.type === "tool") return toolLine(item, { width: 400, theme: plain })
  if (item.type === "shell") return `${item.ok ? "✓" : "✗"} ! ${firstLine(item.command)} · ${clean(item.end)}`
  return item.type === "reasoning" ? `∴ ${firstLine(item.text)}` : item.type
}

/** Over what can be opened; the newest is selected. Undefined: there is nothing. */
export const make = (items: ReadonlyArray<Item>): Pager | undefined => {
  const pages = items.filter(({ type }) => type === "tool" || type === "shell" || type === "reasoning")
  if (pages.length === 0) return undefined
  const choices = pages.map((item, index) => ({ id: String(index), label: titleOf(item), detail: "" }))
  return { pages, picker: Picker.make("What happened", choices, pages.length - 1), open: undefined }
}

const moves: Readonly<Record<string, Move>> = {
  "up": "up",
  "k": "up",
  "down": "down",
  "j": "down",
  "return": "down",
  "page-up": "page-up",
  "b": "page-up",
  "page-down": "page-down",
  " ": "page-down",
  "home": "start",
  "g": "start",
  "end": "end",
  "G": "end"
}

/** Undefined: it was left. */
export const update = (pager: Pager, key: Key, look: Look, rows: number): Pager | undefined => {
  const name = key.type === "text" ? key.text : nameOf(key) ?? ""
  if (name === "ctrl-o") return undefined
  if (pager.open === undefined) {
    const result = Picker.update(pager.picker, key)
    if (result.type === "left") return undefined
    return result.type === "stays"
      ? { ...pager, picker: result.picker }
      : { ...pager, open: { index: Number(result.choice.id), offset: 0 } }
  }
  if (name === "escape" || name === "q" || name === "ctrl-c") return { ...pager, open: undefined }
  const by = moves[name]
  if (by === undefined) return pager
  const { index, offset } = pager.open
  const lines = content(pager.pages[index], look)
  return { ...pager, open: { index, offset: move(offset, by, lines.length, Math.max(1, rows - 2)) } }
}

const content = (item: Item | undefined, look: Look): Lines => {
  switch (item?.type) {
    case "tool":
      return [
        ...plainLines(item.output, look),
        ...(item.diff === undefined ? [] : ["", ...Diff.render(item.diff, look)])
      ]
    case "shell":
      return plainLines(item.output, look)
    case "reasoning":
      return clean(item.text).split("\n").flatMap((text) =>
        wrapped([{ text: expandTabs(text), roles: ["text"] }], look)
      )
    default:
      return []
  }
}

export const render = (pager: Pager, look: Look, rows: number): Lines => {
  if (pager.open === undefined) return Picker.render(pager.picker, look, rows)
  const item = pager.pages[pager.open.index]
  const all = content(item, look)
  const seen = visible(all, pager.open.offset, Math.max(1, rows - 2))
  const empty = Math.max(0, rows - 2 - seen.lines.length)
  return [
    rule(look, item === undefined ? "" : titleOf(item)),
    ...(all.length === 0 || (all.length === 1 && all[0] === "") ? [look.theme.dim("(no output)")] : seen.lines),
    ...Array.from({ length: all.length === 0 ? empty - 1 : empty }, () => ""),
    oneLine([{
      text: `lines ${seen.offset + 1}–${
        seen.offset + seen.lines.length
      } of ${all.length} · ↑ ↓ space b g G · esc: back · ctrl-o: close`,
      roles: ["dim"]
    }], look)
  ]
}
