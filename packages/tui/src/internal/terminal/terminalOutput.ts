// Ink draws on a Node stream.
import { Writable } from "node:stream"
import type { WriteStream } from "node:tty"
import type { QuestionFrame } from "../questions/shownQuestion.ts"

/**
 * The terminal as Ink sees it, with infinitely many rows: Ink clears the scrollback as well once its output has as many rows as the terminal.
 * The view limits its own output to fewer rows than the terminal has.
 */
export class TerminalOutput extends Writable {
  readonly isTTY = true
  readonly rows = Number.POSITIVE_INFINITY
  columns: number
  /** While another program uses the terminal, nothing is written. */
  isMuted = false
  /** The question in the frame that is written next. */
  question: QuestionFrame | undefined
  /** Called once a frame with a question is on the terminal. */
  onQuestionWritten: (question: QuestionFrame) => void = () => undefined
  readonly #terminal: WriteStream

  constructor(terminal: WriteStream) {
    super({ decodeStrings: false })
    this.#terminal = terminal
    this.columns = terminal.columns
  }

  override _write(chunk: string, encoding: BufferEncoding, done: () => void): void {
    if (this.isMuted) return done()
    const { question } = this
    this.#terminal.write(chunk, encoding, (error) => {
      // Ink does not learn that the terminal has disappeared; its other listeners do.
      done()
      if (question !== undefined && !error) this.onQuestionWritten(question)
    })
  }

  /** Makes Ink forget its last frame and draw at the current width of the terminal. */
  forget(): void {
    const { columns } = this.#terminal
    // Ink clears its last frame when the width shrinks.
    this.columns = Math.max(1, Math.min(this.columns, columns) - 1)
    this.emit("resize")
    this.columns = columns
    this.emit("resize")
  }
}
