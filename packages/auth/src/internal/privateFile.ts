/** Files of credentials: for their owner only, and changed by one process at a time. */
import { printable } from "@altimate-code/log/Printable"
import * as FileLock from "@altimate-code/system/FileLock"
import * as Paths from "@altimate-code/system/Paths"
import { readText } from "@altimate-code/system/ReadText"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { dirname } from "node:path"
import { AuthError } from "../AuthError.ts"
import * as AuthFile from "./authFile.ts"

/** Far longer than many processes take to write a small file, one after the other. */
export const lockWait = Duration.seconds(10)

const failure = (action: "read" | "write", file: string, why: string): AuthError =>
  new AuthError({
    reason: "StoreIO",
    message: `Can't ${action} ${printable(file)}: ${printable(why)}`,
    path: file,
    hint: `Make sure that you may ${action} the file and its directory, and that there is space left.`
  })

const cannot = (action: "read" | "write", file: string) => (error: PlatformError): AuthError =>
  failure(action, file, error._tag === "SystemError" ? error.description ?? error.message : error.message)

const cannotLock = (file: string, lock: string, why: string): AuthError =>
  new AuthError({
    reason: "StoreIO",
    message: `Can't lock ${printable(file)}: ${printable(why)}`,
    path: file,
    hint: `Make sure that you may write in its directory, and that there is space left. If ${
      printable(lock)
    } is there and no other altimate-code runs, remove it.`
  })

/** The text; none when there is no such file, also if a link leads to where there is none yet. */
export const read = Effect.fn("privateFile.read")(function*(file: string) {
  const target = yield* Effect.mapError(Paths.realPath(file), cannot("read", file))
  return yield* readText(target).pipe(
    Effect.asSome,
    Effect.catchTag("Unreadable", ({ message, reason }) =>
      reason === "NotFound"
        ? Effect.succeedNone
        : reason === "Encoding"
        ? AuthFile.corrupt(file, "", 0, message)
        : failure("read", file, message))
  )
})

/** A private directory: it is made if it is missing, and closed to others if it is not. */
const makeDirectory = Effect.fn("privateFile.makeDirectory")(function*(directory: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
  const { mode } = yield* fs.stat(directory)
  if ((mode & 0o077) !== 0) yield* fs.chmod(directory, 0o700)
})

/**
 * Locks the file until the scope closes, waiting for another process as long as given. What is read now, no other process changes
 * before `replace` has written. A symbolic link stays one.
 */
export const lock = Effect.fn("privateFile.lock")(function*(file: string, wait: Duration.Duration = lockWait) {
  yield* Effect.mapError(makeDirectory(dirname(file)), cannot("write", file))
  const target = yield* Effect.mapError(Paths.realPath(file), cannot("write", file))
  const { takenOverFrom, temporary } = yield* FileLock.acquire(target, { wait }).pipe(
    Effect.mapError(({ lock, message, reason }) =>
      reason === "Refused" ? cannotLock(file, lock, message) : new AuthError({
        reason: "Locked",
        message: `${printable(target)} is locked: ${message} did not release it within ${Duration.format(wait)}.`,
        path: lock,
        hint: `Try again when that process has ended. If it has, remove ${printable(lock)}.`
      })
    )
  )
  const notices = Option.match(takenOverFrom, {
    onNone: () => [],
    onSome: (holder) => [`${file} was still locked by ${holder}, which gives no sign of life. The lock was taken over.`]
  })
  yield* Effect.forEach(notices, (notice) => Effect.logWarning(notice), { discard: true })
  const replace = (text: string) =>
    Effect.mapError(
      replaceFile(target, text, { mode: 0o600, forcesMode: true, temporary }),
      cannot("write", file)
    )
  return { replace, notices }
})
