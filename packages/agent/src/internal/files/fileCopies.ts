/** Stores copies of files before tools change them, so that the user can undo a turn. */
import { logReported } from "@altimate-code/system/logging/DecisionLevel"
import * as Paths from "@altimate-code/system/Paths"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { randomUUID } from "node:crypto"
import { dirname, join } from "node:path"
import type { ChangeLog, FileChange } from "../../tools/ToolCall.ts"
import { hash } from "./fileVersions.ts"

/** Larger files are not copied. In bytes. */
export const maxCopySize = 10 * 1024 * 1024

/** The copies of a session take at most this many bytes: the oldest are removed. */
export const maxTotalSize = 50 * 1024 * 1024

/** A change that is about to be made. */
interface NextChange {
  /** Absolute, with symbolic links resolved. */
  readonly path: string
  /** The present content, and its text; none if the file does not exist. */
  readonly before: Option.Option<{ readonly bytes: Uint8Array; readonly text: string }>
  readonly after: Uint8Array
  /** The file may contain secrets: it is not copied. */
  readonly isSecret: boolean
}

/** Saves that a file is about to be changed. If only the copy can't be stored, the file may be changed nevertheless, but this can't be undone. */
export const store = Effect.fn("fileCopies.store")(
  function*({ append, changes, copies, hasSecret }: ChangeLog, { after, before, isSecret, path }: NextChange) {
    // The session must not have the path.
    if (hasSecret(path)) return
    const { copies: earlier, ofTurn } = yield* changes
    // Undoing a turn restores what was there before its first change.
    const isFirst = !ofTurn.some((other) => other.path === path)
    const notCopied = Option.flatMapNullable(before, ({ bytes, text }) => {
      if (bytes.length > maxCopySize) return "size"
      return isSecret || hasSecret(text) ? "secret" : undefined
    })
    const wanted = isFirst && Option.isNone(notCopied) ? Option.map(before, ({ bytes }) => bytes) : Option.none()
    const copy = Option.map(Option.product(copies, wanted), ([directory, bytes]) => ({
      directory,
      bytes,
      line: { name: randomUUID(), size: bytes.length }
    }))
    const directory = Option.isSome(before) ? undefined : yield* findMissingDirectory(path)
    const change: FileChange = {
      path,
      ...(Option.isSome(before) ? { before: hash(before.value.bytes) } : {}),
      after: hash(after),
      ...(Option.isSome(copy) ? { copy: copy.value.line } : {}),
      ...(Option.isSome(notCopied) ? { notCopied: notCopied.value } : {}),
      ...(directory === undefined ? {} : { directory })
    }
    // Both are on the disk before the file is changed.
    yield* Effect.all([append(change), Option.isSome(copy) ? write(copy.value) : Effect.void], {
      concurrency: "unbounded",
      discard: true
    })
    if (Option.isNone(copy)) return
    const kept = new Set(findKept([...earlier, copy.value.line]))
    const removed = findKept(earlier).filter((each) => !kept.has(each))
    yield* remove(copy.value.directory, removed.map(({ name }) => name))
  }
)

const write = ({ bytes, directory, line }: {
  readonly directory: string
  readonly bytes: Uint8Array
  readonly line: { readonly name: string }
}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
    yield* replaceFile(join(directory, line.name), bytes, { mode: 0o600, forcesMode: true })
  }).pipe(
    Effect.catchAll(({ message }) =>
      logReported(LogLevel.Warning, "a file could not be copied before it was changed").pipe(
        Effect.annotateLogs({ error: message })
      )
    )
  )

/** The newest copies, up to the total size. */
const findKept = <Copy extends { readonly size: number }>(copies: ReadonlyArray<Copy>): ReadonlyArray<Copy> => {
  let room = maxTotalSize
  return copies.toReversed().filter(({ size }) => (room -= size) >= 0)
}

/** Removes copies that are not needed any more. */
export const remove = (directory: string, names: ReadonlyArray<string>) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) =>
      Effect.forEach(names, (name) => Effect.ignore(fs.remove(join(directory, name), { force: true })), {
        discard: true
      })
  )

/** The topmost directory that has to be created for the file. */
const findMissingDirectory = Effect.fn(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  let missing: string | undefined
  for (const directory of Paths.ascend(dirname(path))) {
    if (yield* Effect.orElseSucceed(fs.exists(directory), () => true)) break
    missing = directory
  }
  return missing
})
