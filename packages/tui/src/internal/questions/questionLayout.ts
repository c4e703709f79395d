import type { Question } from "@altimate-code/agent/permission/Approver"
import * as Keymap from "../input/keymap.ts"
import { type Canvas, drawRule, indent, type Lines, narrow, paintLine, paintWrapped } from "../terminal/canvas.ts"
import type { Role } from "../terminal/theme.ts"
import {
  clean,
  type Line,
  measureWidth,
  paint,
  paintPlainText,
  reveal,
  truncate,
  wrap
} from "../terminal/themedText.ts"
import * as Diff from "../transcript/diff.ts"

export type ChoiceKey = "y" | "s" | "a" | "d" | "n" | "e"

export interface Choice {
  readonly key: ChoiceKey
  readonly label: string
  /** The label if all choices share one line. */
  readonly short: string
}

const once: Choice = { key: "y", label: "Yes, once", short: "yes" }
const session: Choice = { key: "s", label: "Yes, for this session, also after it is resumed", short: "session" }
const trust: Choice = { ...once, label: "Yes, trust it until it changes" }
/** A pattern with an absolute path means one place, any other the same thing everywhere. */
const alwaysFor = ({ patterns }: Question): Choice => ({
  key: "a",
  label: patterns.every(({ pattern }) => pattern.startsWith("/"))
    ? "Yes, always (saved in your configuration)"
    : "Yes, always, in all projects (saved in your configuration)",
  short: "always"
})
const allEdits = ({ keymap = Keymap.defaults }: Canvas): Choice => {
  const key = Keymap.labelOfMode(keymap)
  return {
    key: "d",
    label: `Yes, and all edits in this session${key === undefined ? "" : ` (${key})`}`,
    short: "all edits"
  }
}
const no: Choice = { key: "n", label: "No", short: "no" }
const reason: Choice = { key: "e", label: "No, and tell the model why", short: "why" }

/** Questions of the program itself: no model gets the answer. */
const programQuestions = ["project command", "fallback"]

/** The parts around the content, and the room for the content. */
export interface Layout {
  readonly head: Lines
  /** How many lines of the content are visible at once. */
  readonly room: number
  /** Not all of the content is visible: a line below it shows which part is. */
  readonly isPaged: boolean
  readonly below: Lines
  /** "Always" is offered only if the patterns that it would allow are visible. */
  readonly choices: ReadonlyArray<Choice>
  /** Each choice has its own line. */
  readonly isList: boolean
}

const subjects: Readonly<Record<string, string>> = {
  fallback: "other model",
  "project command": "project command",
  bash: "command",
  edit: "edit",
  write: "edit",
  read: "read",
  glob: "search",
  grep: "search"
}

/** What the question is about, as in "Allow this command?". */
export const nameSubject = ({ tool }: Question): string => subjects[tool] ?? "tool call"

/** Exactly what will run or change. */
export const renderContent = ({ action, tool }: Question, canvas: Canvas): Lines => {
  const inner = narrow(canvas, 2)
  const exact = (text: string, role: "strong" | "text"): Lines => paintPlainText(reveal(text), { ...inner, role })
  switch (action.preview?.type) {
    case "diff":
      return indent(Diff.render(action.preview.text, inner), "  ")
    case "command":
      return indent(exact(action.preview.text, "strong"), "  ")
    case "json":
      return indent([...exact(tool, "strong"), ...exact(action.preview.text, "text")], "  ")
    case undefined: {
      const locations = new Set(
        action.parts.map(({ subject }) => subject).filter((subject) => subject !== action.title)
      )
      return indent([
        ...exact(action.title, "strong"),
        ...[...locations].flatMap((location) => exact(`in ${location}`, "text"))
      ], "  ")
    }
  }
}

type Part = "reason" | "space" | "list" | "purpose" | "patterns"

/** Content that does not fit gets at least this many rows. */
const minRoom = 3

/** From roomy to cramped: the parts that are shown, and the rows that the content needs for that. */
const levels: ReadonlyArray<{ readonly parts: ReadonlyArray<Part>; readonly minRoom: number }> = [
  { parts: ["reason", "space", "list", "purpose", "patterns"], minRoom: 6 },
  { parts: ["space", "list", "purpose", "patterns"], minRoom: 6 },
  { parts: ["list", "purpose", "patterns"], minRoom: 6 },
  { parts: ["purpose", "patterns"], minRoom },
  { parts: ["patterns"], minRoom },
  { parts: [], minRoom }
]

/** `total`: how many lines the content has. Undefined if what the user must see does not fit. */
export const layOut = (question: Question, total: number, canvas: Canvas, rows: number): Layout | undefined => {
  const texts: Texts = {
    allEdits: question.isAcceptableEdit ? [allEdits(canvas)] : [],
    always: [session, alwaysFor(question)],
    head: renderHead(question, canvas),
    no: programQuestions.includes(question.tool) ? [no] : [no, reason],
    patterns: renderPatterns(question, canvas),
    purpose: renderPurpose(question, canvas),
    reason: renderReason(question, canvas),
    yes: question.tool === "project command" ? trust : once
  }
  const layouts = levels.flatMap(({ minRoom, parts }) => {
    const layout = arrange(texts, total, canvas, rows, parts)
    return layout !== undefined && layout.room >= Math.min(total, minRoom) ? [{ parts, layout }] : []
  })
  // Showing all of the content is preferred to showing each choice on its own line.
  const whole = layouts.find(({ layout, parts }) => !layout.isPaged && parts.includes("purpose"))
  return (whole ?? layouts[0])?.layout
}

interface Texts {
  readonly always: ReadonlyArray<Choice>
  readonly allEdits: ReadonlyArray<Choice>
  readonly head: Lines
  readonly no: ReadonlyArray<Choice>
  readonly patterns: Lines
  readonly purpose: Lines
  readonly reason: Lines
  readonly yes: Choice
}

const arrange = (
  texts: Texts,
  total: number,
  canvas: Canvas,
  rows: number,
  parts: ReadonlyArray<Part>
): Layout | undefined => {
  const { allEdits, always, head, no, yes } = texts
  const isList = parts.includes("list")
  const patterns = parts.includes("patterns") ? texts.patterns : []
  const all = [yes, ...(patterns.length === 0 ? [] : always), ...allEdits, ...no]
  const choices = isList
    ? all
    : [all, [yes, ...allEdits, ...no]].find((some) => measureWidth(joinChoices(some)) <= canvas.width) ?? [yes, ...no]
  if (canvas.width < (isList ? choiceMargin + 1 : measureWidth(joinChoices(choices)))) return undefined
  const about = [
    ...(parts.includes("purpose") ? texts.purpose : []),
    ...(parts.includes("reason") ? texts.reason : []),
    ...(choices.length === all.length ? patterns : [])
  ]
  const below = parts.includes("space") ? ["", ...about, ...(about.length > 0 ? [""] : [])] : about
  const options = isList ? choices.flatMap((choice) => renderChoice(choice, canvas, "text")).length : 1
  const left = rows - head.length - below.length - options
  const isPaged = total > left
  return { head, room: isPaged ? left - 1 : total, isPaged, below, choices, isList }
}

export const renderHead = (question: Question, canvas: Canvas): Lines => {
  const where = question.action.isInBackground ? " in the background, without a time limit" : ""
  const text = `Allow this ${nameSubject(question)}${where}?`
  return measureWidth(text) + 4 > canvas.width
    ? paintWrapped([{ text, roles: ["strong"] }], canvas)
    : [drawRule(canvas, text)]
}

/** All choices on one line, each after a blank for the mark of the selected choice. */
export const joinChoices = (choices: ReadonlyArray<Choice>): string =>
  choices.map(({ key, short }) => ` ${key} ${short}`).join(" ")

/** The columns before the label of a choice on its own lines: its mark, its number, its key and spaces. */
export const choiceMargin = 7

/** The label of a choice on its own lines, without what precedes it. */
export const renderChoice = ({ label }: Choice, canvas: Canvas, role: Role): Lines =>
  paintWrapped([{ text: label, roles: [role] }], narrow(canvas, choiceMargin))

const renderPatterns = ({ patterns }: Question, canvas: Canvas): Lines =>
  patterns.length === 0 ? [] : paintWrapped([
    { text: "\"Always\" would allow: ", roles: ["dim"] },
    { text: reveal(patterns.map(({ pattern, permission }) => `${permission} ${pattern}`).join(", ")), roles: ["text"] }
  ], canvas)

const renderReason = ({ because }: Question, canvas: Canvas): Lines =>
  paintTwoLines([{ text: `Asking because ${clean(because)}`, roles: ["dim"] }], canvas)

/** The model's description is marked as such, and never replaces the content. */
const renderPurpose = ({ action }: Question, canvas: Canvas): Lines => {
  const purpose = clean(action.purpose ?? "").replace(/\s+/g, " ").trim()
  return purpose === "" ? [] : paintTwoLines([
    { text: "Purpose (by the model): ", roles: ["dim"] },
    { text: truncate(purpose, 2 * canvas.width), roles: ["emphasis"] }
  ], canvas)
}

/** Wrapped to at most two lines, truncated with `…`. */
const paintTwoLines = (line: Line, canvas: Canvas): Lines => {
  const [first = [], ...rest] = wrap(line, canvas.width, "words")
  if (rest.length === 0) return [paint(first, canvas.theme)]
  const second = rest.map((row) => row.map(({ text }) => text).join("")).join(" ")
  return [paint(first, canvas.theme), paintLine([{ text: second, roles: line.at(-1)?.roles ?? [] }], canvas)]
}
