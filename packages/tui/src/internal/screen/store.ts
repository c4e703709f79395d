import type { Lines } from "../terminal/canvas.ts"
import type { Item } from "../transcript/item.ts"
import * as ItemView from "../transcript/itemView.ts"
import * as ShownText from "../transcript/shownText.ts"
import { update } from "../update/update.ts"
import type { Action } from "./action.ts"
import type { Message } from "./message.ts"
import type { State } from "./state.ts"
import * as View from "./view.ts"

/** What is drawn next. */
export interface Frame {
  /** Lines of the transcript that are drawn once and then belong to the scrollback of the terminal. */
  readonly finished: Lines
  /** What is below them, and changes. */
  readonly view: View.View
}

/** At most 30 frames a second, in milliseconds. */
export const frameInterval = 33

/** A frame that takes long is followed by a pause of three times its duration, so that drawing does not take all of a core. */
const pauseFactor = 3
/** In milliseconds. */
const maxPause = 200

/** Holds the state of the screen, and divides it into finished lines and the view that changes. */
export class Store {
  #state: State
  /** How many of the state's items have been drawn. */
  #written = 0
  #isHeld = false
  #isHidden = false
  #isPaused = false
  /** What of the unfinished answer is already in the scrollback. */
  #shown = ""
  /** The view that was drawn last. */
  #view = View.nothing
  /** Set while a frame is due. */
  #nextFrame: ReturnType<typeof setTimeout> | undefined
  /** When the next frame may be drawn, on the clock of `performance`. */
  #earliestFrame = 0
  #show: ((frame: Frame) => void) | undefined
  readonly #perform: (action: Action) => void

  constructor(state: State, perform: (action: Action) => void) {
    this.#state = state
    this.#perform = perform
  }

  get state(): State {
    return this.#state
  }

  /** Draws the current state with `show`, and from now on every change. */
  drawWith(show: (frame: Frame) => void): void {
    this.#show = show
    this.#draw()
  }

  readonly dispatch = (message: Message): void => {
    const { actions, state } = update(this.#state, message)
    if (state === this.#state) return
    if (state.sessionNumber !== this.#state.sessionNumber) {
      this.#written = firstShownItem(state)
      this.#shown = ""
    }
    this.#state = state
    for (const action of actions) this.#perform(action)
    this.#notify()
  }

  /** Draws what has changed at once, without waiting for the next frame: the user is waiting for the effect of a key. */
  drawNow(): void {
    if (this.#nextFrame !== undefined) this.#draw()
  }

  /** Holds finished lines back, before the theme is known, and while the pager or another program uses the screen. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    if (!isHeld) this.#notify()
  }

  /** Draws nothing while the size of the terminal changes. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused
    if (!isPaused) this.#draw()
  }

  /** The first lines of the view have moved to the scrollback: of an unfinished answer, they are not drawn again. */
  markLost(lines: number): void {
    const { lines: all, openText } = this.#view
    if (openText === undefined || lines <= openText.at || this.#cannotContinue(openText)) return
    const { at, count, hidden, shown } = openText
    this.#shown = shown + ShownText.textOf([...hidden, ...all.slice(at, Math.min(lines, at + count))])
  }

  /** Fills an empty screen with the end of the transcript, and with all lines that were held back. */
  redraw(): void {
    if (this.#isHeld || this.#isPaused) return this.#draw()
    const start = this.#written
    // The screen had a part of the unfinished answer.
    this.#shown = ""
    const pending = this.#takeFinished()
    const view = View.render(this.#state, this.#shown)
    const room = Math.max(this.#state.rows - 1 - view.lines.length, pending.length)
    // A long transcript is not rendered as a whole.
    let lines = pending
    for (let index = start - 1; index >= 0 && lines.length < room; index--) {
      lines = [...this.#linesOf(index), ...lines]
    }
    this.#draw(room === 0 ? [] : lines.slice(-room))
  }

  /** Removes the view, so that only the transcript is on the terminal, or shows it again. */
  hide(isHidden: boolean): void {
    this.#isHidden = isHidden
    this.#draw()
  }

  #linesOf(index: number): Lines {
    const { items, sessionNumber } = this.#state
    const item = items[index]
    if (item === undefined) return []
    const lines = ItemView.render(item, items[index - 1], View.getCanvas(this.#state))
    // The transcript of an earlier session is above it.
    return index === 0 && sessionNumber > 1 ? ["", ...lines] : lines
  }

  /** Draws the many small pieces of an answer together. */
  #notify(): void {
    if (this.#show === undefined) return
    this.#nextFrame ??= setTimeout(() => this.#draw(), Math.max(0, this.#earliestFrame - performance.now()))
  }

  #draw(lines?: Lines): void {
    clearTimeout(this.#nextFrame)
    this.#nextFrame = undefined
    if (this.#isPaused) return
    const start = performance.now()
    const finished = lines ?? this.#takeFinished()
    this.#view = this.#isHidden ? this.#nothing : View.render(this.#state, this.#shown)
    this.#show?.({ finished: [...finished, ...this.#takeHidden()], view: this.#view })
    const end = performance.now()
    this.#earliestFrame = Math.max(start + frameInterval, end + Math.min(pauseFactor * (end - start), maxPause))
  }

  /** Before there is a transcript, nothing has to be separated from it. */
  get #nothing(): View.View {
    return this.#written === 0 ? { ...View.nothing, lines: [] } : View.nothing
  }

  #takeFinished(): Lines {
    if (this.#isHeld) return []
    const { items, openText } = this.#state
    const finished: Array<string> = []
    for (; this.#written < items.length; this.#written++) {
      const lines = this.#linesOf(this.#written)
      const unseen = items[this.#written]?.type === "answer"
        ? ShownText.dropShown(lines, this.#shown)
        : { lines, rest: "" }
      finished.push(...unseen.lines)
      this.#shown = unseen.rest
    }
    if (openText === "") this.#shown = ""
    return finished
  }

  /** The first lines of an unfinished answer that is longer than the screen. */
  #takeHidden(): Lines {
    const { openText } = this.#view
    if (openText === undefined || openText.hidden.length === 0 || this.#cannotContinue(openText)) return []
    this.#shown = openText.shown + ShownText.textOf(openText.hidden)
    return openText.hidden
  }

  /** Whether the first lines can't be written to the scrollback yet. A table may still get other columns. */
  #cannotContinue({ hidden }: View.OpenText): boolean {
    return hidden.length > 0 && (this.#isHeld || isTable(this.#state.openText))
  }
}

const isTable = (markdown: string): boolean => /^\s*\|?.*\|.*\n\s*\|?\s*:?-+:?\s*\|/.test(markdown)

/** A resumed session is shown from its third-last prompt. */
const firstShownItem = ({ items }: State): number => {
  const prompts = items.flatMap((item: Item, index) => item.type === "user" ? [index] : [])
  return prompts.at(-3) ?? 0
}
