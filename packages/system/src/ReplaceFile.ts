/**
 * Replaces the content of a file in one step.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { randomUUID } from "node:crypto"
import { dirname, join } from "node:path"
import { realPath } from "./Paths.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The permission bits of a file that is new, less the process's umask. */
  readonly mode: number
  /** A file that is there gets `mode` as well, whatever it had: for secrets. Otherwise it keeps its own bits. */
  readonly forcesMode?: boolean
  /** Where the new content is written first, in the file's directory; absent: a hidden file with a random name. */
  readonly temporary?: string
}

/**
 * Writes the content to a temporary file beside the target, syncs it, and renames it onto the target: a reader sees the old content
 * or the new, never half of it, and so does whoever looks after a crash. A symbolic link stays one, also if it leads to a file that
 * does not exist yet. Missing directories are made. Fails, and leaves the file as it was, when the file system refuses or the file
 * may not be written.
 *
 * Cannot be interrupted: a rename that the system still performs later could overwrite what another process writes meanwhile.
 *
 * @since 0.1.0
 * @category constructors
 */
export const replaceFile: (
  file: string,
  content: string | Uint8Array,
  options: Options
) => Effect.Effect<void, PlatformError, FileSystem.FileSystem> = Effect.fn("ReplaceFile.replaceFile")(
  function*(file: string, content: string | Uint8Array, { forcesMode = false, mode, temporary }: Options) {
    const fs = yield* FileSystem.FileSystem
    const target = yield* realPath(file)
    const directory = dirname(target)
    yield* fs.makeDirectory(directory, { recursive: true })
    const kept = forcesMode ? Option.none() : yield* modeOf(target)
    // Not the file's own name and more: that could be longer than a name may be.
    const written = temporary ?? join(directory, `.${randomUUID()}.tmp`)
    yield* Effect.gen(function*() {
      // At no moment may others read what they could not read before; what the umask takes away comes back.
      const handle = yield* fs.open(written, { flag: "wx", mode: Option.getOrElse(kept, () => mode) })
      yield* handle.writeAll(typeof content === "string" ? new TextEncoder().encode(content) : content)
      if (Option.isSome(kept)) yield* fs.chmod(written, kept.value)
      yield* handle.sync
    }).pipe(
      Effect.scoped,
      Effect.zipRight(fs.rename(written, target)),
      Effect.tapError(() => Effect.ignore(fs.remove(written, { force: true })))
    )
  },
  Effect.uninterruptible
)

/** Of a file that is there. Renaming would get around a missing permission to write the file. */
const modeOf = Effect.fn("modeOf")(function*(target: string) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(target))) return Option.none<number>()
  yield* fs.access(target, { writable: true })
  return Option.some((yield* fs.stat(target)).mode & 0o7777)
})
