import type { Lines } from "../terminal/canvas.ts"
import type { Item } from "../transcript/item.ts"
import * as ItemView from "../transcript/itemView.ts"
import { update } from "../update/update.ts"
import type { Action } from "./action.ts"
import type { Message } from "./message.ts"
import type { State } from "./state.ts"
import * as View from "./view.ts"

/** Finished lines, which are written once and then belong to the scrollback of the terminal. */
export interface Block {
  readonly key: number
  readonly lines: Lines
}

/** What Ink draws. With a new `generation` the screen is empty, and `blocks` starts again. */
export interface Snapshot {
  readonly view: View.View
  readonly generation: number
  readonly blocks: ReadonlyArray<Block>
}

/** At most 30 frames a second, in milliseconds. */
const frameInterval = 33

/** A frame that takes long is followed by a pause of three times its duration, so that drawing does not take all of a core. */
const pauseFactor = 3
/** In milliseconds. */
const maxPause = 200

/** Holds the state of the screen, and divides it into finished blocks and the view that changes. */
export class Store {
  #state: State
  #snapshot: Snapshot
  /** How many of the state's items are in blocks. */
  #written = 0
  #nextKey = 0
  #isHeld = false
  #isClosed = false
  /** Set while a frame is due. */
  #nextFrame: ReturnType<typeof setTimeout> | undefined
  /** When the next frame may be drawn, on the clock of `performance`. */
  #earliestFrame = 0
  readonly #listeners = new Set<() => void>()
  readonly #perform: (action: Action) => void

  constructor(state: State, perform: (action: Action) => void) {
    this.#state = state
    this.#perform = perform
    this.#snapshot = { view: View.render(state), generation: 0, blocks: [] }
  }

  get state(): State {
    return this.#state
  }

  readonly snapshot = (): Snapshot => this.#snapshot

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly dispatch = (message: Message): void => {
    const { actions, state } = update(this.#state, message)
    if (state === this.#state) return
    if (state.sessionNumber !== this.#state.sessionNumber) this.#written = firstShownItem(state)
    this.#state = state
    for (const action of actions) this.#perform(action)
    this.#notify()
  }

  /** Draws what has changed at once, without waiting for the next frame: the user is waiting for the effect of a key. */
  drawNow(): void {
    if (this.#nextFrame !== undefined) this.#draw()
  }

  /** Holds finished lines back, while the pager or another program uses the screen. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
  }

  /** Fills an empty screen with the end of the transcript, and with all lines that were held back. */
  redraw(): void {
    if (this.#isHeld) return this.#refresh()
    const view = View.render(this.#state)
    const pending = this.#linesFrom(this.#written)
    const room = Math.max(this.#state.rows - 1 - view.lines.length, pending.length)
    // A long transcript is not rendered as a whole.
    let lines = pending
    for (let start = this.#written - 1; start >= 0 && lines.length < room; start--) {
      lines = [...this.#linesOf(start), ...lines]
    }
    this.#written = this.#state.items.length
    const block = { key: this.#nextKey++, lines: room === 0 ? [] : lines.slice(-room) }
    this.#snapshot = {
      view,
      generation: this.#snapshot.generation + 1,
      blocks: block.lines.length === 0 ? [] : [block]
    }
    this.#publish()
  }

  /** Removes the view: only the transcript stays on the terminal. */
  close(): void {
    this.#isClosed = true
    this.#refresh()
  }

  #linesFrom(start: number): Lines {
    return this.#state.items.slice(start).flatMap((_, index) => this.#linesOf(start + index))
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
    this.#nextFrame ??= setTimeout(() => this.#draw(), Math.max(0, this.#earliestFrame - performance.now()))
  }

  #draw(): void {
    clearTimeout(this.#nextFrame)
    this.#nextFrame = undefined
    const start = performance.now()
    this.#refresh()
    const end = performance.now()
    this.#earliestFrame = Math.max(start + frameInterval, end + Math.min(pauseFactor * (end - start), maxPause))
  }

  #refresh(): void {
    const { blocks, generation } = this.#snapshot
    const added: Array<Block> = []
    if (!this.#isHeld) {
      const lines = this.#linesFrom(this.#written)
      this.#written = this.#state.items.length
      if (lines.length > 0) added.push({ key: this.#nextKey++, lines })
    }
    this.#snapshot = {
      view: this.#isClosed ? { lines: [], cursor: undefined } : View.render(this.#state),
      generation,
      blocks: added.length === 0 ? blocks : [...blocks, ...added]
    }
    this.#publish()
  }

  #publish(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** A resumed session is shown from its third-last prompt. */
const firstShownItem = ({ items }: State): number => {
  const prompts = items.flatMap((item: Item, index) => item.type === "user" ? [index] : [])
  return prompts.at(-3) ?? 0
}
