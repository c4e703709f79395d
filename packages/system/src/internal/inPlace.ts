/** Writes files in place, if they can't be replaced by another file. */
import * as Platform from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"

interface Options {
  readonly file: string
  readonly content: Uint8Array
  /** Where the old content may be saved, in order of preference. */
  readonly copies: ReadonlyArray<string>
  /** The new permission bits of the file. */
  readonly mode: number | undefined
}

/**
 * Saves and syncs the old content, then overwrites the file, which keeps its owner, access control lists, extended attributes and hard links. If
 * writing fails, the old content is restored. The copy is removed unless restoring fails too.
 */
export const writeInPlace = Effect.fn("inPlace.writeInPlace")(function*({ content, copies, file, mode }: Options) {
  const fs = yield* FileSystem.FileSystem
  // If the file can't be opened, nothing needs to be saved.
  const handle = yield* fs.open(file, { flag: "r+" })
  const old = yield* fs.readFile(file)
  const copy = yield* Effect.firstSuccessOf(copies.map((copy) => Effect.as(save(copy, old), copy)))
  const overwrite = (bytes: Uint8Array) =>
    Effect.gen(function*() {
      yield* handle.seek(FileSystem.Size(0), "start")
      yield* handle.writeAll(bytes)
      // Truncated last, so that a failure loses as little as possible.
      yield* handle.truncate(FileSystem.Size(bytes.length))
      yield* handle.sync
    })
  const change = Effect.zipRight(mode === undefined ? Effect.void : fs.chmod(file, mode), overwrite(content))
  yield* Effect.catchAll(change, (error) =>
    Effect.matchEffect(overwrite(old), {
      onFailure: () => notRestored(file, copy, error),
      onSuccess: () => Effect.zipRight(Effect.ignore(fs.remove(copy)), Effect.fail(error))
    }))
  yield* Effect.ignore(fs.remove(copy))
}, Effect.scoped)

const save = (copy: string, content: Uint8Array) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.gen(function*() {
      const handle = yield* fs.open(copy, { flag: "wx", mode: 0o600 })
      yield* Effect.tapError(
        Effect.zipRight(handle.writeAll(content), handle.sync),
        () => Effect.ignore(fs.remove(copy))
      )
    }).pipe(Effect.scoped)
  })

const notRestored = (
  file: string,
  copy: string,
  error: Platform.PlatformError
): Effect.Effect<never, Platform.PlatformError> =>
  new Platform.SystemError({
    reason: "Unknown",
    module: "FileSystem",
    method: "write",
    pathOrDescriptor: file,
    description: `it could not be written, and its old content could not be restored; a copy is in ${copy}`,
    cause: error
  })
