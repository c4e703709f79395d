/**
 * Keeps a file for one process at a time.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { join } from "node:path"
import { fromName, type Holder, thisProcess, toName } from "./internal/holder.ts"
import { state } from "./ProcessId.ts"

/**
 * The lock could not be taken.
 *
 * - `Held`: another process has it, or may have it
 * - `Refused`: the file system refused; `message` says what
 *
 * @since 0.1.0
 * @category errors
 */
export class FileLockError extends Schema.TaggedError<FileLockError>("@altimate-code/system/FileLockError")(
  "FileLockError",
  {
    reason: Schema.Literal("Held", "Refused"),
    message: Schema.String,
    /** The lock's directory: to remove it takes the lock away from whoever has it. */
    lock: Schema.String
  }
) {}

/**
 * @since 0.1.0
 * @category models
 */
export interface Lock {
  /** For a temporary file beside the locked one: it is removed with the lock, also after a crash. */
  readonly temporary: string
  /** Whether this process still has the lock. Another one may have taken it over while this one was suspended. */
  readonly isHeld: Effect.Effect<boolean>
  /** The process that the lock was taken over from because it gave no sign of life, e.g. `process 7 on build-3`. */
  readonly takenOverFrom: Option.Option<string>
}

/** How often a holder gives a sign of life. */
const heartbeat = Duration.seconds(3)

/** After so long without one, a holder that can't be looked at from here has ended. */
const silence = Duration.times(heartbeat, 3)

/** The same for holders of earlier versions, which give no signs: by the time since they took the lock. */
const silenceOfEarlierVersions = Duration.hours(1)

/**
 * Takes the lock of a file, whose directory must exist, until the scope closes; waits up to `wait` (default: not at all) for a
 * process that has it. A process that ended without giving its lock back, by a crash or a restart of its container, is recognised
 * by its process ID, the time it started, its process namespace and the kernel's boot ID. One on another machine or in another
 * container can't be looked at: if it gives no sign of life for nine seconds, the lock is taken over.
 *
 * The lock is a directory with one file in it, named after the holder. A directory that has that file already is renamed onto the
 * lock's path, which the system refuses as long as a file is in there (rename(2), ENOTEMPTY). So taking the lock is one step, and
 * the holder that ended is cleared out by removing the file with its name: nobody removes the lock of one that runs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const acquire: (
  file: string,
  options?: { readonly wait?: Duration.DurationInput }
) => Effect.Effect<Lock, FileLockError, FileSystem.FileSystem | Scope.Scope> = Effect.fn("FileLock.acquire")(
  function*(file: string, { wait = Duration.zero }: { readonly wait?: Duration.DurationInput } = {}) {
    const fs = yield* FileSystem.FileSystem
    const started = yield* Clock.currentTimeMillis
    const lock = `${file}.lock`
    const self = yield* thisProcess
    const name = toName(self)
    const own = `${lock}.${self.id}`
    const temporary = ({ id }: Holder) => `${file}.${id}.tmp`
    const refused = (error: PlatformError) =>
      new FileLockError({
        reason: "Refused",
        message: error._tag === "SystemError" ? error.description ?? error.message : error.message,
        lock
      })

    /** What an unknown holder wrote last, and since when it has not written anything else. */
    const watched = new Map<string, { readonly sign: string; readonly since: number }>()

    /** When the holder wrote last, in milliseconds since 1970. */
    const writtenAt = (other: string) =>
      Effect.map(fs.stat(join(lock, other)), ({ mtime }) => Option.getOrElse(mtime, () => new Date()).getTime())

    /** Whether the holder still gives signs of life; `unknown` while it is too early to say. */
    const signs = (other: string) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        // Opened and read, not only asked for its time: network file systems may answer that from a cache (nfs(5), "ac").
        const sign = yield* fs.readFileString(join(lock, other))
        if (fromName(other)?.start === "" || fromName(other) === undefined) {
          const age = now - (yield* writtenAt(other))
          return age > Duration.toMillis(silenceOfEarlierVersions) ? "ended" as const : "running" as const
        }
        const before = watched.get(other)
        if (before === undefined || before.sign !== sign) {
          watched.set(other, { sign, since: now })
          return before === undefined ? "unknown" as const : "running" as const
        }
        return now - before.since >= Duration.toMillis(silence) ? "ended" as const : "unknown" as const
      })

    let takenOverFrom = Option.none<string>()

    /** Clears out holders that have ended; what is left is the state of the one that has the lock. */
    const clearOut = Effect.gen(function*() {
      const names = yield* fs.readDirectory(lock).pipe(Effect.catchIf(isNotFound, () => Effect.succeed([])))
      for (const other of names) {
        const holder = fromName(other)
        const seen = holder === undefined
          ? "unknown"
          : yield* Effect.flatMap(
            Effect.orElseSucceed(writtenAt(other), () => 0),
            (since) => state(holder, self, since)
          )
        const found = seen === "unknown"
          ? yield* Effect.catchIf(signs(other), isNotFound, () => Effect.succeed("unknown" as const))
          : seen
        if (found !== "ended") return { found, other: holder }
        if (seen === "unknown") takenOverFrom = Option.some(describe(holder, self))
        if (holder !== undefined) yield* Effect.ignore(fs.remove(temporary(holder), { force: true }))
        // What can't be removed would keep everybody out: the caller has to know.
        yield* fs.remove(join(lock, other), { force: true })
      }
      return { found: "free" as const, other: undefined }
    })

    const attempt = Effect.gen(function*() {
      const moved = yield* Effect.either(fs.rename(own, lock))
      if (moved._tag === "Right") return true
      if (!isOccupied(moved.left)) return yield* refused(moved.left)
      const { found, other } = yield* Effect.mapError(clearOut, refused)
      const isOver = (yield* Clock.currentTimeMillis) - started >= Duration.toMillis(wait)
      if (found === "running" && isOver) {
        return yield* new FileLockError({ reason: "Held", message: describe(other, self), lock })
      }
      return false
    }).pipe(
      // Interrupted, the renaming could still happen behind the back of the finalizer.
      Effect.uninterruptible
    )

    yield* Effect.addFinalizer(() =>
      fs.rename(lock, own).pipe(
        // Moved away first, as a whole: nobody sees it empty, and takes it, before it is removed.
        Effect.whenEffect(fs.exists(join(lock, name))),
        Effect.ignore,
        Effect.zipRight(Effect.ignore(fs.remove(temporary(self), { force: true }))),
        Effect.zipRight(Effect.ignore(fs.remove(own, { recursive: true, force: true })))
      )
    )
    yield* fs.makeDirectory(own, { mode: 0o700 }).pipe(
      Effect.zipRight(fs.writeFile(join(own, name), new Uint8Array(), { mode: 0o600 })),
      Effect.mapError(refused),
      // Interrupted, it could still happen after the finalizer has cleaned up.
      Effect.uninterruptible
    )
    yield* Effect.repeat(attempt, {
      until: (isTaken) => isTaken,
      schedule: Schedule.jittered(Schedule.spaced("20 millis"))
    })

    const isHeld = Effect.orElseSucceed(fs.exists(join(lock, name)), () => false)
    // Opened only if it is there: a lock that was taken over must not come back.
    const beat = (sign: number) =>
      Effect.scoped(
        Effect.flatMap(fs.open(join(lock, name), { flag: "r+" }), (handle) =>
          handle.writeAll(new TextEncoder().encode(String(sign))))
      )
    yield* Clock.currentTimeMillis.pipe(
      Effect.flatMap(beat),
      Effect.ignore,
      Effect.schedule(Schedule.spaced(heartbeat)),
      Effect.forkScoped
    )
    return { temporary: temporary(self), isHeld, takenOverFrom }
  }
)

/** A process as users know it. */
const describe = (holder: Holder | undefined, self: Holder): string => {
  if (holder === undefined) return "another process"
  return holder.host === self.host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`
}

const isNotFound = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** The codes of rename(2) for a directory that is not empty. */
const isOccupied = (error: PlatformError): boolean =>
  error._tag === "SystemError" && Predicate.isRecord(error.cause) &&
  ["ENOTEMPTY", "EEXIST"].includes(String(error.cause["code"]))
