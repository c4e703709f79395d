// A terminal's modes, its size and its keys: Effect's Terminal reads lines.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import process from "node:process"
import * as Keys from "../input/keys.ts"
import { TerminalOutput } from "./terminalOutput.ts"

/** The person's terminal, in raw mode. It is as it was before when the scope closes, or the process ends. */
export interface Terminal {
  readonly output: TerminalOutput
  readonly size: () => { readonly columns: number; readonly rows: number }
  readonly onKeys: (listener: (keys: ReadonlyArray<Keys.Key>) => void) => void
  /** After the person has stopped dragging. */
  readonly onResize: (listener: () => void) => void
  /** There is no terminal any more, e.g. its window was closed. */
  readonly onGone: (listener: () => void) => void
  readonly write: (text: string) => void
  /** Shows the other screen, which has no scrollback, or the usual one again. */
  readonly alternate: (isOn: boolean) => void
  /** Lets another program have the terminal, and Ctrl-C. */
  readonly lend: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Pasted text comes between markers. */
const pasteOn = "\x1b[?2004h"
const pasteOff = "\x1b[?2004l"
const cursorOn = "\x1b[?25h"

const screenOn = "\x1b[?1049h\x1b[2J\x1b[H"
const screenOff = "\x1b[?1049l"
/**
 * What is seen, not what was scrolled away. In two parts: some terminals keep a copy of a screen that is cleared as a
 * whole in their scrollback.
 */
export const clear = "\x1b[H\x1b[K\x1b[2;1H\x1b[J\x1b[H"

/** The terminal sends Ctrl-C to all of its programs: it is meant for the other one. Answers how to listen again. */
const withoutListeners = (signal: "SIGINT"): () => void => {
  // Node's types say only that they are functions.
  const listeners = process.rawListeners(signal) as unknown as ReadonlyArray<NodeJS.SignalsListener>
  const ignore = (): void => undefined
  process.on(signal, ignore)
  for (const listener of listeners) process.off(signal, listener)
  return () => {
    for (const listener of listeners) process.on(signal, listener)
    process.off(signal, ignore)
  }
}

/** What follows Esc in a sequence follows at once, even over a slow line. */
const escapeDelay = 40
const resizeDelay = 60

export const make: Effect.Effect<Terminal, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const { stdin, stdout } = process
    const output = new TerminalOutput(stdout)
    let decoder = Keys.start
    let onKeys: (keys: ReadonlyArray<Keys.Key>) => void = () => undefined
    let onResize: () => void = () => undefined
    let onGone: () => void = () => undefined
    let flushing: ReturnType<typeof setTimeout> | undefined
    let resizing: ReturnType<typeof setTimeout> | undefined

    const read = (chunk: string): void => {
      clearTimeout(flushing)
      const step = Keys.decode(decoder, chunk)
      decoder = step.decoder
      if (step.keys.length > 0) onKeys(step.keys)
      if (decoder.pending !== "") {
        flushing = setTimeout(() => {
          const step = Keys.flush(decoder)
          decoder = step.decoder
          if (step.keys.length > 0) onKeys(step.keys)
        }, escapeDelay)
      }
    }
    const resized = (): void => {
      clearTimeout(resizing)
      resizing = setTimeout(() => onResize(), resizeDelay)
    }
    // The window was closed: there is nothing left to write to, or to put back.
    let isGone = false
    let isAlternate = false
    const gone = (): void => {
      isGone = true
      onGone()
    }
    const take = (): void => {
      if (isGone) return
      stdin.setRawMode(true)
      stdin.setEncoding("utf8")
      stdin.on("data", read)
      stdin.resume()
      stdout.write((isAlternate ? screenOn : "") + pasteOn)
    }
    const give = (): void => {
      clearTimeout(flushing)
      stdin.off("data", read)
      if (isGone) return
      stdin.setRawMode(false)
      stdin.pause()
      stdout.write((isAlternate ? screenOff : "") + pasteOff + cursorOn)
    }
    take()
    for (const event of ["end", "error"]) stdin.on(event, gone)
    stdout.on("error", gone)
    stdout.on("resize", resized)
    // The last resort: the process ends without the scope's closing.
    process.once("exit", give)
    return {
      terminal: {
        output,
        // 0: the terminal does not say how large it is.
        size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
        onKeys: (listener) => void (onKeys = listener),
        onResize: (listener) => void (onResize = listener),
        onGone: (listener) => void (onGone = listener),
        write: (text) => void stdout.write(text),
        alternate: (isOn) => {
          isAlternate = isOn
          stdout.write(isOn ? screenOn : screenOff)
        },
        lend: (effect) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              output.muted = true
              give()
              return withoutListeners("SIGINT")
            }),
            () => effect,
            (listenAgain) =>
              Effect.sync(() => {
                listenAgain()
                take()
                output.muted = false
              })
          )
      } satisfies Terminal,
      close: () => {
        clearTimeout(resizing)
        stdout.off("resize", resized)
        process.off("exit", give)
        give()
        // The listeners for errors stay: what is still on its way to a terminal that is gone must not end the process.
      }
    }
  }),
  ({ close }) => Effect.sync(close)
).pipe(Effect.map(({ terminal }) => terminal))
