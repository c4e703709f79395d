/** Reads and replaces files with credentials. Only the owner can read them, and only one process at a time changes them. */
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

/** Enough for many processes to write a small file one after another. */
export const lockWait = Duration.seconds(10)

const makeStoreError = (action: "read" | "write", file: string, why: string): AuthError =>
  new AuthError({
    reason: "StoreIO",
    message: `Can't ${action} ${printable(file)}: ${printable(why)}`,
    path: file
  })

const toStoreError = (action: "read" | "write", file: string) => (error: PlatformError): AuthError =>
  makeStoreError(action, file, error._tag === "SystemError" ? error.description ?? error.message : error.message)

const makeLockError = (file: string, lock: string, why: string): AuthError =>
  new AuthError({
    reason: "StoreIO",
    message: `Can't lock ${printable(file)}: ${printable(why)}`,
    path: file,
    lock
  })

/** Reads the text; none if the file, or the target of a symbolic link, does not exist. */
export const read = Effect.fn("privateFile.read")(function*(file: string) {
  const target = yield* Effect.mapError(Paths.realPath(file), toStoreError("read", file))
  return yield* readText(target).pipe(
    Effect.asSome,
    Effect.catchTag("Unreadable", ({ message, reason }) =>
      reason === "NotFound"
        ? Effect.succeedNone
        : reason === "Encoding"
        ? AuthFile.makeCorruptStore(file, "", 0, message)
        : makeStoreError("read", file, message))
  )
})

/** Creates the directory if it is missing, and removes the permissions of other users. */
const makeDirectory = Effect.fn("privateFile.makeDirectory")(function*(directory: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
  const { mode } = yield* fs.stat(directory)
  if ((mode & 0o077) !== 0) yield* fs.chmod(directory, 0o700)
})

/**
 * Locks the file until the scope closes, waiting up to `wait` for another process. No other process changes the file meanwhile. `replace` writes
 * it, and preserves a symbolic link.
 */
export const lock = Effect.fn("privateFile.lock")(function*(file: string, wait: Duration.Duration = lockWait) {
  yield* Effect.mapError(makeDirectory(dirname(file)), toStoreError("write", file))
  const target = yield* Effect.mapError(Paths.realPath(file), toStoreError("write", file))
  const { takenOverFrom, temporary } = yield* FileLock.acquire(target, { wait }).pipe(
    Effect.mapError(({ lock, message, reason }) =>
      reason === "Refused" ? makeLockError(file, lock, message) : new AuthError({
        reason: "Locked",
        message: `${printable(target)} is locked: ${message} did not release it within ${Duration.format(wait)}.`,
        path: target,
        lock
      })
    )
  )
  const notices = Option.match(takenOverFrom, {
    onNone: () => [],
    onSome: (holder) => [`${file} was still locked by ${holder}, which is not responding. The lock was taken over.`]
  })
  yield* Effect.forEach(notices, (notice) => Effect.logWarning(notice), { discard: true })
  const replace = (text: string) =>
    Effect.mapError(
      replaceFile(target, text, { mode: 0o600, forcesMode: true, temporary }),
      toStoreError("write", file)
    )
  return { replace, notices }
})
