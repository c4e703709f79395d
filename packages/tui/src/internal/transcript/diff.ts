import type { Canvas } from "../terminal/canvas.ts"
import type { Role, Theme } from "../terminal/theme.ts"
import { expandTabs, type Line, measureWidth, paint, reveal, wrap } from "../terminal/themedText.ts"
import { markWords, type Row, styleCode } from "./diffStyles.ts"

/**
 * Renders a unified diff with file names and line numbers. Nothing of a change is hidden: long lines are wrapped, and control characters
 * are made visible. Lines that are not part of a diff are shown unchanged. Colors only repeat what the signs say.
 */
export const render = (unified: string, canvas: Canvas): ReadonlyArray<string> => {
  const { theme, width } = canvas
  const rows = styleRows(parse(unified).map((row) => ({ ...row, text: makeVisible(row.text) })), canvas)
  const digits = Math.max(...rows.map(({ number }) => String(number ?? "").length), 1)
  return rows.flatMap((row) => layOut(row, digits, width)).map((line) => paint(line, theme))
}

// In a file with Windows line ends, every line ends in \r: it is not a change.
const makeVisible = (text: string): string => expandTabs(reveal(text.replace(/\r$/, "")))

interface StyledRow extends Row {
  readonly spans: Line
}

const styleRows = (rows: ReadonlyArray<Row>, canvas: Canvas): ReadonlyArray<StyledRow> => {
  if (!canvas.theme.colors) return rows.map((row) => ({ ...row, spans: [{ text: row.text, roles: [] }] }))
  const code = styleCode(rows, canvas.highlighter)
  const words = markWords(rows)
  return rows.map((row, index) => ({
    ...row,
    spans: combineStyles(row, code.get(index), words.get(index), canvas.theme)
  }))
}

/** The spans of the row, with the roles of its code and of its changed words. */
const combineStyles = (
  row: Row,
  code: Line | undefined,
  changed: ReadonlySet<number> | undefined,
  theme: Theme
): Line => {
  if (row.kind !== "added" && row.kind !== "removed") {
    return code ?? [{ text: row.text, roles: [styles[row.kind].role] }]
  }
  const { kind } = row
  const spans = theme.highlightsChanges && code !== undefined
    ? code
    : [{ text: row.text, roles: theme.highlightsChanges ? [kind] : [] } as const]
  let at = 0
  return spans.flatMap(({ roles, text }) => {
    const pieces: Array<{ text: string; readonly isChanged: boolean }> = []
    for (const unit of text.split("")) {
      const isChanged = changed?.has(at++) === true
      const last = pieces.at(-1)
      if (last?.isChanged === isChanged) last.text += unit
      else pieces.push({ text: unit, isChanged })
    }
    return pieces.map(({ isChanged, text }) => ({
      text,
      roles: [...roles, `${kind}${isChanged ? "Word" : "Line"}`] as const
    }))
  })
}

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/

/** Counts the lines of a hunk by its header, because a removed line may itself start with `-- `. */
const parse = (unified: string): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  let before = 0
  let after = 0
  let beforeLeft = 0
  let afterLeft = 0
  let hunks = 0
  let oldName = ""
  for (const line of unified.replace(/\n$/, "").split("\n")) {
    const text = line.slice(1)
    if (line.startsWith("\\")) rows.push({ kind: "note", text: text.trim() })
    else if (beforeLeft > 0 && line.startsWith("-")) {
      rows.push({ kind: "removed", number: before++, text })
      beforeLeft--
    } else if (afterLeft > 0 && line.startsWith("+")) {
      rows.push({ kind: "added", number: after++, text })
      afterLeft--
    } else if (beforeLeft > 0 && afterLeft > 0 && (line.startsWith(" ") || line === "")) {
      rows.push({ kind: "context", number: after++, text })
      before++
      beforeLeft--
      afterLeft--
    } else {
      beforeLeft = 0
      afterLeft = 0
      const header = hunkHeader.exec(line)
      if (header !== null) {
        before = Number(header[1])
        beforeLeft = Number(header[2] ?? 1)
        after = Number(header[3])
        afterLeft = Number(header[4] ?? 1)
        if (hunks++ > 0) rows.push({ kind: "gap", text: header[5] ?? "" })
      } else if (line.startsWith("--- ")) oldName = nameOf(line)
      else if (line.startsWith("+++ ")) {
        hunks = 0
        const name = nameOf(line)
        rows.push({ kind: "file", text: title(oldName, name) })
      } else if (!/^(?:diff |index |={3,}$|Index: )/.test(line)) rows.push({ kind: "note", text: line })
    }
  }
  return rows
}

/** The name without a timestamp after a tab, and without git's `a/` and `b/`. */
const nameOf = (line: string): string => (line.slice(4).split("\t")[0] ?? "").replace(/^[ab]\//, "")

const title = (before: string, after: string): string => {
  if (before === "/dev/null") return `${after} (new)`
  if (after === "/dev/null") return `${before} (deleted)`
  return before === after || before === "" ? after : `${before} → ${after}`
}

const styles: Readonly<Record<Row["kind"], { readonly sign: string; readonly role: Role }>> = {
  file: { sign: "", role: "strong" },
  gap: { sign: "", role: "dim" },
  note: { sign: "", role: "dim" },
  added: { sign: "+ ", role: "added" },
  removed: { sign: "- ", role: "removed" },
  context: { sign: "  ", role: "text" }
}

const layOut = (row: StyledRow, digits: number, width: number): ReadonlyArray<Line> => {
  const { role, sign } = styles[row.kind]
  const { spans, text } = row
  if (row.kind === "gap") return wrap([{ text: `⋯ ${text}`.trimEnd(), roles: [role] }], width, "anywhere")
  if (row.number === undefined) return wrap([{ text, roles: [role] }], width, "anywhere")
  const number = `${String(row.number).padStart(digits)} `
  // On a very narrow canvas, the line numbers are left out.
  const margin = width - measureWidth(number + sign) >= 10 ? number : ""
  return wrap(spans, Math.max(1, width - measureWidth(margin + sign)), "anywhere")
    .map((line, index): Line => [
      // The rest of a wrapped line has neither a number nor a sign.
      { text: index === 0 ? margin : " ".repeat(margin.length), roles: ["dim"] },
      { text: index === 0 ? sign : " ".repeat(sign.length), roles: [role] },
      ...line
    ])
}
