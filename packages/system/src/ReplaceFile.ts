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
  /** The permission bits of a new file, before the process's umask is applied. */
  readonly mode: number
  /** If true, an existing file gets `mode` too, for files with secrets. Otherwise it keeps its permission bits. */
  readonly forcesMode?: boolean
  /** The temporary file, in the same directory. If absent, it is a hidden file with a random name. */
  readonly temporary?: string
}

/**
 * Replaces a file's content and syncs it to the disk. A symbolic link stays a link, even if its target does not exist yet. Creates missing
 * directories. Fails and leaves the file unchanged if the file system refuses or the file may not be written (see `checkWritable`).
 *
 * The content is written to a temporary file next to the target. This file gets the target's owner, permission bits, access control list and
 * extended attributes, and is renamed to the target. So readers see either the old or the new content, never a mixture, even after a crash.
 *
 * A file is written in place if it can't be replaced: if it has several hard links, its attributes can't be copied (because it belongs to another
 * user, for example), its directory is not writable, or something is mounted on it. The old content is saved first, readable only by the user,
 * in `.NAME.saved` with a random NAME, next to the file or in the directory for temporary files. If writing fails, the old content is restored; after
 * a crash, the copy remains.
 *
 * With `forcesMode`, attributes and hard links are not kept, since they could give other users access to the new content.
 *
 * Uninterruptible: an interrupted rename could complete later and overwrite a file that another process wrote in the meantime.
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
    // Not derived from the file's name, which could make it too long.
    const written = temporary ?? join(directory, `.${randomUUID()}.tmp`)

    /** Returns false if the file's attributes can't be copied. */
    const replace = Effect.gen(function*() {
      const isReplaced = yield* Effect.gen(function*() {
        // Other users must never be able to read more than before.
        const handle = yield* fs.open(written, { flag: "wx", mode: Option.isSome(old) ? 0o600 : mode })
        if (Option.isSome(old)) {
          if (forcesMode) yield* Effect.ignore(giveTo(written, old.value))
          else if (!(yield* copyAttributes(target, written))) return false
          yield* handle.truncate(FileSystem.Size(0))
        }
        yield* handle.writeAll(bytes)
        // Writing clears the set-user-ID and set-group-ID bits.
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
 * Fails with `PermissionDenied` if this process may not write the existing file, or if the file is read-only: its permission bits do not allow its
 * owner to write it. Read-only files are refused for root too, although the system would allow it.
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

/** Keeps the owner when the user runs the program with `sudo`. */
const giveTo = (file: string, { gid, uid }: FileSystem.File.Info) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Option.match(Option.zipWith(uid, gid, (uid, gid) => ({ uid, gid })), {
      onNone: () => Effect.void,
      onSome: ({ gid, uid }) => fs.chown(file, uid, gid)
    }))

/** Syncs the file's name to the disk too. Some file systems can't sync a directory. */
const syncDirectory = (directory: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.flatMap(fs.open(directory), ({ sync }) => sync)).pipe(
    Effect.scoped
  )

/** Error codes of open(2) in a directory that is not writable, and of rename(2) for a file that something is mounted on. */
const isOnlyReplacingRefused = (error: Platform.PlatformError): boolean =>
  error._tag === "SystemError" && Predicate.isRecord(error.cause) &&
  ["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"].includes(String(error.cause["code"]))
