/**
 * Writes log lines to a file, one file for each start of the program.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
// Only synchronous calls work while the process exits.
import { appendFileSync } from "node:fs"
import * as LogLine from "./LogLine.ts"
import { Secrets } from "./Secrets.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Created if it is missing, accessible only to its owner. If absent, no file is written. */
  readonly directory?: string
  /** Events below this level are not written. */
  readonly level: LogLevel.LogLevel
  /** If true, every line is copied to `writeError`. */
  readonly printLogs: boolean
  /** Writes to stderr: warnings about the log itself, and the lines copied by `printLogs`. */
  readonly writeError: (text: string) => Effect.Effect<void>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The log file of this start; none if it could not be opened. */
  readonly path: Option.Option<string>
}

/**
 * The log file of this start of the program.
 *
 * @since 0.1.0
 * @category services
 */
export class LogFile extends Context.Tag("@altimate-code/log/LogFile")<LogFile, Service>() {}

const maxFiles = 10

/** The time of the start and the process ID, so that no two starts share a file and the names sort by time. */
const fileName = Effect.map(
  Clock.currentTimeMillis,
  (millis) => `${new Date(millis).toISOString().replaceAll(":", "")}-${process.pid}.log`
)

const isLog = (name: string) => /^\d{4}-\d\d-\d\dT.*\.log$/.test(name)

type Warn = (text: string) => Effect.Effect<void>

/**
 * Removes all but the newest logs, but never the log of this start, even if the clock runs backwards. Files that can't be removed stay:
 * another start may be removing them, and an extra log is no reason to fail.
 */
const prune = Effect.fn("LogFile.prune")(function*(directory: string, own: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const others = (yield* fs.readDirectory(directory)).filter((name) => isLog(name) && name !== own).toSorted()
  yield* Effect.forEach(
    others.slice(0, 1 - maxFiles),
    (name) => Effect.ignore(fs.remove(path.join(directory, name), { force: true })),
    { discard: true }
  )
}, Effect.ignore)

/** The process is exiting, so a failure can't be reported any more. */
const appendSync = Option.liftThrowable((file: string, text: string) => appendFileSync(file, text, { mode: 0o600 }))

/** Opens the file and returns a function that appends a text to it. After the first failure it warns once and drops the rest. */
const open = Effect.fn("LogFile.open")(function*(file: string, warn: Warn) {
  const fs = yield* FileSystem.FileSystem
  const handle = yield* fs.open(file, { flag: "a", mode: 0o600 })
  let isBroken = false
  return (text: string) =>
    Effect.suspend(() => isBroken ? Effect.void : handle.writeAll(new TextEncoder().encode(text))).pipe(
      Effect.catchAll((error) => {
        isBroken = true
        return warn(`logging stopped, because the log can't be written: ${error.message}`)
      })
    )
})

const nextTurnOfEventLoop = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

/**
 * Starts a fiber that passes lines to `write` in order, and returns a function that adds a line. The scope closes only after all lines were
 * written, also when the program fails or is interrupted. If the process exits before that, by a crash or a second signal, `writeLast` gets
 * the lines that `write` has not been given yet.
 */
const startWriter = Effect.fn("LogFile.startWriter")(
  function*(
    write: (lines: ReadonlyArray<string>) => Effect.Effect<void>,
    writeLast: (lines: ReadonlyArray<string>) => void
  ) {
    const pending: Array<string> = []
    const wakeUps = yield* Mailbox.make<void>()
    yield* wakeUps.takeAll.pipe(
      // The lines of one turn of the event loop are written together, and go to `writeLast` if the process exits in that turn.
      Effect.zipLeft(nextTurnOfEventLoop),
      Effect.tap(() => {
        const lines = pending.splice(0)
        return lines.length === 0 ? Effect.void : write(lines)
      }),
      Effect.repeat({ until: ([, isDone]) => isDone }),
      Effect.forkScoped,
      // Even before it has started: all lines must be written, so closing the scope waits for the end of the mailbox.
      Effect.uninterruptible
    )
    yield* Effect.addFinalizer(() => wakeUps.end)
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const listener = () => {
          const lines = pending.splice(0)
          if (lines.length > 0) writeLast(lines)
        }
        process.on("exit", listener)
        return listener
      }),
      (listener) => Effect.sync(() => void process.off("exit", listener))
    )
    return (line: string) => {
      pending.push(line)
      wakeUps.unsafeOffer()
    }
  }
)

/**
 * Replaces the default logger and sets the minimum level. Creates the directory (0700) and the file (0600), and removes all but the newest 10
 * logs. Never fails: if the log can't be written, a warning appears on stderr once and the program continues.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<LogFile, never, FileSystem.FileSystem | Path.Path> =>
  // One layer instead of several, because combining layers takes many operations, which matters for a short command.
  Layer.scoped(
    LogFile,
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { mask } = yield* Secrets
      const warn: Warn = (text) => options.writeError(`warning: ${text}\n`)
      const name = yield* fileName
      const { directory } = options
      const file = (yield* Path.Path).join(directory ?? "", name)

      const append = directory === undefined
        ? Option.none()
        : yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 }).pipe(
          Effect.zipRight(open(file, warn)),
          Effect.zipLeft(prune(directory, name)),
          Effect.asSome,
          Effect.catchAll((error) => Effect.as(warn(`no log is written: ${error.message}`), Option.none()))
        )
      const printLines = (lines: ReadonlyArray<string>) =>
        options.printLogs ? Effect.forEach(lines, options.writeError, { discard: true }) : Effect.void
      const write = yield* startWriter(
        (lines) =>
          Effect.zipRight(
            Option.match(append, { onNone: () => Effect.void, onSome: (append) => append(lines.join("")) }),
            printLines(lines)
          ),
        (lines) => {
          if (Option.isSome(append)) appendSync(file, lines.join(""))
          Effect.runFork(printLines(lines))
        }
      )

      let last = yield* Clock.currentTimeMillis
      const logger = Logger.make((event) => {
        const now = event.date.getTime()
        const sinceMillis = Math.max(0, now - last)
        last = now
        write(`${LogLine.render(event, { mask, sinceMillis, withStacks: Cause.isDie(event.cause) })}\n`)
      })
      yield* Effect.locallyScopedWith(FiberRef.currentLoggers, (loggers) =>
        HashSet.add(HashSet.remove(loggers, Logger.defaultLogger), logger))
      yield* Effect.locallyScoped(FiberRef.currentMinimumLogLevel, options.level)
      return { path: Option.as(append, file) }
    })
  )
