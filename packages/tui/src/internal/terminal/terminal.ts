// A terminal's modes, its size and its keys: Effect's Terminal reads lines.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import process from "node:process"
import * as Keys from "../input/keys.ts"
import { query, type Report } from "../input/terminalReports.ts"
import { showCursor } from "./frame.ts"
import { TerminalOutput } from "./terminalOutput.ts"

/** The user's terminal in raw mode. Its modes are restored when the scope closes or the process ends. */
export interface Terminal {
  readonly output: TerminalOutput
  readonly size: () => { readonly columns: number; readonly rows: number }
  readonly onKeys: (listener: (keys: ReadonlyArray<Keys.Key>) => void) => void
  /** Calls the listener when the window gets or loses the focus, if the terminal reports it. */
  readonly onFocus: (listener: (isFocused: boolean) => void) => void
  /** Whether the background is light, if the terminal answers that in time. An answer that comes later goes to `onBackground`. */
  readonly askBackground: Effect.Effect<Option.Option<boolean>>
  readonly onBackground: (listener: (isLight: boolean) => void) => void
  /** Calls the listener whenever the size has changed. */
  readonly onResizing: (listener: () => void) => void
  /** Calls the listener once the size has stopped changing. */
  readonly onResize: (listener: () => void) => void
  /** Calls the listener when the terminal has disappeared, e.g. because its window was closed. */
  readonly onClosed: (listener: () => void) => void
  readonly write: (text: string) => void
  /** Switches to the alternate screen, which has no scrollback, or back. */
  readonly useAlternateScreen: (isOn: boolean) => void
  /** Stops the process, with the terminal restored, until the shell continues it. */
  readonly suspend: () => void
  /** Whether the system has shells that suspend and continue a program. */
  readonly canSuspend: boolean
  /** Calls the listener when the process has been continued: other programs have used the terminal in the meantime. */
  readonly onContinued: (listener: () => void) => void
  /** Restores the terminal while the effect runs, for another program that also handles Ctrl-C. */
  readonly suspendDuring: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Bracketed paste: the terminal puts markers around pasted text. */
const pasteOn = "\x1b[?2004h"
const pasteOff = "\x1b[?2004l"
/** The terminal reports when its window gets and loses the focus (xterm, DEC private mode 1004). */
const focusOn = "\x1b[?1004h"
const focusOff = "\x1b[?1004l"
/** Saves and restores the terminal's title (xterm, XTWINOPS). */
const titleOn = "\x1b[22;2t"
const titleOff = "\x1b[23;2t"

const alternateOn = "\x1b[?1049h\x1b[2J\x1b[H"
const alternateOff = "\x1b[?1049l"

/** Clears the screen but not the scrollback, in two parts: some terminals copy a screen that is cleared as a whole to the scrollback. */
export const clearScreen = "\x1b[H\x1b[K\x1b[2;1H\x1b[J\x1b[H"

/** Ignores the signal: a terminal sends Ctrl-C to all of its programs. Returns a function that restores the listeners. */
const ignoreSignal = (signal: "SIGINT"): () => void => {
  // Node's types only say that they are functions.
  const listeners = process.rawListeners(signal) as unknown as ReadonlyArray<NodeJS.SignalsListener>
  const ignore = (): void => undefined
  process.on(signal, ignore)
  for (const listener of listeners) process.off(signal, listener)
  return () => {
    for (const listener of listeners) process.on(signal, listener)
    process.off(signal, ignore)
  }
}

/** The rest of a sequence follows its Esc within this time, even over a slow connection. In milliseconds. */
const escapeDelay = 40
/** A terminal answers within this time, also on another machine. In milliseconds. */
const answerDelay = 200
/** In milliseconds. */
const resizeDelay = 60
/** The terminal answers where its cursor is within this time, also on a slow connection. In milliseconds. */
const positionDelay = 1000
/** The signal has stopped all threads of the process within this time. In milliseconds. */
const resumeDelay = 20

export const make: Effect.Effect<Terminal, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const { stdin, stdout } = process
    const output = new TerminalOutput(stdout)
    let decoder = Keys.start
    /** Typed before there is a listener. */
    const early: Array<Keys.Key> = []
    let onKeys = (keys: ReadonlyArray<Keys.Key>): void => void early.push(...keys)
    let onReport: (report: Report) => void = () => undefined
    let onBackground: (isLight: boolean) => void = () => undefined
    let onFocus: (isFocused: boolean) => void = () => undefined
    let onResizing: () => void = () => undefined
    let onResize: () => void = () => undefined
    let onClosed: () => void = () => undefined
    let onContinued: () => void = () => undefined
    let flushing: ReturnType<typeof setTimeout> | undefined
    let resizing: ReturnType<typeof setTimeout> | undefined
    /** The size has stopped changing, but the terminal has not yet answered where its cursor is. */
    let isSettled = false
    let resuming: ReturnType<typeof setTimeout> | undefined

    const finishResize = (): void => {
      clearTimeout(resizing)
      isSettled = false
      onResize()
    }
    const read = (chunk: string): void => {
      clearTimeout(flushing)
      const step = Keys.decode(decoder, chunk)
      decoder = step.decoder
      if (step.isFocused !== undefined) onFocus(step.isFocused)
      for (const report of step.reports ?? []) {
        onReport(report)
        if (report.type === "background") onBackground(report.isLight)
        if (report.type === "position") {
          output.setErasedFrom(report.row)
          if (isSettled) finishResize()
        }
      }
      if (step.keys.length > 0) onKeys(step.keys)
      if (decoder.pending !== "") {
        flushing = setTimeout(() => {
          const step = Keys.flush(decoder)
          decoder = step.decoder
          if (step.keys.length > 0) onKeys(step.keys)
        }, escapeDelay)
      }
    }
    const scheduleResize = (): void => {
      clearTimeout(resizing)
      isSettled = false
      onResizing()
      resizing = setTimeout(() => {
        isSettled = output.isAwaitingPosition
        if (isSettled) resizing = setTimeout(finishResize, positionDelay)
        else onResize()
      }, resizeDelay)
    }
    let isClosed = false
    let isAlternate = false
    const markClosed = (): void => {
      isClosed = true
      onClosed()
    }
    const acquire = (): void => {
      if (isClosed) return
      stdin.setRawMode(true)
      stdin.setEncoding("utf8")
      stdin.on("data", read)
      stdin.resume()
      stdout.write((isAlternate ? alternateOn : "") + titleOn + focusOn + pasteOn)
    }
    const restore = (): void => {
      clearTimeout(flushing)
      stdin.off("data", read)
      if (isClosed) return
      stdin.setRawMode(false)
      stdin.pause()
      stdout.write((isAlternate ? alternateOff : "") + pasteOff + focusOff + titleOff + showCursor)
    }
    const resume = (): void => {
      // Whatever used the terminal may have changed its modes, and Node sets only those that it believes to be different.
      if (!isClosed) stdin.setRawMode(false)
      acquire()
      output.isMuted = false
      // A process in the background gets no signal for a new size.
      process.kill(process.pid, "SIGWINCH")
      onContinued()
    }
    /** After SIGSTOP, which cannot be handled. A program that uses the terminal, such as an editor, handles it itself. */
    const handleContinue = (): void => {
      if (!output.isMuted) resume()
    }
    acquire()
    process.on("SIGCONT", handleContinue)
    for (const event of ["end", "error"]) stdin.on(event, markClosed)
    stdout.on("error", markClosed)
    stdout.on("resize", scheduleResize)
    // In case the process ends without closing the scope.
    process.once("exit", restore)
    return {
      terminal: {
        output,
        size: () => output.size,
        onKeys: (listener) => {
          onKeys = listener
          if (early.length > 0) listener(early.splice(0))
        },
        askBackground: Effect.async<Option.Option<boolean>>((resume) => {
          onReport = (report) =>
            resume(Effect.succeed(report.type === "background" ? Option.some(report.isLight) : Option.none()))
          stdout.write(query)
        }).pipe(Effect.timeoutTo({
          duration: answerDelay,
          onSuccess: (answer) => answer,
          onTimeout: () => Option.none<boolean>()
        })),
        onBackground: (listener) => void (onBackground = listener),
        onFocus: (listener) => void (onFocus = listener),
        onResizing: (listener) => void (onResizing = listener),
        onResize: (listener) => void (onResize = listener),
        onClosed: (listener) => void (onClosed = listener),
        write: (text) => void stdout.write(text),
        useAlternateScreen: (isOn) => {
          isAlternate = isOn
          stdout.write(isOn ? alternateOn : alternateOff)
        },
        canSuspend: process.platform !== "win32",
        suspend: () => {
          if (output.isMuted || isClosed) return
          output.isMuted = true
          restore()
          process.off("SIGCONT", handleContinue)
          // The whole group, as the terminal would: a wrapper such as npx is what the shell waits for. Without a shell that could
          // continue it, the system ignores the signal.
          process.kill(0, "SIGTSTP")
          resuming = setTimeout(() => {
            process.on("SIGCONT", handleContinue)
            resume()
          }, resumeDelay)
        },
        onContinued: (listener) => void (onContinued = listener),
        suspendDuring: (effect) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              output.isMuted = true
              restore()
              return ignoreSignal("SIGINT")
            }),
            () => effect,
            (restoreListeners) =>
              Effect.sync(() => {
                restoreListeners()
                acquire()
                output.isMuted = false
              })
          )
      } satisfies Terminal,
      close: () => {
        clearTimeout(resizing)
        clearTimeout(resuming)
        process.off("SIGCONT", handleContinue)
        stdout.off("resize", scheduleResize)
        process.off("exit", restore)
        restore()
        // The error listeners stay: a late write to a closed terminal must not end the process.
      }
    }
  }),
  ({ close }) => Effect.sync(close)
).pipe(Effect.map(({ terminal }) => terminal))
