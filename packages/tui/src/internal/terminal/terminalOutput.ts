// Ink draws on a Node stream.
import { Writable } from "node:stream"
import type { WriteStream } from "node:tty"
import type { View } from "../screen/view.ts"

/**
 * What Ink draws on: the terminal, seen through a window that never says how high it is. Ink clears the screen together
 * with its scrollback when it believes that it has drawn over the whole height; here that is never so, and whoever draws
 * keeps the live part lower than the screen.
 */
export class TerminalOutput extends Writable {
  readonly isTTY = true
  readonly rows = Number.POSITIVE_INFINITY
  columns: number
  /** Another program has the terminal. */
  muted = false
  /** What the frame that is written next shows of a question. */
  shown: View["shown"]
  /** A frame is on the terminal. */
  onWritten: (shown: NonNullable<View["shown"]>) => void = () => undefined
  readonly #terminal: WriteStream

  constructor(terminal: WriteStream) {
    super({ decodeStrings: false })
    this.#terminal = terminal
    this.columns = terminal.columns
  }

  override _write(chunk: string, encoding: BufferEncoding, done: () => void): void {
    if (this.muted) return done()
    const { shown } = this
    this.#terminal.write(chunk, encoding, (error) => {
      // A terminal that is gone is told to whoever listens to it, not to Ink.
      done()
      if (shown !== undefined && !error) this.onWritten(shown)
    })
  }

  /** Ink forgets what it has drawn, and draws at the terminal's width. */
  forget(): void {
    const { columns } = this.#terminal
    // Ink clears what it knows of when the width shrinks.
    this.columns = Math.max(1, Math.min(this.columns, columns) - 1)
    this.emit("resize")
    this.columns = columns
    this.emit("resize")
  }
}
