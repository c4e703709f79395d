/** The built command in a real pseudo-terminal, its output read by a real terminal emulator. */
import { type IPty, spawn } from "@lydell/node-pty"
import xterm from "@xterm/headless"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { bin, codeCache, node } from "./BuiltCli.ts"

export interface Options {
  /** What runs instead of the built command, e.g. a shell. */
  readonly program?: readonly [file: string, ...args: ReadonlyArray<string>]
  readonly home: string
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly columns?: number
  readonly rows?: number
}

/** What was waited for did not come; the message shows the screen. */
class NotSeen extends Data.TaggedError("NotSeen")<{ readonly message: string }> {}

export const keys = {
  enter: "\r",
  escape: "\u001b",
  up: "\u001b[A",
  down: "\u001b[B",
  pageDown: "\u001b[6~",
  end: "\u001b[F",
  tab: "\t",
  shiftTab: "\u001b[Z",
  backspace: "\u007f",
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64),
  paste: (text: string) => `\u001b[200~${text}\u001b[201~`
} as const

/** Starts `altimate-code ...args`; the scope's end kills it. */
export const open = (args: ReadonlyArray<string>, options: Options) =>
  Effect.acquireRelease(
    Effect.sync(() => start(args, options)),
    ({ kill }) => Effect.sync(kill)
  )

const start = (
  args: ReadonlyArray<string>,
  { columns = 100, cwd, env = {}, home, program = [node, bin], rows = 30 }: Options
) => {
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  const [file, ...before] = program
  const pty: IPty = spawn(file, [...before, ...args], {
    cols: columns,
    rows,
    cwd: cwd ?? home,
    env: {
      PATH: process.env["PATH"]!,
      HOME: home,
      XDG_CACHE_HOME: codeCache,
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      AWS_EC2_METADATA_DISABLED: "true",
      ...env
    }
  })
  const watchers = new Set<() => void>()
  let exit: { readonly code: number } | undefined
  let raw = ""
  const changed = () => watchers.forEach((watcher) => watcher())
  pty.onData((data) => {
    raw += data
    emulator.write(data, changed)
  })
  // What the program asks of its terminal (where is the cursor, which terminal are you) is answered as a terminal does.
  emulator.onData((answer) => pty.write(answer))
  pty.onExit(({ exitCode }) => {
    exit = { code: exitCode }
    // Waits until the emulator has processed its queue.
    emulator.write("", changed)
  })

  const lines = (from: number) => {
    const buffer = emulator.buffer.active
    return Array.from(
      { length: buffer.length - from },
      (_, index) => buffer.getLine(from + index)?.translateToString(true) ?? ""
    )
  }
  /** The visible text, without the empty lines at its end. */
  const screen = () => lines(emulator.buffer.active.baseY).join("\n").trimEnd()
  /** All that was ever written and is still in the scrollback, the screen included. */
  const everything = () => lines(0).join("\n").trimEnd()

  const waitFor = <A>(look: () => A | undefined, what: string, seconds: number) =>
    Effect.async<A, NotSeen>((resume) => {
      const check = () => {
        const found = look()
        if (found !== undefined) finish(Effect.succeed(found))
      }
      const deadline = setTimeout(
        () =>
          finish(Effect.fail(
            new NotSeen({ message: `${what} did not come within ${seconds} s. On the screen:\n${everything()}` })
          )),
        seconds * 1000
      )
      const finish = (result: Effect.Effect<A, NotSeen>) => {
        watchers.delete(check)
        clearTimeout(deadline)
        resume(result)
      }
      watchers.add(check)
      check()
      return Effect.sync(() => {
        watchers.delete(check)
        clearTimeout(deadline)
      })
    })

  const fits = (text: string, pattern: string | RegExp) =>
    typeof pattern === "string" ? text.includes(pattern) : pattern.test(text)

  return {
    emulator,
    screen,
    everything,
    /** All bytes that were written, escape sequences too. */
    raw: () => raw,
    pid: pty.pid,
    write: (text: string) => Effect.sync(() => pty.write(text)),
    resize: (columns: number, rows: number) =>
      Effect.sync(() => {
        emulator.resize(columns, rows)
        pty.resize(columns, rows)
      }),
    /** Waits until the screen shows it; answers the screen. */
    see: (pattern: string | RegExp, seconds = 60) =>
      waitFor(() => fits(screen(), pattern) ? screen() : undefined, String(pattern), seconds),
    /** Waits until the screen no longer shows it; answers the screen. */
    gone: (pattern: string | RegExp, seconds = 60) =>
      waitFor(() => fits(screen(), pattern) ? undefined : screen(), `The end of ${String(pattern)}`, seconds),
    /** Waits for the end of the process; answers its exit code. */
    exited: waitFor(() => exit?.code, "The end of the process", 60),
    kill: () => {
      if (exit === undefined) pty.kill("SIGKILL")
    }
  }
}
