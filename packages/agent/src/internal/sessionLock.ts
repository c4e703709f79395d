import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { SessionError } from "../SessionError.ts"
import { io } from "./sessionFile.ts"

/** The holders that this process is. */
const ours = new Set<string>()

/**
 * Keeps the session for this process until the scope closes; fails as `InUse` when another one has it.
 *
 * The lock is a directory with one file in it, named after the holder. A directory that has that file already is renamed
 * onto the lock's path, which the system refuses as long as a file is in there. So taking is one step, and a holder that died is
 * shown out by removing the file with its name: nobody ever removes a lock that lives.
 */
export const acquire = Effect.fn("sessionLock.acquire")(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const lock = `${file}.lock`
  const name = `${process.pid}@${encodeURIComponent(hostname())}@${randomUUID()}`
  const own = `${lock}.${name}`
  ours.add(name)

  const take = Effect.gen(function*() {
    yield* fs.makeDirectory(own, { mode: 0o700 })
    yield* fs.writeFile(path.join(own, name), new Uint8Array(), { mode: 0o600 })
    // Others may show out the same dead holder at the same time, and be quicker.
    for (let again = 3;; again--) {
      const moved = yield* Effect.either(fs.rename(own, lock))
      if (Either.isRight(moved)) return
      const holder = yield* showOut
      if (holder !== undefined) return yield* inUse(holder)
      if (again === 0) return yield* moved.left
    }
  }).pipe(Effect.catchTags({
    BadArgument: (error) => io(file)(error),
    SystemError: (error) => io(file)(error)
  }))

  /** Removes the holder if it is dead; else answers who it is. */
  const showOut = Effect.gen(function*() {
    for (const other of yield* Effect.orElseSucceed(fs.readDirectory(lock), () => [])) {
      const [pid, host] = other.split("@")
      if (host !== encodeURIComponent(hostname()) || !(isDead(Number(pid)) || isBeforeUs(other))) return other
      yield* fs.remove(path.join(lock, other), { force: true })
    }
    return undefined
  })

  const inUse = (holder: string) => {
    const [pid = "", host = ""] = holder.split("@")
    const where = host === encodeURIComponent(hostname())
      ? `process ${pid}`
      : `process ${pid} on ${decodeURIComponent(host)}`
    return new SessionError({
      reason: "InUse",
      message: `The session is open in ${where}.`,
      hint: `Leave it there first, or begin a new one. If that process is gone, remove ${lock}.`,
      path: file
    })
  }

  yield* Effect.acquireRelease(
    Effect.tapError(take, () =>
      Effect.zipRight(
        Effect.sync(() => ours.delete(name)),
        Effect.ignore(fs.remove(own, { recursive: true, force: true }))
      )),
    // Moved away first, as a whole: nobody sees it empty, and takes it, before it is removed.
    () =>
      Effect.zipRight(fs.rename(lock, own), fs.remove(own, { recursive: true })).pipe(
        Effect.whenEffect(fs.exists(path.join(lock, name))),
        Effect.ignore,
        Effect.zipRight(Effect.sync(() => ours.delete(name)))
      )
  )
})

/** Had another process our number? In a container that is started again, the one that crashed there did. */
const isBeforeUs = (holder: string): boolean => holder.startsWith(`${process.pid}@`) && !ours.has(holder)

/** The signal 0 is only a question. A process that may not be asked (EPERM) lives. */
const isDead = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH"
  }
}
