import { type Canvas, indent, type Lines, narrow, paintLine, showHint } from "../terminal/canvas.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, expandTabs, paintPlainText } from "../terminal/themedText.ts"

/** How many lines of a command's output are shown below it; the pager shows all. */
export const maxTailLines = 10

/** The last lines of a finished output, and above them how many are hidden. */
export const renderTail = (output: string, canvas: Canvas, role: Role): Lines => {
  const lines = paintPlainText(output.trimEnd(), { ...narrow(canvas, 2), role })
  const hidden = lines.length - maxTailLines
  const shown = indent(hidden > 1 ? lines.slice(-maxTailLines) : lines, "  ")
  const note = { text: `  … ${hidden} lines above${showHint(canvas)}`, roles: ["dim"] } as const
  return hidden > 1 ? [paintLine([note], canvas), ...shown] : shown
}

/** The last lines of an output that is still written. Each takes one row, so that what is below moves little. */
export const renderLiveTail = (output: string, canvas: Canvas, rows: number): Lines =>
  output === "" || rows < 1 ?
    [] :
    output.split("\n").slice(-Math.min(rows, maxTailLines)).map((line) =>
      paintLine([{ text: `  ${expandTabs(clean(line))}`, roles: ["dim"] }], canvas)
    )
