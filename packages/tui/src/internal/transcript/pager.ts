import { nameOf } from "../input/editing.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import {
  type Canvas,
  drawRule,
  type Lines,
  paintLine,
  paintPrompt,
  paintWrapped,
  showHint
} from "../terminal/canvas.ts"
import { type Move, move, sliceVisible } from "../terminal/scroll.ts"
import { plain } from "../terminal/theme.ts"
import { clean, expandTabs, paintPlainText } from "../terminal/themedText.ts"
import * as Diff from "./diff.ts"
import type { Item } from "./item.ts"
import { isFoldedPrompt, toolLine } from "./itemView.ts"

/** Shows in full what the transcript folds: a list of pages, and the open page. */
export interface Pager {
  readonly pages: ReadonlyArray<Item>
  readonly picker: Picker.Picker
  readonly open: { readonly index: number; readonly offset: number } | undefined
  /** The background command whose output is the only page. */
  readonly taskId?: string
  /** The title of that page. */
  readonly title?: string
}

const firstLine = (text: string): string => clean(text).trim().split("\n")[0] ?? ""

const titleOf = (item: Item): string => {
  if (item.type === "tool") return toolLine(item, { width: 400, theme: plain })
  if (item.type === "shell") return `${item.ok ? "✓" : "✗"} ! ${firstLine(item.command)} · ${clean(item.end)}`
  if (item.type === "user") return `› ${firstLine(item.text)}`
  return item.type === "reasoning" ? `∴ ${firstLine(item.text)}` : item.type
}

/** Selects the newest page. Undefined if there are no pages. */
export const make = (items: ReadonlyArray<Item>): Pager | undefined => {
  const pages = items.filter((item) =>
    ["tool", "shell", "reasoning"].includes(item.type) || (item.type === "user" && isFoldedPrompt(item.text))
  )
  if (pages.length === 0) return undefined
  const choices = pages.map((item, index) => ({ id: String(index), label: titleOf(item), detail: "" }))
  return {
    pages,
    picker: Picker.make("Tool output and reasoning", choices, pages.length - 1),
    open: undefined
  }
}

/** The page with the output of a background command, from its end. With `before`, it stays where the user has scrolled to. */
export const ofTask = (
  id: string,
  title: string,
  item: Extract<Item, { readonly type: "shell" }>,
  canvas: Canvas,
  rows: number,
  before?: Pager
): Pager => {
  const visible = Math.max(1, rows - 2)
  const offset = before?.open?.offset
  const wasAtEnd = before === undefined || offset === undefined ||
    offset >= move(offset, "end", renderPage(before.pages[0], canvas).length, visible)
  return {
    pages: [item],
    picker: Picker.make("", []),
    open: { index: 0, offset: wasAtEnd ? move(0, "end", renderPage(item, canvas).length, visible) : offset },
    taskId: id,
    title
  }
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

/** Undefined if the key closes the pager. */
export const update = (pager: Pager, key: Key, canvas: Canvas, rows: number): Pager | undefined => {
  const name = key.type === "text" ? key.text : nameOf(key) ?? ""
  if (name === "ctrl-o") return undefined
  if (pager.open === undefined) {
    const result = Picker.update(pager.picker, key)
    if (result.type === "closed") return undefined
    return result.type === "open"
      ? { ...pager, picker: result.picker }
      : { ...pager, open: { index: Number(result.choice.id), offset: 0 } }
  }
  if (name === "escape" || name === "q" || name === "ctrl-c") {
    return pager.taskId === undefined ? { ...pager, open: undefined } : undefined
  }
  const scroll = moves[name]
  if (scroll === undefined) return pager
  const { index, offset } = pager.open
  const lines = renderPage(pager.pages[index], canvas)
  return { ...pager, open: { index, offset: move(offset, scroll, lines.length, Math.max(1, rows - 2)) } }
}

const renderPage = (item: Item | undefined, canvas: Canvas): Lines => {
  switch (item?.type) {
    case "tool":
      return [
        ...paintPlainText(item.output, canvas),
        ...(item.diff === undefined ? [] : ["", ...Diff.render(item.diff, canvas)])
      ]
    case "shell":
      return paintPlainText(item.output, canvas)
    case "user":
      return paintPrompt(item.text, "text", canvas)
    case "reasoning":
      return clean(item.text).split("\n").flatMap((text) =>
        paintWrapped([{ text: expandTabs(text), roles: ["text"] }], canvas)
      )
    default:
      return []
  }
}

export const render = (pager: Pager, canvas: Canvas, rows: number): Lines => {
  if (pager.open === undefined) return Picker.render(pager.picker, canvas, rows)
  const item = pager.pages[pager.open.index]
  const all = renderPage(item, canvas)
  const visible = sliceVisible(all, pager.open.offset, Math.max(1, rows - 2))
  const empty = Math.max(0, rows - 2 - visible.lines.length)
  return [
    drawRule(canvas, pager.title ?? (item === undefined ? "" : titleOf(item))),
    ...(all.length === 0 || (all.length === 1 && all[0] === "") ? [canvas.theme.dim("(no output)")] : visible.lines),
    ...Array.from({ length: all.length === 0 ? empty - 1 : empty }, () => ""),
    paintLine([{
      text: `lines ${visible.offset + 1}–${
        visible.offset + visible.lines.length
      } of ${all.length} · ↑ ↓ space b g G · esc: back${showHint(canvas, "close")}`,
      roles: ["dim"]
    }], canvas)
  ]
}
