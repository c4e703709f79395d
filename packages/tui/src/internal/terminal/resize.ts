import { stripVTControlCharacters } from "node:util"
import { eraseBelow, type Shown } from "./frame.ts"
import { measureWidth } from "./themedText.ts"

/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/**
 * What a terminal does with lines that are too long for its new width:
 *
 * - `wrap`: it wraps them, and the cursor stays at its character (VTE, kitty, tmux, iTerm2 and most others)
 * - `wrap-and-drift`: it wraps them, and moves the cursor down by the new rows below it as well (xterm.js)
 * - `cut`: it hides the rest of them (xterm, the console of Linux, GNU screen)
 */
export type LongLines = "wrap" | "wrap-and-drift" | "cut"

/** Programs whose terminal is xterm.js. */
const xtermJs = ["vscode", "Hyper", "Tabby"]

/** Guesses from environment variables, because few terminals can be asked. */
export const guessLongLines = (
  { sty, term, termProgram, tmux, xtermVersion }: {
    readonly term?: string | undefined
    readonly termProgram?: string | undefined
    /** Set in tmux. */
    readonly tmux?: string | undefined
    /** Set in GNU screen. */
    readonly sty?: string | undefined
    /** Set by xterm. */
    readonly xtermVersion?: string | undefined
  }
): LongLines => {
  if (tmux !== undefined) return "wrap"
  if (sty !== undefined || xtermVersion !== undefined || term === "linux") return "cut"
  return xtermJs.includes(termProgram ?? "") ? "wrap-and-drift" : "wrap"
}

export interface Erasure {
  readonly output: string
  /** How many lines the terminal has moved to its scrollback, where they can't be erased. `row`: of the cursor before, counted from 0. */
  readonly countLost: (row: number) => number
}

/** Erases what the terminal shows after its size has changed. */
export const erase = (
  { cursor, lines }: Shown,
  before: Size,
  { columns, rows }: Size,
  longLines: LongLines
): Erasure => {
  const rowsOf = (line: string): number =>
    longLines === "cut" ? 1 : Math.max(1, Math.ceil(measureWidth(stripVTControlCharacters(line)) / columns))
  const heights = lines.map(rowsOf)
  const fromCursor = [...heights.slice(cursor.row), 1]
  let above = heights.slice(0, cursor.row).reduce((sum, height) => sum + height, 0)
  // xterm.js leaves the cursor in the first row of its line.
  if (longLines === "wrap") above += Math.floor(cursor.column / columns)
  if (longLines === "wrap-and-drift") {
    // A terminal that gets shorter first removes rows below the cursor.
    const removed = Math.min(Math.max(0, before.rows - rows), fromCursor.length - 1)
    above += measureDrift(fromCursor.slice(0, fromCursor.length - removed))
  }
  return {
    output: `${above === 0 ? "" : `\x1b[${above}A`}\r${eraseBelow}`,
    countLost: (row) => {
      let hidden = above - row
      let lost = 0
      for (const height of heights) {
        if (hidden < height) break
        hidden -= height
        lost++
      }
      return lost
    }
  }
}

/**
 * By how many rows xterm.js moves the cursor too far, given the heights of its line and of those below. It wraps the last line first, and
 * leaves out the line of the cursor: it takes the one for it that is then in the cursor's row.
 * Source: `Buffer._reflowSmaller` of xterm.js 6.0.
 */
const measureDrift = (heights: ReadonlyArray<number>): number =>
  heights.reduceRight((drift, height, index) => index === drift ? drift : drift + height - 1, 0)
