import type { Lines } from "../terminal/look.ts"
import type { Item } from "../transcript/item.ts"
import * as ItemView from "../transcript/itemView.ts"
import type { Command, Message, State } from "./state.ts"
import { update } from "./update.ts"
import * as View from "./view.ts"

/** Finished lines, for the terminal's own scrollback: written once. */
export interface Block {
  readonly key: number
  readonly lines: Lines
}

/** What is to be seen. Another `generation`: everything before is gone from the screen, and `blocks` begin anew. */
export interface Snapshot {
  readonly live: View.View
  readonly generation: number
  readonly blocks: ReadonlyArray<Block>
}

/** The state of the screen, and what of it is written where. It knows no terminal. */
export class Store {
  #state: State
  #snapshot: Snapshot
  /** So many of the state's items are in blocks. */
  #written = 0
  #keys = 0
  #held = false
  #closed = false
  #isDue = false
  readonly #listeners = new Set<() => void>()
  readonly #perform: (command: Command) => void

  constructor(state: State, perform: (command: Command) => void) {
    this.#state = state
    this.#perform = perform
    this.#snapshot = { live: View.live(state), generation: 0, blocks: [] }
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
    const { commands, state } = update(this.#state, message)
    if (state === this.#state) return
    if (state.conversation !== this.#state.conversation) this.#written = firstShown(state)
    this.#state = state
    for (const command of commands) this.#perform(command)
    this.#notify()
  }

  /** Finished lines are not written while something else has the screen. */
  hold(held: boolean): void {
    this.#held = held
  }

  /** The screen is empty: it is filled with the end of the conversation, and with all that was held back. */
  redraw(): void {
    if (this.#held) return this.#refresh()
    const live = View.live(this.#state)
    const pending = this.#linesFrom(this.#written)
    const room = Math.max(this.#state.rows - 1 - live.lines.length, pending.length)
    // A long conversation is not drawn as a whole for the sake of its end.
    let lines = pending
    for (let start = this.#written - 1; start >= 0 && lines.length < room; start--) {
      lines = [...this.#linesOf(start), ...lines]
    }
    this.#written = this.#state.items.length
    const block = { key: this.#keys++, lines: room === 0 ? [] : lines.slice(-room) }
    this.#snapshot = {
      live,
      generation: this.#snapshot.generation + 1,
      blocks: block.lines.length === 0 ? [] : [block]
    }
    this.#publish()
  }

  /** Nothing is drawn below the conversation any more. */
  close(): void {
    this.#closed = true
    this.#refresh()
  }

  #linesFrom(start: number): Lines {
    return this.#state.items.slice(start).flatMap((_, index) => this.#linesOf(start + index))
  }

  #linesOf(index: number): Lines {
    const { conversation, items } = this.#state
    const item = items[index]
    if (item === undefined) return []
    const lines = ItemView.render(item, items[index - 1], View.lookOf(this.#state))
    // It stands below another conversation.
    return index === 0 && conversation > 1 ? ["", ...lines] : lines
  }

  /** Many small pieces of an answer are drawn together. */
  #notify(): void {
    if (this.#isDue) return
    this.#isDue = true
    setTimeout(() => {
      this.#isDue = false
      this.#refresh()
    }, 12)
  }

  #refresh(): void {
    const { blocks, generation } = this.#snapshot
    const added: Array<Block> = []
    if (!this.#held) {
      const lines = this.#linesFrom(this.#written)
      this.#written = this.#state.items.length
      if (lines.length > 0) added.push({ key: this.#keys++, lines })
    }
    this.#snapshot = {
      live: this.#closed ? { lines: [], cursor: undefined } : View.live(this.#state),
      generation,
      blocks: added.length === 0 ? blocks : [...blocks, ...added]
    }
    this.#publish()
  }

  #publish(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Of a conversation that goes on, so much is written that a person sees where they were. */
const firstShown = ({ items }: State): number => {
  const prompts = items.flatMap((item: Item, index) => item.type === "user" ? [index] : [])
  return prompts.at(-3) ?? 0
}
