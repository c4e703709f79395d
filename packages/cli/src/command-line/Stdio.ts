/** The streams of the process: results on stdout, messages for the user on stderr, piped input on stdin. */
import { printable } from "@altimate-code/log/Printable"
import type { Secrets } from "@altimate-code/log/Secrets"
import { isUtf16 } from "@altimate-code/system/ReadText"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { fstatSync } from "node:fs"
import { isatty } from "node:tty"
import { CliError } from "./failure/CliError.ts"

/** The reader of stdout has closed it, as `head -1` does. The command ends without an error, because no one reads the rest. */
export class StdoutClosed
  extends Schema.TaggedError<StdoutClosed>("@altimate-code/cli/StdoutClosed")("StdoutClosed", {})
{}

/** The streams of the process, as a service, so that tests can run the whole program and inspect its output. */
export class Stdio extends Context.Tag("@altimate-code/cli/Stdio")<Stdio, {
  /** Writes to stdout and waits until the text is accepted, so that a slow reader slows down the stream. Fails with `Stdout`. */
  readonly write: (text: string) => Effect.Effect<void, StdoutClosed | CliError>
  /** Writes to stderr. */
  readonly writeError: (text: string) => Effect.Effect<void>
  /**
   * Reads all text that is piped or redirected into stdin; none for a terminal or a device such as `/dev/null`. After 3 seconds without
   * input it writes a note to stderr. If the input is optional and stdin is a socket, it then stops waiting, because programs often
   * start their children with a socket to which they never write.
   */
  readonly readPiped: (options: { readonly isOptional: boolean }) => Effect.Effect<Option.Option<string>, CliError>
  /** Whether both stdin and stdout are a terminal, so that the user can be prompted. */
  readonly isInteractive: boolean
  /**
   * Prompts the user on stderr and reads one line, after discarding what was typed before. None without a terminal.
   */
  readonly readLine: Option.Option<(question: string) => Effect.Effect<string>>
  /**
   * Prompts the user on stderr and waits for y or n, also as words, or Esc, which is no, after discarding what was typed before. Other keys
   * repeat the question. The end of input is no. None without a terminal.
   */
  readonly confirm: Option.Option<(question: string) => Effect.Effect<boolean>>
  /** Whether stdout is a terminal, which would interpret control characters. */
  readonly isTerminal: boolean
  /** Whether stderr is a terminal on which a line can be overwritten (`TERM` is not dumb). */
  readonly isErrorTerminal: boolean
  /** Whether stderr may be colored: it is a terminal, `NO_COLOR` is not set and `TERM` is not dumb. */
  readonly colors: boolean
}>() {}

/** Makes multi-line text safe for a terminal, by replacing control characters with visible ones. */
export const makeVisible = (text: string): string => text.replace(/[^\n\t]+/g, printable)

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

/** The same for JSON. Control characters occur only in its strings, where an escape sequence preserves the value. */
export const makeJsonVisible = (json: string): string =>
  json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => char === "\n" ? char : char.replace(/[^]/g, unicodeEscape))

/** Writes a value to stdout as JSON, on one line or indented. */
export const writeJson = (value: unknown, indent?: number) =>
  Effect.flatMap(Stdio, ({ isTerminal, write }) => {
    const json = `${JSON.stringify(value, null, indent)}\n`
    return write(isTerminal ? makeJsonVisible(json) : json)
  })

/** The same streams with all registered secrets masked. */
export const masked = (stdio: typeof Stdio.Service, { mask }: typeof Secrets.Service): typeof Stdio.Service => ({
  ...stdio,
  write: (text) => stdio.write(mask(text)),
  writeError: (text) => stdio.writeError(mask(text)),
  readLine: Option.map(stdio.readLine, (readLine) => (question) => readLine(mask(question))),
  confirm: Option.map(stdio.confirm, (confirm) => (question) => confirm(mask(question)))
})

const text = (name: string) => Config.string(name).pipe(Config.withDefault(""))

/** Returns how stdin is piped. Reading from anything else could block forever. */
const findPipeKind = (): "pipe" | "socket" | undefined => {
  try {
    const stat = fstatSync(0)
    if (stat.isSocket()) return "socket"
    return stat.isFIFO() || stat.isFile() ? "pipe" : undefined
  } catch {
    return undefined // stdin is closed
  }
}

const utf16Error = () =>
  new CliError({
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
      if (isUtf16(all)) throw utf16Error()
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

const maxSilence = Duration.seconds(3)

/** Reports a silent stdin: its producer may be slow, but a pipe inherited from a script or a job may stay open and empty forever. */
const readOrGiveUp = (writeError: (text: string) => Effect.Effect<void>, givesUp: boolean) =>
  Effect.suspend(() => {
    let hasBegun = false
    const whenSilent = <A>(then: Effect.Effect<A>) =>
      Effect.delay(Effect.suspend(() => hasBegun ? Effect.never : then), maxSilence)
    const all = Effect.asSome(readAll(() => hasBegun = true))
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
const closedCodes = ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]

const stdoutFailure = (error: NodeJS.ErrnoException): StdoutClosed | CliError =>
  error.code !== undefined && closedCodes.includes(error.code) ? new StdoutClosed() : new CliError({
    reason: "Stdout",
    message: `stdout could not be written: ${error.message}`,
    hint: "Check that the disk it is written to has space left."
  })

const nextTurnOfEventLoop = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

const signalKeys = [["\x03", "SIGINT"], ["\x1c", "SIGQUIT"]] as const

/** Sends the signals of Ctrl-C and Ctrl-\\, which arrive as characters in raw mode. Returns whether there was one. */
const sendSignals = (typed: string): boolean => {
  const sent = signalKeys.filter(([key]) => typed.includes(key))
  sent.forEach(([, signal]) => process.kill(process.pid, signal))
  return sent.length > 0
}

/** Discards typed input, including unfinished lines, which the terminal delivers only in raw mode. */
const discardTyped = Effect.acquireUseRelease(
  Effect.sync(() => {
    const { stdin } = process
    const typed = { isNew: false }
    const listener = (chunk: Uint8Array | string): void => {
      typed.isNew = true
      sendSignals(chunk.toString())
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
      return Effect.zipRight(nextTurnOfEventLoop, nextTurnOfEventLoop)
    }).pipe(Effect.repeat({ while: () => typed.isNew })),
  ({ listener }) =>
    Effect.sync(() => {
      const { stdin } = process
      stdin.off("data", listener)
      stdin.pause()
      stdin.setRawMode(false)
    })
)

/** Reads a line. The end of input counts as an empty line. Ctrl-C interrupts the program, as elsewhere. */
const readLine = (question: string) => Effect.zipRight(discardTyped, askLine(question))

const askLine = (question: string) =>
  Effect.async<string>((resume) => {
    // Loaded only when it is used: most commands ask nothing.
    const { createInterface } = process.getBuiltinModule("node:readline")
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

const confirm = (question: string) => Effect.zipRight(discardTyped, askYesOrNo(question))

/** A single key in raw mode; a terminal may send a word and Return at once. */
const toYesOrNo = (typed: string): boolean | undefined => {
  const word = typed.replace(/[\r\n]+$/, "").toLowerCase()
  return /^y(es)?$/.test(word) ? true : word === "\x1b" || /^no?$/.test(word) ? false : undefined
}

const askYesOrNo = (question: string) =>
  Effect.async<boolean>((resume) => {
    const { stderr, stdin } = process
    const finish = (isYes: boolean): void => {
      stop()
      stderr.write(isYes ? "yes\n" : "no\n")
      resume(Effect.succeed(isYes))
    }
    const onData = (chunk: Uint8Array | string): void => {
      const typed = chunk.toString()
      if (sendSignals(typed)) return
      const isYes = toYesOrNo(typed)
      if (isYes === undefined) stderr.write(`\n${question}`)
      else finish(isYes)
    }
    const onEnd = (): void => finish(false)
    const stop = (): void => {
      stdin.off("data", onData)
      stdin.off("end", onEnd)
      stdin.pause()
      stdin.setRawMode(false)
    }
    stdin.setRawMode(true)
    stdin.on("data", onData)
    stdin.once("end", onEnd)
    stdin.resume()
    stderr.write(question)
    return Effect.sync(stop)
  })

/** The real streams. */
export const make: Effect.Effect<typeof Stdio.Service, ConfigError.ConfigError> = Effect.gen(function*() {
  const { stderr, stdout } = process
  // A closed pipe is also reported as an event, which would end the process with a stack trace.
  stdout.on("error", () => {})
  stderr.on("error", () => {})
  // `process.stdin` takes a while to create, and most commands read nothing.
  const isTyped = isatty(0)
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
        const kind = findPipeKind()
        return kind === undefined
          ? Effect.succeedNone
          : readOrGiveUp(writeError, isOptional && kind === "socket")
      }),
    isInteractive: isTyped && stdout.isTTY,
    readLine: isTyped && stderr.isTTY ? Option.some(readLine) : Option.none(),
    confirm: isTyped && stderr.isTTY ? Option.some(confirm) : Option.none(),
    isTerminal: stdout.isTTY,
    isErrorTerminal,
    colors
  }
})
