import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { AuthError } from "../AuthError.ts"
import { isNotFound, storeFailure } from "./storeFailure.ts"

/** Far longer than many processes take to write a small file, one after the other. */
const writing = Duration.seconds(10)

/**
 * Keeps every other process that asks for the file's lock waiting until the scope closes. Answers the path of a
 * temporary file beside the file, which is cleaned up together with the lock.
 *
 * The lock is a directory with one file in it, named after the holder. A directory that has that file already is
 * renamed onto the lock's path, which the system refuses as long as a file is in there. So taking is one step, and a
 * dead holder is shown out by removing the file with its name: nobody ever removes a lock that lives.
 */
export const acquire = Effect.fn("fileLock.acquire")(function*(file: string, patience = writing) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const lock = `${file}.lock`
  const holder: Holder = { pid: process.pid, host: encodeURIComponent(hostname()), id: randomUUID() }
  const own = `${lock}.${holder.id}`

  // Half interrupted it could still happen, after the finalizer has cleaned up.
  const prepare = Effect.uninterruptible(Effect.zipRight(
    fs.makeDirectory(own, { mode: 0o700 }),
    fs.writeFile(path.join(own, toName(holder)), new Uint8Array(), { mode: 0o600 })
  ))
  const cleanUp = fs.rename(lock, own).pipe(
    Effect.whenEffect(fs.exists(path.join(lock, toName(holder)))),
    Effect.ignore,
    Effect.zipRight(Effect.ignore(fs.remove(temporary(file, holder), { force: true }))),
    Effect.zipRight(Effect.ignore(fs.remove(own, { recursive: true, force: true })))
  )

  const showOutTheDead = fs.readDirectory(lock).pipe(
    Effect.catchIf(isNotFound, () => Effect.succeed([])),
    Effect.mapError(storeFailure("write", file)),
    Effect.flatMap(Effect.forEach((name) => {
      const other = fromName(name)
      return other !== undefined && other.host === holder.host && isDead(other.pid)
        ? Effect.ignore(Effect.zipRight(
          fs.remove(temporary(file, other), { force: true }),
          fs.remove(path.join(lock, name), { force: true })
        ))
        : Effect.void
    }))
  )

  yield* Effect.addFinalizer(() => cleanUp)
  yield* Effect.mapError(prepare, storeFailure("write", file))
  yield* fs.rename(own, lock).pipe(
    // Half interrupted it could still happen, behind the back of the finalizer.
    Effect.uninterruptible,
    Effect.catchAll(() => Effect.as(showOutTheDead, "held" as const)),
    Effect.repeat({ while: (state) => state === "held", schedule: Schedule.jittered(Schedule.spaced("20 millis")) }),
    Effect.timeoutFail({
      duration: patience,
      onTimeout: () =>
        new AuthError({
          reason: "Locked",
          message: `Another process has kept ${file} locked for ${Duration.format(patience)}.`,
          path: lock,
          hint: `Try again when it has ended; if there is none, remove ${lock}.`
        })
    })
  )
  return { temporary: temporary(file, holder) }
})

interface Holder {
  readonly pid: number
  readonly host: string
  readonly id: string
}

const temporary = (file: string, { id }: Holder) => `${file}.${id}.tmp`

const toName = ({ host, id, pid }: Holder) => `${pid}@${host}@${id}`

const fromName = (name: string): Holder | undefined => {
  const [, pid, host, id] = /^(\d+)@([^@]*)@([0-9a-f-]{36})$/.exec(name) ?? []
  return pid === undefined || host === undefined || id === undefined ? undefined : { pid: Number(pid), host, id }
}

/** The signal 0 is only a question. A process that may not be asked (EPERM) lives. */
const isDead = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH"
  }
}
