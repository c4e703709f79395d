import * as Editor from "../input/editor.ts"
import { type Canvas, indent, type Lines, paintLine, paintWrapped } from "../terminal/canvas.ts"
import { sliceVisible } from "../terminal/scroll.ts"
import type { Role } from "../terminal/theme.ts"
import { type Line, measureWidth, truncate } from "../terminal/themedText.ts"
import { firstMissing } from "./lineRanges.ts"
import { canChoose, type Dialog, layOut } from "./question.ts"
import * as QuestionLayout from "./questionLayout.ts"
import type { ShownQuestion } from "./shownQuestion.ts"

export interface QuestionDrawing {
  readonly lines: Lines
  readonly cursor: { readonly row: number; readonly column: number } | undefined
  readonly question: ShownQuestion
}

export const render = (dialog: Dialog, canvas: Canvas, rows: number): QuestionDrawing => {
  const { question, reason } = dialog
  if (reason !== undefined) return renderReason(dialog, reason, canvas, rows)
  const layout = layOut(dialog, canvas, rows)
  if (layout === undefined) {
    return {
      lines: renderTooSmall(QuestionLayout.nameSubject(question), canvas, rows),
      cursor: undefined,
      question: { question, start: 0, end: 0, showsPatterns: false }
    }
  }
  const visible = sliceVisible(dialog.content, dialog.offset, layout.room)
  const end = visible.offset + visible.lines.length
  return {
    lines: [
      ...layout.head,
      ...visible.lines,
      ...(layout.isPaged ? [renderPosition(dialog, visible.offset, end, canvas)] : []),
      ...layout.below,
      ...(layout.isList ? renderList(dialog, layout, canvas) : [paintLine(renderInline(dialog, layout), canvas)])
    ],
    cursor: undefined,
    question: { question, start: visible.offset, end, showsPatterns: layout.choices.some(({ key }) => key === "s") }
  }
}

/** While the user types a message to the model, nothing can be allowed, so the content may be cut. */
const renderReason = (dialog: Dialog, reason: Editor.State, canvas: Canvas, rows: number): QuestionDrawing => {
  const { content, offset, question } = dialog
  const { cursor, lines } = Editor.view(reason, Math.max(1, canvas.width - 4), Math.max(1, Math.min(3, rows - 2)))
  const [head = ""] = QuestionLayout.renderHead(question, canvas)
  const visible = sliceVisible(content, offset, Math.max(0, rows - 2 - lines.length))
  const label = paintLine([{
    text: "Tell the model why, or what to do instead. enter: send · esc: back",
    roles: ["dim"]
  }], canvas)
  const above = [head, ...visible.lines, label]
  return {
    lines: [...above, ...indent(lines, canvas.theme.accent("› "), "  ")],
    cursor: { row: above.length + cursor.row, column: 2 + cursor.column },
    question: { question, start: visible.offset, end: visible.offset + visible.lines.length, showsPatterns: false }
  }
}

const renderTooSmall = (subject: string, canvas: Canvas, rows: number): Lines => {
  const texts = [
    `Terminal too small to show this ${subject}. Enlarge it, or n: no`,
    "Too small to show. n: no",
    "Too small. n: no"
  ]
  const all = texts.map((text) => paintWrapped([{ text, roles: ["warning"] }], canvas))
  return all.find((lines) => lines.length <= rows) ?? (all.at(-1) ?? []).slice(0, rows)
}

/** Which part of the content is visible, and which key leads to lines that have not been seen. */
const renderPosition = ({ content, seenLines }: Dialog, start: number, end: number, canvas: Canvas): string => {
  const total = content.length
  const unseen = firstMissing(seenLines, total)
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
  const text = texts.find((text) => measureWidth(text) + 2 <= canvas.width) ?? texts.at(-1) ?? ""
  return canvas.theme.warning(`  ${truncate(text, canvas.width - 2)}`)
}

const markOf = (dialog: Dialog, key: QuestionLayout.ChoiceKey): string => dialog.selected === key ? "›" : " "

const renderList = (dialog: Dialog, layout: QuestionLayout.Layout, canvas: Canvas): Lines =>
  layout.choices.flatMap((choice, index) => {
    const [first = "", ...rest] = QuestionLayout.renderChoice(choice, canvas, labelRole(dialog, layout, choice.key))
    const start: Line = [
      { text: `${markOf(dialog, choice.key)} `, roles: ["accent"] },
      { text: `${index + 1} `, roles: ["dim"] },
      { text: choice.key, roles: keyRoles(dialog, layout, choice.key) }
    ]
    return [`${paintLine(start, canvas)}  ${first}`, ...indent(rest, " ".repeat(QuestionLayout.choiceMargin))]
  })

const renderInline = (dialog: Dialog, layout: QuestionLayout.Layout): Line =>
  layout.choices.flatMap(({ key, short }, index): Line => [
    { text: `${index === 0 ? "" : " "}${markOf(dialog, key)}`, roles: ["accent"] },
    { text: key, roles: keyRoles(dialog, layout, key) },
    { text: ` ${short}`, roles: [labelRole(dialog, layout, key)] }
  ])

/** Choices that must wait until all of the content has been seen are dim. */
const isDim = (dialog: Dialog, { isPaged }: QuestionLayout.Layout, key: QuestionLayout.ChoiceKey): boolean =>
  isPaged && !canChoose(dialog, key)

const keyRoles = (dialog: Dialog, layout: QuestionLayout.Layout, key: QuestionLayout.ChoiceKey): ReadonlyArray<Role> =>
  isDim(dialog, layout, key) ? ["dim"] : ["accent", "strong"]

const labelRole = (dialog: Dialog, layout: QuestionLayout.Layout, key: QuestionLayout.ChoiceKey): Role => {
  if (isDim(dialog, layout, key)) return "dim"
  return dialog.selected === key ? "strong" : "text"
}
