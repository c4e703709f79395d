/** Files that nobody else may read. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"

/** Made when it is not there, and kept from others. */
export const ownDirectory = Effect.fn("ownDirectory")(function*(directory: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
  const { mode } = yield* fs.stat(directory)
  if ((mode & 0o077) !== 0) yield* fs.chmod(directory, 0o700)
})

/** The file is never half written: not for a reader, and not after a crash. */
export const replace = (target: string, temporary: string, text: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(temporary, { flag: "wx", mode: 0o600 })
    yield* file.writeAll(new TextEncoder().encode(text))
    yield* file.sync
  }).pipe(
    Effect.scoped,
    Effect.zipRight(Effect.flatMap(FileSystem.FileSystem, (fs) => fs.rename(temporary, target))),
    // Half interrupted, the renaming could happen when the lock is another's already.
    Effect.uninterruptible
  )
