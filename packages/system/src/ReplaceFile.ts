/**
 * Replaces the content of a file in one step.
 *
 * @since 0.1.0
 */
import * as Platform from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { randomUUID } from "node:crypto"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { copyAttributes } from "./internal/attributes.ts"
import { writeInPlace } from "./internal/inPlace.ts"
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
 * Replaces a file's content, synced to the disk. A symbolic link stays one, also if it leads to a file that does not exist yet.
 * Missing directories are made. Fails, and leaves the file as it was, when the file system refuses, or when the file may not be
 * written (see `checkWritable`).
 *
 * The content is written to a temporary file beside the target, which gets the target's owner, permission bits, access control list
 * and extended attributes, and is renamed onto it: a reader sees the old content or the new, never half of it, and so does whoever
 * looks after a crash.
 *
 * A file is written in place when another one can't take its place: it has more than one hard link, its attributes can't be given to
 * another file (it belongs to another user, for instance), its directory can't be written, or something is mounted on it. The old
 * content is saved first, readable by the user alone: in `.NAME.saved` beside the file, NAME being random, or in the directory for
 * temporary files. It is written back when writing fails, and what is left after a crash is that copy.
 *
 * With `forcesMode` neither attributes nor hard links are kept: nobody else gets to read the new content by them.
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
) => Effect.Effect<void, Platform.PlatformError, FileSystem.FileSystem> = Effect.fn("ReplaceFile.replaceFile")(
  function*(file: string, content: string | Uint8Array, { forcesMode = false, mode, temporary }: Options) {
    const fs = yield* FileSystem.FileSystem
    const target = yield* realPath(file)
    const directory = dirname(target)
    yield* fs.makeDirectory(directory, { recursive: true })
    const old = yield* Effect.option(fs.stat(target))
    if (Option.isSome(old) && !forcesMode) yield* checkWritable(target)
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
    // Not the file's own name and more: that could be longer than a name may be.
    const written = temporary ?? join(directory, `.${randomUUID()}.tmp`)

    /** False: this file's attributes can't be given to another one. */
    const replace = Effect.gen(function*() {
      const isReplaced = yield* Effect.gen(function*() {
        // At no moment may others read what they could not read before.
        const handle = yield* fs.open(written, { flag: "wx", mode: Option.isSome(old) ? 0o600 : mode })
        if (Option.isSome(old)) {
          if (forcesMode) yield* Effect.ignore(giveTo(written, old.value))
          else if (!(yield* copyAttributes(target, written))) return false
          yield* handle.truncate(FileSystem.Size(0))
        }
        yield* handle.writeAll(bytes)
        // Writing takes away the bits that let others run it as its owner.
        if (Option.isSome(old)) yield* fs.chmod(written, forcesMode ? mode : old.value.mode & 0o7777)
        yield* handle.sync
        return true
      }).pipe(Effect.scoped)
      if (isReplaced) yield* fs.rename(written, target)
      else yield* fs.remove(written)
      return isReplaced
    }).pipe(Effect.tapError(() => Effect.ignore(fs.remove(written, { force: true }))))

    const isLinked = Option.exists(old, ({ nlink }) => Option.exists(nlink, (count) => count > 1)) && !forcesMode
    const isReplaced = isLinked
      ? false
      : yield* Effect.catchIf(
        replace,
        (error) => isOnlyReplacingRefused(error) && Option.isSome(old),
        () => Effect.succeed(false)
      )
    if (!isReplaced) {
      const name = `.${randomUUID()}.saved`
      const copies = [join(directory, name), join(tmpdir(), name)]
      yield* writeInPlace({ file: target, content: bytes, copies, mode: forcesMode ? mode : undefined })
    }
    yield* Effect.ignore(syncDirectory(directory))
  },
  Effect.uninterruptible
)

/**
 * Fails with `PermissionDenied` when this process may not write the file that is there, or when it is read-only: its owner may not
 * write it either, by its permission bits. The latter holds for root too, whom the system would not stop.
 *
 * @since 0.1.0
 * @category queries
 */
export const checkWritable: (
  file: string
) => Effect.Effect<void, Platform.PlatformError, FileSystem.FileSystem> = Effect.fn("ReplaceFile.checkWritable")(
  function*(file: string) {
    const fs = yield* FileSystem.FileSystem
    const { mode } = yield* fs.stat(file)
    if ((mode & 0o200) === 0 && ((mode & 0o022) === 0 || process.getuid?.() === 0)) {
      return yield* new Platform.SystemError({
        reason: "PermissionDenied",
        module: "FileSystem",
        method: "access",
        pathOrDescriptor: file,
        description: "it is read-only"
      })
    }
    yield* fs.access(file, { writable: true })
  }
)

/** So that who uses `sudo` finds the file theirs afterwards. */
const giveTo = (file: string, { gid, uid }: FileSystem.File.Info) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Option.match(Option.zipWith(uid, gid, (uid, gid) => ({ uid, gid })), {
      onNone: () => Effect.void,
      onSome: ({ gid, uid }) => fs.chown(file, uid, gid)
    }))

/** The name is on the disk as well. Some file systems can't sync a directory. */
const syncDirectory = (directory: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.flatMap(fs.open(directory), ({ sync }) => sync)).pipe(
    Effect.scoped
  )

/** The codes of open(2) for a directory that may not be written, and of rename(2) also for a file that something is mounted on. */
const isOnlyReplacingRefused = (error: Platform.PlatformError): boolean =>
  error._tag === "SystemError" && Predicate.isRecord(error.cause) &&
  ["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"].includes(String(error.cause["code"]))
