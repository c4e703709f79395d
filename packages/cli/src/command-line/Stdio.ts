/** The process's three streams: results on stdout, messages for the user on stderr, piped input from stdin. */
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import { isUtf16 } from "@altimate-code/system/ReadText"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { fstatSync } from "node:fs"
import { createInterface } from "node:readline"
import { CliError } from "./failure/CliError.ts"

/** The reader of stdout has closed it, as `head -1` does. Not a failure: there is no reader left to write for. */
export class StdoutClosed
  extends Schema.TaggedError<StdoutClosed>("@altimate-code/cli/StdoutClosed")("StdoutClosed", {})
{}

/** The streams of the process. A service, so that a test can run the whole program and inspect its output. */
export class Stdio extends Context.Tag("@altimate-code/cli/Stdio")<Stdio, {
  /** Writes to stdout and waits until the text is accepted, so a slow reader slows the stream down. Fails with `Stdout`. */
  readonly write: (text: string) => Effect.Effect<void, StdoutClosed | CliError>
  /** Writes to stderr. */
  readonly writeError: (text: string) => Effect.Effect<void>
  /**
   * All text piped or redirected into stdin; none for a terminal or a device such as `/dev/null`. After 3 seconds without input it
   * writes a note to stderr. With `isOptional` it then stops waiting for a socket: programs often give their children one without ever
   * writing to it.
   */
  readonly readPiped: (options: { readonly isOptional: boolean }) => Effect.Effect<Option.Option<string>, CliError>
  /** Are both stdin and stdout a terminal, so that the user can be prompted? */
  readonly interactive: boolean
  /**
   * Prompts the user on stderr and reads one line; none without a terminal. Input typed before the prompt appeared is discarded.
   */
  readonly readLine: Option.Option<(question: string) => Effect.Effect<string>>
  /** Is stdout a terminal, which would execute control characters? */
  readonly isTerminal: boolean
  /** Is stderr a terminal on which a line can be overwritten (`TERM` is not dumb)? */
  readonly isErrorTerminal: boolean
  /** May stderr be colored? True for a terminal with `NO_COLOR` unset and `TERM` not dumb. */
  readonly colors: boolean
}>() {}

/** Makes multi-line text safe for a terminal: control characters are shown, not executed. */
export const shown = (text: string): string => text.replace(/[^\n\t]+/g, printable)

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

/** The same for JSON. Control characters occur only in its strings, where an escape keeps the value. */
export const shownJson = (json: string): string =>
  json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => char === "\n" ? char : char.replace(/[^]/g, unicodeEscape))

/** Writes a value to stdout as JSON, on one line or indented. */
export const writeJson = (value: unknown, indent?: number) =>
  Effect.flatMap(Stdio, ({ isTerminal, write }) => {
    const json = `${JSON.stringify(value, null, indent)}\n`
    return write(isTerminal ? shownJson(json) : json)
  })

/** The same streams with all registered secrets masked. */
export const masked = Layer.effect(
  Stdio,
  Effect.gen(function*() {
    const stdio = yield* Stdio
    const { mask } = yield* Secrets
    return {
      ...stdio,
      write: (text) => stdio.write(mask(text)),
      writeError: (text) => stdio.writeError(mask(text)),
      readLine: Option.map(stdio.readLine, (readLine) => (question) => readLine(mask(question)))
    }
  })
)

const text = (name: string) => Config.string(name).pipe(Config.withDefault(""))

/** Reading from anything else could block forever. */
const pipedKind = (): "pipe" | "socket" | undefined => {
  try {
    const stat = fstatSync(0)
    if (stat.isSocket()) return "socket"
    return stat.isFIFO() || stat.isFile() ? "pipe" : undefined
  } catch {
    return undefined // stdin is closed
  }
}

const utf16 = new CliError({
  reason: "Stdin",
  message: "The text piped into stdin is UTF-16, as PowerShell writes it. It must be UTF-8.",
  hint: "Save it as UTF-8: Out-File -Encoding utf8 in PowerShell, or iconv -f UTF-16 -t UTF-8."
})

const readAll = (onFirst: () => void) =>
  Effect.tryPromise({
    try: async (signal) => {
      signal.addEventListener("abort", () => process.stdin.destroy(), { once: true })
      const chunks: Array<Uint8Array> = []
      for await (const chunk of process.stdin) {
        onFirst()
        chunks.push(chunk as Uint8Array)
      }
      const all = Buffer.concat(chunks)
      if (isUtf16(all)) throw utf16
      return new TextDecoder("utf-8", { fatal: true }).decode(all)
    },
    catch: (cause) =>
      cause instanceof CliError
        ? cause
        : cause instanceof TypeError
        ? new CliError({
          reason: "Stdin",
          message: "The input piped into stdin is not UTF-8 text.",
          hint: "Save it as UTF-8. Attach images and PDFs with run --file."
        })
        : new CliError({
          reason: "Stdin",
          message: `stdin could not be read: ${String(cause)}`,
          hint: "Try again with < /dev/null."
        })
  })

const silence = Duration.seconds(3)

/** A producer may be slow, but a pipe inherited from a script or a job may stay open and empty forever. */
const readOrGiveUp = (writeError: (text: string) => Effect.Effect<void>, givesUp: boolean) =>
  Effect.suspend(() => {
    let begun = false
    const whenSilent = <A>(then: Effect.Effect<A>) =>
      Effect.delay(Effect.suspend(() => begun ? Effect.never : then), silence)
    const all = Effect.asSome(readAll(() => begun = true))
    return givesUp
      ? Effect.raceFirst(
        all,
        whenSilent(
          Effect.as(
            writeError("note: ignoring stdin: no input for 3 seconds.\n"),
            Option.none<string>()
          )
        )
      )
      : whenSilent(
        writeError("note: waiting for input on stdin. To run without it: < /dev/null\n")
      ).pipe(Effect.forkScoped, Effect.zipRight(all), Effect.scoped)
  })

/** The error codes of a pipe or socket whose reader has closed it. */
const closed = ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]

const stdoutFailure = (error: NodeJS.ErrnoException): StdoutClosed | CliError =>
  error.code !== undefined && closed.includes(error.code) ? new StdoutClosed() : new CliError({
    reason: "Stdout",
    message: `stdout could not be written: ${error.message}`,
    hint: "Check that the disk it is written to has space left."
  })

const turnOfEventLoop = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

/** In raw mode, Ctrl-C and Ctrl-\\ arrive as characters. */
const signalBy = (typed: Uint8Array | string): void => {
  if (typed.toString().includes("\x03")) process.kill(process.pid, "SIGINT")
  if (typed.toString().includes("\x1c")) process.kill(process.pid, "SIGQUIT")
}

/** Discards typed input. In raw mode the terminal delivers unfinished lines as well. */
const discardTyped = Effect.acquireUseRelease(
  Effect.sync(() => {
    const { stdin } = process
    const typed = { isNew: false }
    const listener = (chunk: Uint8Array | string): void => {
      typed.isNew = true
      signalBy(chunk)
    }
    stdin.setRawMode(true)
    stdin.on("data", listener)
    stdin.resume()
    return { typed, listener }
  }),
  // Pending input arrives in the next turn of the event loop, and more of it in further turns.
  ({ typed }) =>
    Effect.suspend(() => {
      typed.isNew = false
      return Effect.zipRight(turnOfEventLoop, turnOfEventLoop)
    }).pipe(Effect.repeat({ while: () => typed.isNew })),
  ({ listener }) =>
    Effect.sync(() => {
      const { stdin } = process
      stdin.off("data", listener)
      stdin.pause()
      stdin.setRawMode(false)
    })
)

/** The end of input counts as an empty line. Ctrl-C interrupts, as elsewhere. */
const readLine = (question: string) => Effect.zipRight(discardTyped, askLine(question))

const askLine = (question: string) =>
  Effect.async<string>((resume) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    // The interface handles Ctrl-C itself.
    lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"))
    const onData = (chunk: Uint8Array | string): void => {
      if (chunk.toString().includes("\x1c")) process.kill(process.pid, "SIGQUIT")
    }
    process.stdin.on("data", onData)
    lines.once("close", () => process.stdin.off("data", onData))
    lines.once("close", () => resume(Effect.succeed("")))
    lines.question(question, (line) => {
      resume(Effect.succeed(line))
      lines.close()
    })
    return Effect.sync(() => lines.close())
  })

/** The real streams. */
export const layer: Layer.Layer<Stdio, ConfigError.ConfigError> = Layer.effect(
  Stdio,
  Effect.gen(function*() {
    const { stderr, stdin, stdout } = process
    // A closed pipe is also reported as an event, which would end the process with a stack trace.
    stdout.on("error", () => {})
    stderr.on("error", () => {})
    const isErrorTerminal = stderr.isTTY && (yield* text("TERM")) !== "dumb"
    const colors = isErrorTerminal && (yield* text("NO_COLOR")) === ""

    const writeError = (text: string) =>
      Effect.async<void>((resume) => {
        stderr.write(text, () => resume(Effect.void))
      })

    return {
      write: (text) =>
        Effect.async((resume) => {
          stdout.write(text, (error) => resume(error ? Effect.fail(stdoutFailure(error)) : Effect.void))
        }),
      writeError,
      readPiped: ({ isOptional }) =>
        Effect.suspend(() => {
          const kind = pipedKind()
          return kind === undefined
            ? Effect.succeedNone
            : readOrGiveUp(writeError, isOptional && kind === "socket")
        }),
      interactive: stdin.isTTY && stdout.isTTY,
      readLine: stdin.isTTY && stderr.isTTY ? Option.some(readLine) : Option.none(),
      isTerminal: stdout.isTTY,
      isErrorTerminal,
      colors
    }
  })
)
