import type { Role, Theme } from "../terminal/theme.ts"
import { expandTabs, type Line, paint, reveal, widthOf, wrap } from "../terminal/themedText.ts"

/**
 * A unified diff as lines for the terminal: the file's name, then line numbers, signs and texts, hunks apart. Long lines
 * are wrapped, and control characters are made visible: nothing of a change is hidden. What is no diff is shown as it is.
 */
export const render = (
  unified: string,
  options: { readonly width: number; readonly theme: Theme }
): ReadonlyArray<string> => {
  const rows = parse(unified)
  const digits = Math.max(...rows.map(({ number }) => String(number ?? "").length), 1)
  return rows.flatMap((row) => layOut(row, digits, options.width)).map((line) => paint(line, options.theme))
}

interface Row {
  readonly kind: "file" | "gap" | "added" | "removed" | "context" | "note"
  readonly number?: number
  readonly text: string
}

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/

/** Lines are counted as the hunk's header says: a removed line may itself begin with `-- `. */
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

/** Without a time after a tab, and without git's `a/` and `b/`. */
const nameOf = (line: string): string => (line.slice(4).split("\t")[0] ?? "").replace(/^[ab]\//, "")

const title = (before: string, after: string): string => {
  if (before === "/dev/null") return `${after} (new)`
  if (after === "/dev/null") return `${before} (deleted)`
  return before === after || before === "" ? after : `${before} → ${after}`
}

const looks: Readonly<Record<Row["kind"], { readonly sign: string; readonly role: Role }>> = {
  file: { sign: "", role: "strong" },
  gap: { sign: "", role: "dim" },
  note: { sign: "", role: "dim" },
  added: { sign: "+ ", role: "added" },
  removed: { sign: "- ", role: "removed" },
  context: { sign: "  ", role: "text" }
}

const layOut = (row: Row, digits: number, width: number): ReadonlyArray<Line> => {
  const { role, sign } = looks[row.kind]
  // A line end of Windows is there in every line of such a file, and no difference by itself.
  const text = expandTabs(reveal(row.text.replace(/\r$/, "")))
  if (row.kind === "gap") return wrap([{ text: `⋯ ${text}`.trimEnd(), roles: [role] }], width, "anywhere")
  if (row.number === undefined) return wrap([{ text, roles: [role] }], width, "anywhere")
  const number = `${String(row.number).padStart(digits)} `
  // In a very narrow place the numbers give way to the text.
  const margin = width - widthOf(number + sign) >= 10 ? number : ""
  return wrap([{ text, roles: [role] }], Math.max(1, width - widthOf(margin + sign)), "anywhere")
    .map((line, index): Line => [
      // What goes on has neither number nor sign: it is not another line.
      { text: index === 0 ? margin : " ".repeat(margin.length), roles: ["dim"] },
      { text: index === 0 ? sign : " ".repeat(sign.length), roles: [role] },
      ...line
    ])
}
