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
import type { Entry, Line, Session } from "../../session/Session.ts"
import type { FileChange } from "../../tools/ToolCall.ts"
import { hash } from "../files/fileVersions.ts"
import { now } from "./now.ts"

/** Larger files are not copied. In bytes. */
export const maxCopySize = 10 * 1024 * 1024

/** The copies of a session take at most this many bytes: the oldest are removed. */
export const maxTotalSize = 100 * 1024 * 1024

interface Options extends Pick<Session, "append" | "entries"> {
  /** The directory for the copies; none if nothing can be stored. */
  readonly copies: Option.Option<string>
  readonly mask: ((text: string) => string) | undefined
}

type Change = Extract<Entry, { readonly type: "change" }>

/** Saves that a file is about to be changed. If only the copy can't be stored, the file may be changed nevertheless, but this can't be undone. */
export const store = Effect.fn("fileCopies.store")(
  function*({ append, copies, entries, mask = (text) => text }: Options, change: FileChange) {
    const { after, before, path } = change
    const lines = yield* entries
    const earlier = lines.flatMap((line) => line.type === "change" && line.copy !== undefined ? [line.copy] : [])
    // Undoing a turn restores what was there before its first change.
    const turn = lines.slice(lines.findLastIndex((line) => line.type === "user" && line.hidden === undefined))
    const isFirst = !turn.some((line) => line.type === "change" && line.path === path)
    const notCopied = Option.flatMapNullable(before, ({ bytes, text }) => {
      if (bytes.length > maxCopySize) return "size"
      return change.isSecret || mask(text) !== text ? "secret" : undefined
    })
    const wanted = isFirst && Option.isNone(notCopied) ? Option.map(before, ({ bytes }) => bytes) : Option.none()
    const copy = Option.map(Option.product(copies, wanted), ([directory, bytes]) => ({
      directory,
      bytes,
      line: { name: randomUUID(), size: bytes.length }
    }))
    const directory = Option.isSome(before) ? undefined : yield* findMissingDirectory(path)
    const line: Change = {
      type: "change",
      path,
      ...(Option.isSome(before) ? { before: hash(before.value.bytes) } : {}),
      after: hash(after),
      ...(Option.isSome(copy) ? { copy: copy.value.line } : {}),
      ...(Option.isSome(notCopied) ? { notCopied: notCopied.value } : {}),
      ...(directory === undefined ? {} : { directory }),
      time: yield* now
    }
    // Both are on the disk before the file is changed.
    yield* Effect.all([append(line), Option.isSome(copy) ? write(copy.value) : Effect.void], {
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

/** The lines of changes, file by file, in their order. */
export const groupChanges = (lines: ReadonlyArray<Line>): ReadonlyArray<readonly [Change, ...Array<Change>]> => {
  const byPath = new Map<string, [Change, ...Array<Change>]>()
  for (const line of lines) {
    if (line.type !== "change") continue
    const changes = byPath.get(line.path)
    if (changes === undefined) byPath.set(line.path, [line])
    else changes.push(line)
  }
  return [...byPath.values()]
}
