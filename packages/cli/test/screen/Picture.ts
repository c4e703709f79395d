/** A terminal emulator's screen as an SVG: cell by cell, in the colours that it has. */
import type xterm from "@xterm/headless"

const cell = { width: 8.4, height: 18 }
const margin = 14
const background = "#1b1d23"
const foreground = "#d7dae0"

/** The first sixteen; the others follow from their number, as xterm has them. */
const palette = [
  "#2a2d35",
  "#e06c75",
  "#98c379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#c8ccd4",
  "#7f848e",
  "#ef8891",
  "#b5d99c",
  "#f0d399",
  "#8cc5f5",
  "#d9a1e8",
  "#7fd0da",
  "#ffffff"
]

const hex = (...parts: ReadonlyArray<number>) => `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`

const indexed = (index: number): string => {
  if (index < 16) return palette[index]!
  if (index > 231) return hex(...Array.from({ length: 3 }, () => (index - 232) * 10 + 8))
  const step = (value: number) => value === 0 ? 0 : value * 40 + 55
  return hex(step(Math.floor((index - 16) / 36)), step(Math.floor((index - 16) / 6) % 6), step((index - 16) % 6))
}

const color = (isDefault: boolean, isPalette: boolean, value: number, otherwise: string) =>
  isDefault ? otherwise : isPalette ? indexed(value) : hex(value >> 16 & 255, value >> 8 & 255, value & 255)

interface Run {
  readonly column: number
  readonly style: string
  readonly fill: string
  text: string
  width: number
}

const escaped = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)

const line = (buffer: xterm.IBuffer, row: number, columns: number): Array<Run> => {
  const runs: Array<Run> = []
  const found = buffer.getLine(row)
  for (let column = 0; column < columns; column++) {
    const at = found?.getCell(column)
    if (at === undefined || at.getWidth() === 0) continue
    const inverse = at.isInverse() !== 0
    const front = color(at.isFgDefault(), at.isFgPalette(), at.getFgColor(), foreground)
    const back = color(at.isBgDefault(), at.isBgPalette(), at.getBgColor(), background)
    const fill = inverse ? front : back
    const style = [
      `fill="${inverse ? back : front}"`,
      ...(at.isBold() ? ["font-weight=\"bold\""] : []),
      ...(at.isItalic() ? ["font-style=\"italic\""] : []),
      ...(at.isUnderline() ? ["text-decoration=\"underline\""] : []),
      ...(at.isStrikethrough() ? ["text-decoration=\"line-through\""] : []),
      ...(at.isDim() ? ["opacity=\"0.6\""] : [])
    ].join(" ")
    const last = runs.at(-1)
    const text = at.getChars() || " "
    if (last !== undefined && last.style === style && last.fill === fill) {
      last.text += text
      last.width += at.getWidth()
    } else {
      runs.push({ column, style, fill, text, width: at.getWidth() })
    }
  }
  return runs
}

/** What the emulator shows now: all rows, or `count` rows from the row `from`. */
export const svg = (
  emulator: xterm.Terminal,
  title: string,
  { count, from }: { readonly from: number; readonly count: number } = { from: 0, count: emulator.rows }
): string => {
  const buffer = emulator.buffer.active
  const width = emulator.cols * cell.width + 2 * margin
  const height = count * cell.height + 2 * margin
  const rows = Array.from({ length: count }, (_, row) => line(buffer, buffer.baseY + from + row, emulator.cols))
  const shapes = rows.flatMap((runs, row) =>
    runs.flatMap(({ column, fill, style, text, width }) => {
      const x = (margin + column * cell.width).toFixed(1)
      const y = margin + row * cell.height
      const length = (width * cell.width).toFixed(1)
      return [
        ...(fill === background
          ? []
          : [`<rect x="${x}" y="${y}" width="${length}" height="${cell.height}" fill="${fill}"/>`]),
        ...(text.trim() === ""
          ? []
          : [`<text x="${x}" y="${y + 13}" textLength="${length}" ${style}>${escaped(text)}</text>`])
      ]
    })
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" width="${width.toFixed(0)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">`,
    ...shapes,
    "</g>",
    "</svg>",
    ""
  ].join("\n")
}
