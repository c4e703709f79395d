import * as Editor from "../input/editor.ts"
import { indent, type Lines, type Look, oneLine, wrapped } from "../terminal/look.ts"
import { visible } from "../terminal/scroll.ts"
import type { Role } from "../terminal/theme.ts"
import { cut, type Line, widthOf } from "../terminal/themedText.ts"
import { type Dialog, isOpen, layoutOf, type Shown } from "./question.ts"
import * as Layout from "./questionLayout.ts"
import * as Seen from "./seenRows.ts"

/** The dialog in at most so many rows, and what of the question that brings to the screen. */
export interface Drawing {
  readonly lines: Lines
  readonly cursor: { readonly row: number; readonly column: number } | undefined
  readonly shown: Shown
}

export const render = (dialog: Dialog, look: Look, rows: number): Drawing => {
  const { question, word } = dialog
  if (word !== undefined) return renderWord(dialog, word, look, rows)
  const layout = layoutOf(dialog, look, rows)
  if (layout === undefined) {
    return {
      lines: tooSmall(Layout.subjectOf(question), look, rows),
      cursor: undefined,
      shown: { question, start: 0, end: 0, patterns: false }
    }
  }
  const seen = visible(dialog.content, dialog.offset, layout.room)
  const end = seen.offset + seen.lines.length
  return {
    lines: [
      ...layout.head,
      ...seen.lines,
      ...(layout.isPaged ? [place(dialog, seen.offset, end, look)] : []),
      ...layout.below,
      ...(layout.isList ? list(dialog, layout, look) : [oneLine(choicesLine(dialog, layout), look)])
    ],
    cursor: undefined,
    shown: { question, start: seen.offset, end, patterns: layout.choices.some(({ key }) => key === "s") }
  }
}

/** The message to the model is written: nothing can be allowed, so what will run may give way to it. */
const renderWord = (dialog: Dialog, word: Editor.State, look: Look, rows: number): Drawing => {
  const { content, offset, question } = dialog
  const { cursor, lines } = Editor.view(word, Math.max(1, look.width - 4), Math.max(1, Math.min(3, rows - 2)))
  const [head = ""] = Layout.headOf(question, look)
  const seen = visible(content, offset, Math.max(0, rows - 2 - lines.length))
  const label = oneLine([{ text: "Why not, or what instead? enter: send · esc: back", roles: ["dim"] }], look)
  const above = [head, ...seen.lines, label]
  return {
    lines: [...above, ...indent(lines, look.theme.accent("› "), "  ")],
    cursor: { row: above.length + cursor.row, column: 2 + cursor.column },
    shown: { question, start: seen.offset, end: seen.offset + seen.lines.length, patterns: false }
  }
}

const tooSmall = (subject: string, look: Look, rows: number): Lines => {
  const texts = [
    `Terminal too small to show this ${subject}. Enlarge it, or n: no`,
    "Too small to show. n: no",
    "Too small. n: no"
  ]
  const all = texts.map((text) => wrapped([{ text, roles: ["warning"] }], look))
  return all.find((lines) => lines.length <= rows) ?? (all.at(-1) ?? []).slice(0, rows)
}

/** Which part of the content is on the screen, and how to see what has not been there yet. */
const place = ({ content, seen }: Dialog, start: number, end: number, look: Look): string => {
  const total = content.length
  const unseen = Seen.firstUnseen(seen, total)
  const key = unseen !== undefined && unseen < start ? "page up" : "page down"
  const texts = unseen === undefined
    ? [`Lines ${start + 1}–${end} of ${total} · page up, page down`, `${start + 1}–${end} of ${total}`]
    : [
      `Lines ${start + 1}–${end} of ${total}. Scroll ${
        key === "page up" ? "through all lines" : "to the end"
      } to allow: ${key}`,
      `${start + 1}–${end} of ${total} · ${key}`,
      `${key} to allow`
    ]
  const text = texts.find((text) => widthOf(text) + 2 <= look.width) ?? texts.at(-1) ?? ""
  return look.theme.warning(`  ${cut(text, look.width - 2)}`)
}

const mark = (dialog: Dialog, key: Layout.Key): string => dialog.selected === key ? "›" : " "

const list = (dialog: Dialog, layout: Layout.Layout, look: Look): Lines =>
  layout.choices.flatMap((choice) => {
    const [first = "", ...rest] = Layout.optionOf(choice, look, labelRole(dialog, layout, choice.key))
    const start: Line = [
      { text: `${mark(dialog, choice.key)} `, roles: ["accent"] },
      { text: choice.key, roles: keyRoles(dialog, layout, choice.key) }
    ]
    return [`${oneLine(start, look)}  ${first}`, ...indent(rest, "     ")]
  })

const choicesLine = (dialog: Dialog, layout: Layout.Layout): Line =>
  layout.choices.flatMap(({ key, short }, index): Line => [
    { text: `${index === 0 ? "" : " "}${mark(dialog, key)}`, roles: ["accent"] },
    { text: key, roles: keyRoles(dialog, layout, key) },
    { text: ` ${short}`, roles: [labelRole(dialog, layout, key)] }
  ])

/** What does not count before the rest of the content has been on the screen is dim. */
const isDim = (dialog: Dialog, { isPaged }: Layout.Layout, key: Layout.Key): boolean => isPaged && !isOpen(dialog, key)

const keyRoles = (dialog: Dialog, layout: Layout.Layout, key: Layout.Key): ReadonlyArray<Role> =>
  isDim(dialog, layout, key) ? ["dim"] : ["accent", "strong"]

const labelRole = (dialog: Dialog, layout: Layout.Layout, key: Layout.Key): Role => {
  if (isDim(dialog, layout, key)) return "dim"
  return dialog.selected === key ? "strong" : "text"
}
