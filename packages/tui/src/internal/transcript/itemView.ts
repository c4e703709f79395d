import * as PromptImageText from "@altimate-code/agent/PromptImageText"
import * as Spending from "@altimate-code/agent/session/Spending"
import * as Usage from "@altimate-code/agent/session/Usage"
import type { Outcome } from "@altimate-code/agent/turn/TurnEvent"
import { describeAttachment } from "../input/editorRows.ts"
import * as Markdown from "../markdown/markdown.ts"
import { isContinuation } from "../markdown/markdownSplit.ts"
import {
  type Canvas,
  formatDuration,
  indent,
  type Lines,
  narrow,
  paintLine,
  paintPrompt,
  paintWrapped,
  showHint
} from "../terminal/canvas.ts"
import { formatTokens } from "../terminal/formatTokens.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, measureWidth, truncate } from "../terminal/themedText.ts"
import * as Diff from "./diff.ts"
import type { Item, ToolItem } from "./item.ts"
import { renderTail } from "./outputTail.ts"

/** More lines are shown in the pager. */
const maxDiffLines = 20

const maxPromptLines = 10
const maxFoldedPromptLines = 4

/** Whether not all of a prompt is shown in the transcript. */
export const isFoldedPrompt = (text: string): boolean => text.split("\n").length > maxPromptLines

/** The lines of the item, after a blank line unless it belongs together with the item before. */
export const render = (item: Item, before: Item | undefined, canvas: Canvas): Lines => {
  const lines = renderBody(item, canvas)
  return before === undefined || lines.length === 0 || isGrouped(item, before) ? lines : ["", ...lines]
}

const isGrouped = (item: Item, before: Item): boolean =>
  (item.type === "tool" && before.type === "tool" && before.diff === undefined && shownOutput(before) === "")
  || (item.type === "answer" && isContinuation(item.markdown))
  || item.type === "attachment"
  || (item.type === "notice" && before.type === "notice")

const renderBody = (item: Item, canvas: Canvas): Lines => {
  switch (item.type) {
    case "welcome":
      return [
        paintLine([{ text: "altimate-code ", roles: ["strong"] }, { text: item.version, roles: ["dim"] }], canvas),
        paintLine([{ text: clean(item.directory), roles: ["dim"] }], canvas),
        ...paintWrapped([{ text: "/help lists commands and keys.", roles: ["dim"] }], canvas)
      ]
    case "user":
      return renderPrompt(PromptImageText.shortenMentions(item.text, item.images ?? []), canvas)
    case "attachment":
      return [canvas.theme.dim(`  ${describeAttachment(item.kind, item, canvas.width - 2)}`)]
    case "answer":
      return Markdown.render(item.markdown, canvas)
    case "reasoning":
      return [reasoningLine(item.seconds, canvas)]
    case "tool":
      return renderTool(item, canvas)
    case "shell":
      return [
        paintLine([
          { text: item.ok ? "✓ " : "✗ ", roles: [item.ok ? "added" : "error"] },
          { text: `! ${clean(item.command)}`, roles: ["strong"] },
          { text: ` · ${clean(item.end)}`, roles: ["dim"] }
        ], canvas),
        ...(item.output.trim() === "" ? [] : renderTail(item.output, canvas, item.ok ? "dim" : "text"))
      ]
    case "notice":
      return renderNotice(item, canvas)
    case "turn":
      return [paintLine([{ text: describeTurn(item), roles: ["dim"] }], canvas)]
    case "lines":
      return [
        canvas.theme.heading(item.title),
        ...fitLines(item, canvas.width - 2).flatMap((line) => indent(renderFact(clean(line), narrow(canvas, 2)), "  "))
      ]
  }
}

const fitLines = (
  { lines, narrow }: Extract<Item, { readonly type: "lines" }>,
  width: number
): ReadonlyArray<string> =>
  narrow !== undefined && lines.some((line) => measureWidth(clean(line)) > width) ? narrow : lines

/** A long prompt, such as one with pasted text, is folded. */
const renderPrompt = (text: string, canvas: Canvas): Lines => {
  const lines = indent(
    paintPrompt(text, "strong", narrow(canvas, 2)),
    canvas.theme.accent("› "),
    "  "
  )
  return isFoldedPrompt(text)
    ? [
      ...lines.slice(0, maxFoldedPromptLines),
      paintLine(
        [{ text: `  … ${lines.length - maxFoldedPromptLines} more lines${showHint(canvas)}`, roles: ["dim"] }],
        canvas
      )
    ]
    : lines
}

/** Renders `name   value`, where a long value is wrapped in its own column. */
const renderFact = (line: string, canvas: Canvas): Lines => {
  const [name] = /^\S+(?: \S+)* {2,}/.exec(line) ?? [""]
  if (canvas.width < name.length + 20) return paintWrapped([{ text: line, roles: ["text"] }], canvas)
  return indent(
    paintWrapped([{ text: line.slice(name.length), roles: ["text"] }], narrow(canvas, name.length)),
    canvas.theme.dim(name),
    " ".repeat(name.length)
  )
}

const describeTurn = ({ seconds, spending }: Extract<Item, { readonly type: "turn" }>): string =>
  [
    "─",
    [
      ...(formatDuration(seconds) === "" ? [] : [formatDuration(seconds)]),
      ...describeSpending(spending)
    ].join(" · ")
  ].join(" ")

const describeSpending = (spending: Spending.Spending): ReadonlyArray<string> => {
  const total = Usage.total(spending.usage)
  if (total === 0 && !Spending.isKnown(spending)) return ["tokens and cost not reported"]
  return [`${formatTokens(total)} tokens`, Spending.isKnown(spending) ? Spending.describe(spending) : "cost unknown"]
}

/** The output that is shown below the call: of commands, and of all calls that failed. */
const shownOutput = ({ name, outcome, output, summary }: ToolItem): string => {
  if (outcome !== "failed" && (outcome !== "ok" || name !== "bash")) return ""
  // The output tells the model how to use the task.
  const [, task] = outcome === "ok" ? /^background task (\S+)$/.exec(summary) ?? [] : []
  if (task !== undefined) return `Running in the background as ${task}. /tasks shows it.`
  // The line of the call ends with the summary.
  const end = `(${summary})`
  const text = output.endsWith(end) ? output.slice(0, -end.length).trimEnd() : output.trimEnd()
  return ["(no output)", summary].includes(text.trim()) ? "" : text
}

const signs: Readonly<Record<Outcome, { readonly sign: string; readonly role: Role; readonly word: string }>> = {
  ok: { sign: "✓", role: "added", word: "" },
  failed: { sign: "✗", role: "error", word: "failed" },
  denied: { sign: "⊘", role: "warning", word: "" },
  interrupted: { sign: "■", role: "warning", word: "interrupted" }
}

const renderTool = (item: ToolItem, canvas: Canvas): Lines => {
  const output = shownOutput(item)
  const lines = [
    toolLine(item, canvas),
    ...(output === "" ? [] : renderTail(output, canvas, item.outcome === "ok" ? "dim" : "text"))
  ]
  if (item.diff === undefined || item.outcome !== "ok") return lines
  const [, ...changes] = Diff.render(item.diff, narrow(canvas, 2))
  return [...lines, ...foldLines(changes, maxDiffLines, canvas)]
}

export const toolLine = (item: Omit<ToolItem, "type">, canvas: Canvas): string => {
  const { role, sign, word } = signs[item.outcome]
  const end = [word, clean(item.summary), formatDuration(item.seconds)].filter((text) => text !== "").join(" · ")
  return callLine({ sign, role, name: item.name, title: item.title, end }, canvas)
}

/** If the line is too long, the title is truncated, but not below a third: the outcome at its end matters more. */
export const callLine = (
  call: {
    readonly sign: string
    readonly role: Role
    readonly name: string
    readonly title: string
    readonly end: string
  },
  canvas: Canvas
): string => {
  const name = ` ${clean(call.name)} `
  const end = call.end === "" ? "" : ` · ${call.end}`
  const title = clean(call.title).replaceAll("\n", " ")
  const room = canvas.width - measureWidth(call.sign) - measureWidth(name)
  const least = Math.min(measureWidth(title), Math.max(6, Math.floor(room / 3)))
  return paintLine([
    { text: call.sign, roles: [call.role] },
    { text: name, roles: ["strong"] },
    { text: truncate(title, Math.max(least, room - measureWidth(end))), roles: ["text"] },
    { text: end, roles: ["dim"] }
  ], canvas)
}

const foldLines = (lines: Lines, max: number, canvas: Canvas): Lines => {
  const more = lines.length - max
  const shown = indent(more > 1 ? lines.slice(0, max) : lines, "  ")
  return more > 1 ? [...shown, canvas.theme.dim(`  … ${more} more lines${showHint(canvas)}`)] : shown
}

export const reasoningLine = (seconds: number | undefined, canvas: Canvas): string => {
  const time = formatDuration(seconds)
  const text = time === "" ? "thought for a moment" : `thought for ${time}`
  return paintLine([{ text: `∴ ${text}${showHint(canvas)}`, roles: ["dim"] }], canvas)
}

const levels: Readonly<Record<"info" | "warning" | "error", readonly [sign: string, role: Role]>> = {
  info: ["·", "dim"],
  warning: ["!", "warning"],
  error: ["✗", "error"]
}

const renderNotice = (item: Extract<Item, { readonly type: "notice" }>, canvas: Canvas): Lines => {
  const [sign, role] = levels[item.level]
  const inner = narrow(canvas, 2)
  return [
    ...indent(
      clean(item.text).split("\n").flatMap((line) => paintWrapped([{ text: line, roles: [role] }], inner)),
      `${canvas.theme[role](sign)} `,
      "  "
    ),
    ...(item.hint === undefined || item.hint === ""
      ? []
      : indent(
        clean(item.hint).split("\n").flatMap((line) => paintWrapped([{ text: line, roles: ["dim"] }], inner)),
        "  "
      ))
  ]
}
