import type { Outcome } from "@altimate-code/agent/TurnEvent"
import * as Markdown from "../markdown/markdown.ts"
import { continues } from "../markdown/markdownSplit.ts"
import { duration, indent, type Lines, type Look, narrower, oneLine, wrapped } from "../terminal/look.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, cut, plainLines, widthOf } from "../terminal/themedText.ts"
import * as Diff from "./diff.ts"
import type { Item, ToolItem } from "./item.ts"

/** More of a diff or an output is in the pager. */
const shownOfDiff = 20
const shownOfOutput = 12

/** The item's lines, with the blank line that sets it apart from the one before. */
export const render = (item: Item, before: Item | undefined, look: Look): Lines => {
  const lines = body(item, look)
  return before === undefined || lines.length === 0 || isTogether(item, before) ? lines : ["", ...lines]
}

const isTogether = (item: Item, before: Item): boolean =>
  (item.type === "tool" && before.type === "tool" && before.diff === undefined)
  || (item.type === "answer" && continues(item.markdown))
  || (item.type === "notice" && before.type === "notice")

const body = (item: Item, look: Look): Lines => {
  switch (item.type) {
    case "welcome":
      return [
        oneLine([{ text: "altimate-code ", roles: ["strong"] }, { text: item.version, roles: ["dim"] }], look),
        oneLine([{ text: clean(item.directory), roles: ["dim"] }], look),
        ...wrapped([{ text: "/help lists what you can do here.", roles: ["dim"] }], look)
      ]
    case "user":
      return indent(plainLines(item.text, { ...narrower(look, 2), role: "strong" }), look.theme.accent("› "), "  ")
    case "answer":
      return Markdown.render(item.markdown, look)
    case "reasoning":
      return [reasoningLine(item.seconds, look)]
    case "tool":
      return tool(item, look)
    case "shell":
      return [
        oneLine([
          { text: item.ok ? "✓ " : "✗ ", roles: [item.ok ? "added" : "error"] },
          { text: `! ${clean(item.command)}`, roles: ["strong"] },
          { text: ` · ${clean(item.end)}`, roles: ["dim"] }
        ], look),
        ...shortened(plainLines(item.output.trimEnd(), narrower(look, 2)), shownOfOutput, look)
      ]
    case "notice":
      return notice(item, look)
    case "lines":
      return [
        look.theme.heading(item.title),
        ...item.lines.flatMap((line) => indent(fact(clean(line), narrower(look, 2)), "  "))
      ]
  }
}

/** `name   what is said of it`; what needs more lines stays in its column. */
const fact = (line: string, look: Look): Lines => {
  const [name] = /^\S+ {2,}/.exec(line) ?? [""]
  if (look.width < name.length + 20) return wrapped([{ text: line, roles: ["text"] }], look)
  return indent(
    wrapped([{ text: line.slice(name.length), roles: ["text"] }], narrower(look, name.length)),
    look.theme.dim(name),
    " ".repeat(name.length)
  )
}

const signs: Readonly<Record<Outcome, { readonly sign: string; readonly role: Role; readonly word: string }>> = {
  ok: { sign: "✓", role: "added", word: "" },
  failed: { sign: "✗", role: "error", word: "failed" },
  denied: { sign: "⊘", role: "warning", word: "not allowed" },
  interrupted: { sign: "■", role: "warning", word: "interrupted" }
}

const tool = (item: ToolItem, look: Look): Lines => {
  const lines = [toolLine(item, look)]
  if (item.diff === undefined || item.outcome !== "ok") return lines
  const [, ...changes] = Diff.render(item.diff, narrower(look, 2))
  return [...lines, ...shortened(changes, shownOfDiff, look)]
}

/** One line: what it is, how it ended, what it was about. */
export const toolLine = (item: Omit<ToolItem, "type">, look: Look): string => {
  const { role, sign, word } = signs[item.outcome]
  const end = [word, clean(item.summary), duration(item.seconds)].filter((text) => text !== "").join(" · ")
  return callLine({ sign, role, name: item.name, title: item.title, end }, look)
}

/** The title is cut before the end is: how a call ended is more worth than all of its words. */
export const callLine = (
  call: {
    readonly sign: string
    readonly role: Role
    readonly name: string
    readonly title: string
    readonly end: string
  },
  look: Look
): string => {
  const name = ` ${clean(call.name)} `
  const end = call.end === "" ? "" : ` · ${call.end}`
  const room = Math.max(6, look.width - widthOf(call.sign) - widthOf(name) - widthOf(end))
  return oneLine([
    { text: call.sign, roles: [call.role] },
    { text: name, roles: ["strong"] },
    { text: cut(clean(call.title).replaceAll("\n", " "), room), roles: ["text"] },
    { text: end, roles: ["dim"] }
  ], look)
}

const shortened = (lines: Lines, most: number, look: Look): Lines => {
  const more = lines.length - most
  const shown = indent(more > 1 ? lines.slice(0, most) : lines, "  ")
  return more > 1 ? [...shown, look.theme.dim(`  … ${more} more lines · ctrl-o opens`)] : shown
}

export const reasoningLine = (seconds: number | undefined, look: Look): string => {
  const time = duration(seconds)
  const text = time === "" ? "thought for a moment" : `thought for ${time}`
  return oneLine([{ text: `∴ ${text} · ctrl-o opens`, roles: ["dim"] }], look)
}

const levels: Readonly<Record<"info" | "warning" | "error", readonly [sign: string, role: Role]>> = {
  info: ["·", "dim"],
  warning: ["!", "warning"],
  error: ["✗", "error"]
}

const notice = (item: Extract<Item, { readonly type: "notice" }>, look: Look): Lines => {
  const [sign, role] = levels[item.level]
  const inner = narrower(look, 2)
  return [
    ...indent(
      clean(item.text).split("\n").flatMap((line) => wrapped([{ text: line, roles: [role] }], inner)),
      `${look.theme[role](sign)} `,
      "  "
    ),
    ...(item.hint === undefined || item.hint === ""
      ? []
      : indent(
        clean(item.hint).split("\n").flatMap((line) => wrapped([{ text: line, roles: ["dim"] }], inner)),
        "  "
      ))
  ]
}
