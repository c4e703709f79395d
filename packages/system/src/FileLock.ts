/**
 * Locks files between processes.
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
 * The lock could not be acquired.
 *
 * - `Held`: another process holds it, or may hold it
 * - `Refused`: the file system refused an operation; `message` says which
 *
 * @since 0.1.0
 * @category errors
 */
export class FileLockError extends Schema.TaggedError<FileLockError>("@altimate-code/system/FileLockError")(
  "FileLockError",
  {
    reason: Schema.Literal("Held", "Refused"),
    message: Schema.String,
    /** The lock's directory. Removing it releases the lock. */
    lock: Schema.String
  }
) {}

/**
 * @since 0.1.0
 * @category models
 */
export interface Lock {
  /** The path of a temporary file next to the locked file. It is removed together with the lock, also after a crash. */
  readonly temporary: string
  /** Whether this process still holds the lock. Another process may have taken it over while this one was suspended. */
  readonly isHeld: Effect.Effect<boolean>
  /** The process whose lock was taken over because its heartbeat stopped, for example `process 7 on build-3`. */
  readonly takenOverFrom: Option.Option<string>
}

/** How often a holder updates its file. */
const heartbeatInterval = Duration.seconds(3)

/** A holder that can't be checked from here counts as ended after this time without a heartbeat. */
const maxSilence = Duration.times(heartbeatInterval, 3)

/** The same for holders of earlier versions, which have no heartbeat, since they acquired the lock. */
const maxAgeOfEarlierVersions = Duration.hours(1)

/**
 * Acquires the lock of a file, whose directory must exist, until the scope closes. Waits up to `wait` (default: not at all) for the process that
 * holds it. A process that ended without releasing its lock, through a crash or a restart of its container, is recognized by its process ID, start
 * time, process namespace and the kernel's boot ID. A process on another machine or in another container can't be checked: if its heartbeat stops for
 * nine seconds, its lock is taken over.
 *
 * The lock is a directory with a single file that is named after the holder. To acquire it, a directory that already contains this file is renamed to
 * the lock's path, which the system refuses while another file is there (rename(2), ENOTEMPTY). So acquiring is a single step. A holder that has ended
 * is cleared by removing the file with its name, so the lock of a running process is never removed.
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

    /** The last heartbeat of each holder that can't be checked, and when it was first seen. */
    const watched = new Map<string, { readonly sign: string; readonly since: number }>()

    /** When the holder last wrote its file, in milliseconds since 1970. */
    const writtenAt = (other: string) =>
      Effect.map(fs.stat(join(lock, other)), ({ mtime }) => Option.getOrElse(mtime, () => new Date()).getTime())

    /** Whether the holder's heartbeat continues; `unknown` while it is too early to say. */
    const checkHeartbeat = (other: string) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        // The file is read, because network file systems may cache its modification time (nfs(5), "ac").
        const sign = yield* fs.readFileString(join(lock, other))
        if (fromName(other)?.start === "" || fromName(other) === undefined) {
          const age = now - (yield* writtenAt(other))
          return age > Duration.toMillis(maxAgeOfEarlierVersions) ? "ended" as const : "running" as const
        }
        const before = watched.get(other)
        if (before === undefined || before.sign !== sign) {
          watched.set(other, { sign, since: now })
          return before === undefined ? "unknown" as const : "running" as const
        }
        return now - before.since >= Duration.toMillis(maxSilence) ? "ended" as const : "unknown" as const
      })

    let takenOverFrom = Option.none<string>()

    /** Removes holders that have ended, and returns the state of the remaining one. */
    const clearEnded = Effect.gen(function*() {
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
          ? yield* Effect.catchIf(checkHeartbeat(other), isNotFound, () => Effect.succeed("unknown" as const))
          : seen
        if (found !== "ended") return { found, other: holder }
        if (seen === "unknown") takenOverFrom = Option.some(describe(holder, self))
        if (holder !== undefined) yield* Effect.ignore(fs.remove(temporary(holder), { force: true }))
        // A file that can't be removed would block everyone, so this must fail.
        yield* fs.remove(join(lock, other), { force: true })
      }
      return { found: "free" as const, other: undefined }
    })

    const attempt = Effect.gen(function*() {
      const moved = yield* Effect.either(fs.rename(own, lock))
      if (moved._tag === "Right") return true
      if (!isOccupied(moved.left)) return yield* refused(moved.left)
      const { found, other } = yield* Effect.mapError(clearEnded, refused)
      const isTimeUp = (yield* Clock.currentTimeMillis) - started >= Duration.toMillis(wait)
      if (found === "running" && isTimeUp) {
        return yield* new FileLockError({ reason: "Held", message: describe(other, self), lock })
      }
      return false
    }).pipe(
      // An interrupted rename could complete after the finalizer has run.
      Effect.uninterruptible
    )

    yield* Effect.addFinalizer(() =>
      fs.rename(lock, own).pipe(
        // Renamed first, so that no other process sees an empty directory and acquires it before it is removed.
        Effect.whenEffect(fs.exists(join(lock, name))),
        Effect.ignore,
        Effect.zipRight(Effect.ignore(fs.remove(temporary(self), { force: true }))),
        Effect.zipRight(Effect.ignore(fs.remove(own, { recursive: true, force: true })))
      )
    )
    yield* fs.makeDirectory(own, { mode: 0o700 }).pipe(
      Effect.zipRight(fs.writeFile(join(own, name), new Uint8Array(), { mode: 0o600 })),
      Effect.mapError(refused),
      // An interrupted mkdir could complete after the finalizer has run.
      Effect.uninterruptible
    )
    yield* Effect.repeat(attempt, {
      until: (isTaken) => isTaken,
      schedule: Schedule.jittered(Schedule.spaced("20 millis"))
    })

    const isHeld = Effect.orElseSucceed(fs.exists(join(lock, name)), () => false)
    // Opens only an existing file: a lock that was taken over must not reappear.
    const beat = (sign: number) =>
      Effect.scoped(
        Effect.flatMap(fs.open(join(lock, name), { flag: "r+" }), (handle) =>
          handle.writeAll(new TextEncoder().encode(String(sign))))
      )
    yield* Clock.currentTimeMillis.pipe(
      Effect.flatMap(beat),
      Effect.ignore,
      Effect.schedule(Schedule.spaced(heartbeatInterval)),
      Effect.forkScoped
    )
    return { temporary: temporary(self), isHeld, takenOverFrom }
  }
)

/** A process for messages. */
const describe = (holder: Holder | undefined, self: Holder): string => {
  if (holder === undefined) return "another process"
  return holder.host === self.host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`
}

const isNotFound = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** The codes of rename(2) for a directory that is not empty. */
const isOccupied = (error: PlatformError): boolean =>
  error._tag === "SystemError" && Predicate.isRecord(error.cause) &&
  ["ENOTEMPTY", "EEXIST"].includes(String(error.cause["code"]))
