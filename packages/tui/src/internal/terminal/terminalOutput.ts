import type { WriteStream } from "node:tty"
import { minColumnsForPosition, queryPosition } from "../input/terminalReports.ts"
import * as Frame from "./frame.ts"
import * as Resize from "./resize.ts"

/** Draws frames on a terminal. */
export class TerminalOutput {
  /** While another program uses the terminal, nothing is drawn. */
  isMuted = false
  /** What the terminal does with long lines when it gets narrower. */
  longLines: Resize.LongLines = "wrap"
  /** It has been asked where its cursor is. */
  isAwaitingPosition = false
  #shown = Frame.empty
  #countLost: Resize.Erasure["countLost"] | undefined
  #row: number | undefined
  /** For which the lines were drawn. */
  #size: Resize.Size
  readonly #terminal: WriteStream

  constructor(terminal: WriteStream) {
    this.#terminal = terminal
    this.#size = this.size
  }

  /** 80 × 24 if the terminal does not report it. */
  get size(): Resize.Size {
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 }
  }

  /** Calls `onDrawn` once the terminal shows the frame. */
  draw(frame: Frame.Frame, onDrawn?: () => void): void {
    if (this.isMuted) return
    this.#size = this.size
    const { output, shown } = Frame.encode(this.#shown, frame, this.#size.rows)
    this.#shown = shown
    if (output === "" && onDrawn === undefined) return
    this.#terminal.write(output, (error) => {
      // The terminal has disappeared: its other listeners handle that.
      if (!error) onDrawn?.()
    })
  }

  /** Erases what is shown, also after the size has changed. */
  erase(): void {
    if (this.isMuted || this.#shown === Frame.empty) return
    const before = this.#size
    this.#size = this.size
    const { countLost, output } = Resize.erase(this.#shown, before, this.#size, this.longLines)
    this.forget()
    this.#countLost = countLost
    const isChanged = before.columns !== this.#size.columns || before.rows !== this.#size.rows
    this.isAwaitingPosition = isChanged && this.#size.columns >= minColumnsForPosition
    this.#terminal.write((this.isAwaitingPosition ? queryPosition : "") + output)
  }

  /** The terminal has answered where the cursor was when something was erased. */
  setErasedFrom(row: number): void {
    this.isAwaitingPosition = false
    this.#row = row
  }

  /** How many lines of what was erased last are still in the scrollback of the terminal; once. */
  takeLost(): number {
    // Without an answer: the lowest row, for which fewest lines are lost. Lines are rather repeated than missing.
    const lost = this.#countLost?.(this.#row ?? this.#size.rows - 1) ?? 0
    this.#countLost = undefined
    this.#row = undefined
    this.isAwaitingPosition = false
    return lost
  }

  /** The screen has been cleared, and the cursor is in its top left corner. */
  forget(): void {
    this.#shown = Frame.empty
  }
}
