/** Appends lines to a session's file, which stays open. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as ScopedRef from "effect/ScopedRef"
import type { SessionError } from "../../session/SessionError.ts"
import { toSessionError } from "./sessionFile.ts"

interface Opened {
  readonly handle: FileSystem.File
  readonly info: FileSystem.File.Info
}

const isSameFile = (a: FileSystem.File.Info, b: FileSystem.File.Info): boolean =>
  a.dev === b.dev && Equal.equals(a.ino, b.ino)

export interface Writer {
  /** Checks the lock, and opens the file if it is not open or if it was deleted or replaced. */
  readonly prepare: Effect.Effect<void, SessionError>
  /** Writes the text after `prepare`. When this returns, the text has been flushed to disk. If it fails, the next text replaces what was written. */
  readonly write: (text: string) => Effect.Effect<void, SessionError>
}

/** For sessions that can't be stored. */
export const inMemory: Writer = { prepare: Effect.void, write: () => Effect.void }

/** Makes a writer that creates the file, with mode 0600, when it first writes. The file is closed with the scope. */
export const makeSessionWriter = Effect.fn("makeSessionWriter")(function*(
  file: string,
  size: number,
  lock: { readonly check: Effect.Effect<void, SessionError> }
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const opened = yield* ScopedRef.make(() => Option.none<Opened>())
  let completeBytes = size
  let isIncomplete = false

  const close = ScopedRef.set(opened, Effect.succeedNone)

  const open = Effect.gen(function*() {
    const handle = yield* fs.open(file, { flag: "a", mode: 0o600 })
    return Option.some({ handle, info: yield* handle.stat })
  })

  const prepare = Effect.gen(function*() {
    const before = yield* ScopedRef.get(opened)
    const found = yield* Effect.option(fs.stat(file))
    if (Option.isSome(before) && Option.isSome(found) && isSameFile(before.value.info, found.value)) return
    if (completeBytes === 0) yield* fs.makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 })
    yield* ScopedRef.set(opened, open)
  }).pipe(Effect.mapError(toSessionError(file)), (open) => Effect.zipRight(lock.check, open))

  const write = (text: string) =>
    Effect.gen(function*() {
      const bytes = new TextEncoder().encode(text)
      // A failed write, e.g. on a full disk, may have left part of a line.
      if (isIncomplete) yield* fs.truncate(file, completeBytes)
      const { handle } = yield* Effect.flatten(ScopedRef.get(opened))
      isIncomplete = true
      yield* handle.writeAll(bytes)
      yield* handle.sync
      isIncomplete = false
      completeBytes += bytes.length
    }).pipe(
      Effect.catchTag("NoSuchElementException", Effect.die),
      // A handle whose flush failed may report success the next time, although the data is lost (fsync(2), "EIO").
      Effect.tapError(() => close),
      Effect.mapError(toSessionError(file))
    )

  return { prepare, write } satisfies Writer
})
