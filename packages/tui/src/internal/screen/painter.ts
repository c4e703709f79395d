import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { nameOf } from "../input/editing.ts"
import * as Keymap from "../input/keymap.ts"
import type { Key } from "../input/keys.ts"
import { eraseBelow } from "../terminal/frame.ts"
import { clearScreen, type Terminal } from "../terminal/terminal.ts"
import * as Attention from "./attention.ts"
import type { Message } from "./message.ts"
import type { Frame, Store } from "./store.ts"

/** Keeps the terminal and the store in step: keys, sizes, the pager's alternate screen, and other programs. */
export interface Painter {
  readonly pressKeys: (keys: ReadonlyArray<Key>) => void
  /** The size of the terminal has begun to change: nothing is drawn until `resize`. */
  readonly startResize: () => void
  readonly resize: () => void
  /** Draws again after the process was stopped and continued. */
  readonly resume: () => void
  /** Gives the terminal to another program while the effect runs. */
  readonly suspendDuring: Terminal["suspendDuring"]
  /** Applies a message that may open the pager. */
  readonly showPage: (message: Message) => void
  /** How the user is notified; not at all before. */
  readonly notifyWith: (kind: Attention.NotificationKind) => void
  /** Draws until the scope closes; then only the transcript stays on the terminal. */
  readonly draw: Effect.Effect<void, never, Scope.Scope>
}

export const make = (terminal: Terminal, store: Store): Painter => {
  const attention = Attention.make({ kind: "off", write: terminal.write })
  terminal.onFocus(attention.setFocus)

  const show = ({ finished, view: { cursor, lines, question } }: Frame): void => {
    if (!terminal.output.isMuted) attention.observe(store.state, Date.now())
    terminal.output.draw(
      { finished, lines, cursor },
      question && (() => store.dispatch({ type: "question-drawn", frame: question, ...terminal.size() }))
    )
  }

  const redraw = (): void => {
    terminal.write(clearScreen)
    terminal.output.forget()
    store.redraw()
  }

  /** What was drawn for the old size is erased at once: the terminal may have wrapped it. */
  const startResize = (): void => {
    store.pause(true)
    if (store.state.pager === undefined) terminal.output.erase()
  }

  const resize = (): void => {
    store.markLost(terminal.output.takeLost())
    store.dispatch({ type: "resized", ...terminal.size() })
    store.pause(false)
    if (store.state.pager !== undefined && !terminal.output.isMuted) redraw()
  }

  /** Leaves only the transcript to the shell, as at the end. */
  const suspend = (): void => {
    if (!terminal.canSuspend) return
    // The pager's screen is closed with the terminal.
    if (store.state.pager === undefined) store.hide(true)
    store.hold(true)
    terminal.suspend()
  }

  /** Draws below what other programs have written in the meantime: it must not be lost. */
  const resume = (): void => {
    terminal.write(eraseBelow)
    terminal.output.forget()
    attention.forgetTitle()
    store.hold(store.state.pager !== undefined)
    store.hide(false)
  }

  const pressKey = (key: Key): void => {
    const { columns, rows } = terminal.size()
    // The user reacts to the terminal at its new size.
    if (columns !== store.state.columns || rows !== store.state.rows) resize()
    const { isLeaderPressed, keymap, overlay, pager } = store.state
    const meaning = overlay === undefined && pager === undefined
      ? Keymap.look(keymap, key, isLeaderPressed)
      : { type: "key", key } as const
    dispatch({ type: "key", key, at: Date.now() })
    const name = meaning.type === "key" ? nameOf(meaning.key) : undefined
    if (name === "ctrl-l") redraw()
    if (name === "ctrl-z") suspend()
  }

  /** The pager has a screen of its own. */
  const dispatch = (message: Message): void => {
    const before = store.state.pager
    store.dispatch(message)
    const after = store.state.pager
    if (before === undefined && after !== undefined) {
      terminal.output.erase()
      store.hold(true)
      terminal.useAlternateScreen(true)
    }
    if (before !== undefined && after === undefined) {
      store.hold(false)
      terminal.useAlternateScreen(false)
      terminal.output.forget()
      store.drawNow()
    }
  }

  return {
    showPage: dispatch,
    notifyWith: attention.notifyWith,
    pressKeys: (keys) => {
      attention.keyPressed(Date.now())
      keys.forEach(pressKey)
      store.drawNow()
    },
    startResize,
    resize,
    resume,
    suspendDuring: (effect) =>
      Effect.acquireUseRelease(
        Effect.sync(() => store.hold(true)),
        () => terminal.suspendDuring(effect),
        () =>
          Effect.sync(() => {
            store.hold(false)
            attention.forgetTitle()
            redraw()
          })
      ),
    draw: Effect.acquireRelease(
      Effect.sync(() => store.drawWith(show)),
      () =>
        Effect.sync(() => {
          store.pause(false)
          // A signal can arrive while the pager hides the transcript.
          if (store.state.pager !== undefined) {
            pressKey({ type: "key", name: "o", ctrl: true, meta: false, shift: false })
          }
          store.hide(true)
        })
    )
  }
}
