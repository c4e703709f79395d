import type { WriteStream } from "node:tty"
import * as Frame from "./frame.ts"

/** Draws frames on a terminal. */
export class TerminalOutput {
  /** While another program uses the terminal, nothing is drawn. */
  isMuted = false
  #shown = Frame.empty
  readonly #terminal: WriteStream

  constructor(terminal: WriteStream) {
    this.#terminal = terminal
  }

  /** Calls `onDrawn` once the terminal shows the frame. */
  draw(frame: Frame.Frame, onDrawn?: () => void): void {
    if (this.isMuted) return
    const { output, shown } = Frame.encode(this.#shown, frame, this.#terminal.rows || 24)
    this.#shown = shown
    if (output === "" && onDrawn === undefined) return
    this.#terminal.write(output, (error) => {
      // The terminal has disappeared: its other listeners handle that.
      if (!error) onDrawn?.()
    })
  }

  /** The screen has been cleared, and the cursor is in its top left corner. */
  forget(): void {
    this.#shown = Frame.empty
  }
}
