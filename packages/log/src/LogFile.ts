/**
 * Where log lines go: a file for each start of the program.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as LogLine from "./LogLine.ts"
import { Secrets } from "./Secrets.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Made when it is missing, for its owner only. Absent: there is none, and no file is written. */
  readonly directory?: string
  /** Events below this level are not written. */
  readonly level: LogLevel.LogLevel
  /** Copy every line to `writeError`. */
  readonly printLogs: boolean
  /** Writes to stderr: warnings about the log itself, and what `printLogs` copies. */
  readonly writeError: (text: string) => Effect.Effect<void>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** This start's log file; none when it could not be opened. */
  readonly path: Option.Option<string>
}

/**
 * The log file of this start of the program.
 *
 * @since 0.1.0
 * @category services
 */
export class LogFile extends Context.Tag("@altimate-code/log/LogFile")<LogFile, Service>() {}

const kept = 10

/** A start's time and process ID: two starts never share a file, and the order of the names is that of the starts. */
const fileName = Effect.map(
  Clock.currentTimeMillis,
  (millis) => `${new Date(millis).toISOString().replaceAll(":", "")}-${process.pid}.log`
)

const isLog = (name: string) => /^\d{4}-\d\d-\d\dT.*\.log$/.test(name)

type Warn = (text: string) => Effect.Effect<void>

/**
 * Removes all but the newest logs, never this start's own, whatever the clock says. A file that can't be removed stays:
 * another start may be doing the same, and a log too many is no reason to write none.
 */
const prune = Effect.fn("LogFile.prune")(function*(directory: string, own: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const others = (yield* fs.readDirectory(directory)).filter((name) => isLog(name) && name !== own).toSorted()
  yield* Effect.forEach(
    others.slice(0, 1 - kept),
    (name) => Effect.ignore(fs.remove(path.join(directory, name), { force: true })),
    { discard: true }
  )
}, Effect.ignore)

/** Opens the file and answers with what appends a line to it; every line is written before the scope is closed. */
const open = Effect.fn("LogFile.open")(function*(file: string, warn: Warn) {
  const fs = yield* FileSystem.FileSystem
  const handle = yield* fs.open(file, { flag: "a", mode: 0o600 })
  const lines = yield* Mailbox.make<string>()
  let broken = false

  const write = (batch: Iterable<string>) =>
    Effect.suspend(() => broken ? Effect.void : handle.writeAll(new TextEncoder().encode([...batch].join("")))).pipe(
      Effect.catchAll((error) => {
        broken = true
        return warn(`the log can't be written any more: ${error.message}`)
      })
    )
  // Ended by the end of the mailbox and not by an interruption: a line that was taken must be written.
  const writer = yield* lines.takeAll.pipe(
    // The last batch may be empty, and a write of nothing fails.
    Effect.tap(([batch]) => Chunk.isEmpty(batch) ? Effect.void : write(batch)),
    Effect.repeat({ until: ([, done]) => done }),
    Effect.forkDaemon
  )
  yield* Effect.addFinalizer(() => Effect.zipRight(lines.end, Fiber.join(writer)))
  return (line: string) => void lines.unsafeOffer(line)
})

/**
 * Replaces the default logger, and sets the minimum level. The directory is made (0700), the file opened (0600), and
 * all but the newest 10 logs are removed. It never fails: when the log can't be written, that is said once on stderr
 * and the program goes on.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<LogFile, never, FileSystem.FileSystem | Path.Path | Secrets> =>
  Layer.unwrapScoped(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { mask } = yield* Secrets
    const runtime = yield* Effect.runtime<never>()
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

    let last = yield* Clock.currentTimeMillis
    const logger = Logger.make((event) => {
      const now = event.date.getTime()
      const sinceMillis = Math.max(0, now - last)
      const line = `${LogLine.render(event, { mask, sinceMillis, stacks: Cause.isDie(event.cause) })}\n`
      last = now
      if (Option.isSome(append)) append.value(line)
      if (options.printLogs) Runtime.runFork(runtime)(options.writeError(line))
    })
    return Layer.mergeAll(
      Layer.succeed(LogFile, { path: Option.as(append, file) }),
      Logger.replace(Logger.defaultLogger, logger),
      Logger.minimumLogLevel(options.level)
    )
  }))
