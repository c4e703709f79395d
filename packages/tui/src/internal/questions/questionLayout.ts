import type { Question } from "@altimate-code/agent/Approver"
import { indent, type Lines, type Look, narrower, oneLine, rule, wrapped } from "../terminal/look.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, cut, type Line, paint, plainLines, reveal, widthOf, wrap } from "../terminal/themedText.ts"
import * as Diff from "../transcript/diff.ts"

export type Key = "y" | "s" | "a" | "n" | "e"

export interface Choice {
  readonly key: Key
  readonly label: string
  /** Where all choices are on one line. */
  readonly short: string
}

const yes: Choice = { key: "y", label: "Yes, once", short: "yes" }
const always: ReadonlyArray<Choice> = [
  { key: "s", label: "Yes, always in this session", short: "session" },
  { key: "a", label: "Yes, always: saved in your configuration", short: "always" }
]
const no: ReadonlyArray<Choice> = [
  { key: "n", label: "No", short: "no" },
  { key: "e", label: "No, and tell the model why", short: "why" }
]

/** What stands around the content, and how much of the content there is room for. */
export interface Layout {
  readonly head: Lines
  /** How many lines of the content are on the screen at once. */
  readonly room: number
  /** The content is longer: a line says which part of it is on the screen. */
  readonly isPaged: boolean
  readonly below: Lines
  /** Only what can be answered here: what "always" would allow is on the screen where it can be chosen. */
  readonly choices: ReadonlyArray<Choice>
  readonly isList: boolean
}

const subjects: Readonly<Record<string, string>> = {
  bash: "command",
  edit: "edit",
  write: "edit",
  read: "read",
  glob: "search",
  grep: "search"
}

/** What is asked about, in a word. */
export const subjectOf = ({ tool }: Question): string => subjects[tool] ?? "tool call"

/** Exactly what will run or change, in lines of at most the look's width. */
export const contentOf = ({ action, tool }: Question, look: Look): Lines => {
  const inner = narrower(look, 2)
  const exact = (text: string, role: "strong" | "text"): Lines => plainLines(reveal(text), { ...inner, role })
  switch (action.preview?.type) {
    case "diff":
      return indent(Diff.render(action.preview.text, inner), "  ")
    case "command":
      return indent(exact(action.preview.text, "strong"), "  ")
    case "json":
      return indent([...exact(tool, "strong"), ...exact(action.preview.text, "text")], "  ")
    case undefined: {
      const places = new Set(action.judged.map(({ subject }) => subject).filter((subject) => subject !== action.title))
      return indent([
        ...exact(action.title, "strong"),
        ...[...places].flatMap((place) => exact(`in ${place}`, "text"))
      ], "  ")
    }
  }
}

type Part = "reason" | "space" | "list" | "purpose" | "patterns"

/** The least of a longer content that is on the screen at once. */
const leastRoom = 3

/** What gives way, from top to bottom, until there is room for so many lines of the content. */
const levels: ReadonlyArray<{ readonly keeps: ReadonlyArray<Part>; readonly least: number }> = [
  { keeps: ["reason", "space", "list", "purpose", "patterns"], least: 6 },
  { keeps: ["space", "list", "purpose", "patterns"], least: 6 },
  { keeps: ["list", "purpose", "patterns"], least: 6 },
  { keeps: ["purpose", "patterns"], least: leastRoom },
  { keeps: ["patterns"], least: leastRoom },
  { keeps: [], least: leastRoom }
]

/** The layout in so many rows; none: there is no room for what has to be seen. `total`: the content's lines. */
export const layOut = (question: Question, total: number, look: Look, rows: number): Layout | undefined => {
  const parts: Parts = {
    head: headOf(question, look),
    patterns: patternsOf(question, look),
    purpose: purposeOf(question, look),
    reason: reasonOf(question, look)
  }
  const layouts = levels.flatMap(({ keeps, least }) => {
    const layout = arrange(parts, total, look, rows, keeps)
    return layout !== undefined && layout.room >= Math.min(total, least) ? [{ keeps, layout }] : []
  })
  // A list of the choices is not worth scrolling.
  const whole = layouts.find(({ keeps, layout }) => !layout.isPaged && keeps.includes("purpose"))
  return (whole ?? layouts[0])?.layout
}

interface Parts {
  readonly head: Lines
  readonly patterns: Lines
  readonly purpose: Lines
  readonly reason: Lines
}

const arrange = (
  parts: Parts,
  total: number,
  look: Look,
  rows: number,
  keeps: ReadonlyArray<Part>
): Layout | undefined => {
  const { head } = parts
  const isList = keeps.includes("list")
  const patterns = keeps.includes("patterns") ? parts.patterns : []
  const all = patterns.length === 0 ? [yes, ...no] : [yes, ...always, ...no]
  const choices = isList || widthOf(lineOf(all)) <= look.width ? all : [yes, ...no]
  if (!isList && widthOf(lineOf(choices)) > look.width) return undefined
  const about = [
    ...(keeps.includes("purpose") ? parts.purpose : []),
    ...(keeps.includes("reason") ? parts.reason : []),
    ...(choices.length === all.length ? patterns : [])
  ]
  const below = keeps.includes("space") ? ["", ...about, ...(about.length > 0 ? [""] : [])] : about
  const options = isList ? choices.flatMap((choice) => optionOf(choice, look, "text")).length : 1
  const left = rows - head.length - below.length - options
  const isPaged = total > left
  return { head, room: isPaged ? left - 1 : total, isPaged, below, choices, isList }
}

export const headOf = (question: Question, look: Look): Lines => {
  const text = `Allow this ${subjectOf(question)}?`
  return widthOf(text) + 4 > look.width ? wrapped([{ text, roles: ["strong"] }], look) : [rule(look, text)]
}

/** All choices on one line, each with a place for the mark of the selected one. */
export const lineOf = (choices: ReadonlyArray<Choice>): string =>
  choices.map(({ key, short }) => ` ${key} ${short}`).join(" ")

/** A choice on lines of its own, without its mark and its key. */
export const optionOf = ({ label }: Choice, look: Look, role: Role): Lines =>
  wrapped([{ text: label, roles: [role] }], narrower(look, 5))

const patternsOf = ({ patterns }: Question, look: Look): Lines =>
  patterns.length === 0 ? [] : wrapped([
    { text: "Always allows: ", roles: ["dim"] },
    { text: reveal(patterns.map(({ pattern, permission }) => `${permission} ${pattern}`).join(", ")), roles: ["text"] }
  ], look)

const reasonOf = ({ because }: Question, look: Look): Lines =>
  twoLines([{ text: `Why you are asked: ${clean(because)}`, roles: ["dim"] }], look)

/** The model's own words: marked as such, and beside what will run, never in its place. */
const purposeOf = ({ action }: Question, look: Look): Lines => {
  const purpose = clean(action.purpose ?? "").replace(/\s+/g, " ").trim()
  return purpose === "" ? [] : twoLines([
    { text: "Purpose (by the model): ", roles: ["dim"] },
    { text: cut(purpose, 2 * look.width), roles: ["emphasis"] }
  ], look)
}

/** The line on at most two lines; what is too long ends in `…`. */
const twoLines = (line: Line, look: Look): Lines => {
  const [first = [], ...rest] = wrap(line, look.width, "words")
  if (rest.length === 0) return [paint(first, look.theme)]
  const second = rest.map((row) => row.map(({ text }) => text).join("")).join(" ")
  return [paint(first, look.theme), oneLine([{ text: second, roles: line.at(-1)?.roles ?? [] }], look)]
}
