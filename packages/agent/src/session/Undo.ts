/**
 * Takes back the last turn of a session: what the tools changed in files, and its messages.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import { checkWritable, replaceFile } from "@altimate-code/system/ReplaceFile"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { rmdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as AttachedText from "../AttachedText.ts"
import * as FileCopies from "../internal/files/fileCopies.ts"
import { hash } from "../internal/files/fileVersions.ts"
import { now } from "../internal/session/now.ts"
import { copiesDirectory } from "../internal/session/sessionFile.ts"
import type { Entry, Line, Session } from "./Session.ts"
import { SessionError } from "./SessionError.ts"
import * as UserCommand from "./UserCommand.ts"

/**
 * What becomes of a file.
 *
 * - `restored`: it gets the content from before the turn
 * - `deleted`: the turn created it
 * - `unchanged`: it already is as it was before the turn
 * - `kept`: it stays as it is, because it was `changed` by something else in the meantime, because it may contain secrets (`secret`), is too large
 *   (`size`) or for another reason was not copied (`not-stored`), because its copy is no longer stored (`lost`), because it is `read-only` or
 *   `unreadable`, or because the turn ran a `command` before it created the file, which may have deleted an earlier one
 * - `failed`: it could not be written or deleted, with the reason and what to do
 *
 * @since 0.1.0
 * @category models
 */
export type Fate =
  | { readonly type: "restored" | "deleted" | "unchanged" }
  | {
    readonly type: "kept"
    readonly why: "changed" | "secret" | "size" | "not-stored" | "lost" | "read-only" | "unreadable" | "command"
  }
  | { readonly type: "failed"; readonly message: string }

/**
 * A file that the tools have changed in the turn.
 *
 * @since 0.1.0
 * @category models
 */
export interface File {
  /** Absolute. */
  readonly path: string
  readonly fate: Fate
  /** Where the content from before the turn stays stored, for a file that was kept. */
  readonly copy?: string
}

/**
 * What undoing the last turn means.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  /** The number of the prompt's line in the session, from 0. */
  readonly from: number
  /** The text of the prompt, without attached files. */
  readonly prompt: string
  /** What the user typed for it; none if that is not known, for example because it was sent with `run`. */
  readonly typed: Option.Option<string>
  readonly files: ReadonlyArray<File>
  /** What else ran and may have had effects, which are not undone: command lines, calls of other tools, and the user's own commands. */
  readonly commands: ReadonlyArray<string>
}

/** Built-in tools without effects, and those whose changes are undone. `tasks` has effects once it needs permission, and so has a start. */
const undoable = new Set(["read", "write", "edit", "glob", "grep", "todo", "skill"])

const textsOf = (line: Line): ReadonlyArray<string> =>
  line.type === "user" ? line.message.content.flatMap((part) => part.type === "text" ? [part.text] : []) : []

const commandOf = (line: Line): ReadonlyArray<string> => {
  const [text, ...others] = textsOf(line)
  return text === undefined || others.length > 0 ? [] : Option.toArray(UserCommand.parseMessage(text))
}

/** Finds the line of the last prompt that is part of the conversation. */
const findPrompt = (lines: ReadonlyArray<Line>): number => {
  const withdrawn = new Set(lines.flatMap((line) => line.type === "withdrawn" ? [line.line] : []))
  return lines.findLastIndex((line, index) =>
    line.type === "user" && line.hidden === undefined && !withdrawn.has(index) && commandOf(line).length === 0
  )
}

/** What ran in the turn and may have had effects that are not undone, and at which of its lines it started. */
const findCommands = (turn: ReadonlyArray<Line>) => {
  const starts = new Map(turn.flatMap((line, at) => line.type === "tool-start" ? [[line.id, at] as const] : []))
  return turn.flatMap((line, at) => {
    if (line.type !== "tool-result") return commandOf(line).map((command) => ({ at, text: `! ${command}` }))
    const start = starts.get(line.id)
    if (undoable.has(line.name) || start === undefined) return []
    return [{ at: start, text: line.name === "bash" ? line.title : `${line.name} ${line.title}`.trim() }]
  })
}

type Change = Extract<Entry, { readonly type: "change" }>

/** The changes of a file in their order. */
type Changes = readonly [Change, ...ReadonlyArray<Change>]

const groupChanges = (turn: ReadonlyArray<Line>): ReadonlyArray<Changes> =>
  Object.values(Arr.groupBy(turn.filter((line) => line.type === "change"), ({ path }) => path))

/** The content of the file as a digest; `undefined` if it does not exist, null if it is no regular file. Fails if it can't be read. */
const readDigest = (path: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    // A link that has taken its place, or that of a directory above it, leads to another file.
    if ((yield* Paths.resolveLinks(path)) !== path) return null
    if (!(yield* fs.exists(path))) return undefined
    if ((yield* fs.stat(path)).type !== "File") return null
    return hash(yield* fs.readFile(path))
  })

/** Whether nothing but the tools has changed the file between the changes of the turn. */
const isOwn = ([first, ...others]: Changes): boolean => {
  const known = new Set([first.before, first.after])
  return others.every(({ after, before }) => {
    const isKnown = known.has(before)
    known.add(after)
    return isKnown
  })
}

/** The copy, if it has what the file had before. */
const readCopy = (session: Session, { before, copy }: Change) =>
  Effect.gen(function*() {
    if (copy === undefined) return Option.none()
    const fs = yield* FileSystem.FileSystem
    const path = join(copiesDirectory(session.path), copy.name)
    const bytes = yield* Effect.option(fs.readFile(path))
    return bytes.pipe(
      Option.filter((bytes) => hash(bytes) === before),
      Option.map((bytes) => ({ path, bytes }))
    )
  })

/** What becomes of the file, and its copy. */
const decide = (session: Session, turn: ReadonlyArray<Line>, changes: Changes) =>
  Effect.gen(function*() {
    const [first] = changes
    const copy = yield* readCopy(session, first)
    const becomes = (fate: Fate) => ({ fate, copy })
    const keep = (why: Extract<Fate, { readonly type: "kept" }>["why"]) => becomes({ type: "kept", why })
    const digest = yield* Effect.option(readDigest(first.path))
    if (Option.isNone(digest)) return keep("unreadable")
    const current = digest.value
    if (current === first.before) return becomes({ type: "unchanged" })
    if (!isOwn(changes) || !changes.some(({ after }) => after === current)) return keep("changed")
    const isCreated = first.before === undefined
    if (isCreated && findCommands(turn).some(({ at }) => at < turn.indexOf(first))) return keep("command")
    if (!isCreated && Option.isNone(copy)) {
      return keep(first.notCopied ?? (first.copy === undefined ? "not-stored" : "lost"))
    }
    if (!(yield* Effect.isSuccess(checkWritable(first.path)))) return keep("read-only")
    return becomes({ type: isCreated ? "deleted" : "restored" })
  })

/** Why a file could not be written or deleted, and what to do. */
const describeFailure = (error: PlatformError): string => {
  const code = error._tag === "SystemError" && Predicate.isRecord(error.cause) ? error.cause["code"] : undefined
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "there is no space left. Free some space on the disk"
    case "EACCES":
    case "EPERM":
      return "permission denied. Check the permissions of the file and its directory"
    case "EROFS":
      return "the disk is read-only. Make it writable"
    case "ENOENT":
    case "ENOTDIR":
      return "its directory does not exist. Create it"
    default:
      return `the system refused${
        typeof code === "string" ? ` (${code})` : ""
      }. Check the disk and the file's directory`
  }
}

/**
 * Finds the last turn and what undoing it means; none if there is no turn left. Writes nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plan = (session: Session): Effect.Effect<Option.Option<Plan>, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const lines = yield* session.entries
    const from = findPrompt(lines)
    if (from === -1) return Option.none()
    const turn = lines.slice(from)
    const files = yield* Effect.forEach(
      groupChanges(turn),
      (changes) => Effect.map(decide(session, turn, changes), ({ fate }) => ({ path: changes[0].path, fate }))
    )
    const [prompt] = turn
    const commands = findCommands(turn).map(({ text }) => text)
    return Option.some({
      from,
      prompt: textsOf(prompt!).filter((text) => Option.isNone(AttachedText.parseText(text))).join("\n"),
      typed: Option.fromNullable(prompt?.type === "user" ? prompt.typed : undefined),
      files,
      commands
    })
  })

/**
 * Undoes the turn: restores or deletes the files, as far as that is still what the plan says, and takes the turn out of the conversation. Each
 * file is replaced in one step. Returns what has become of each file.
 *
 * If a file has `failed`, the turn stays in the conversation, as it does if the program ends in the middle: undoing it again does the rest. If only
 * the session can't be written, it fails with a `SessionError`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const apply = (
  session: Session,
  { files, from }: Plan
): Effect.Effect<ReadonlyArray<File>, SessionError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const turn = (yield* session.entries).slice(from)
    const planned = new Map(files.map(({ fate, path }) => [path, fate.type]))
    const done: Array<File> = []
    const keptCopies: Array<NonNullable<Change["copy"]>> = []
    for (const changes of groupChanges(turn)) {
      const [first] = changes
      const { copy, fate } = yield* decide(session, turn, changes)
      // The user has agreed to nothing else.
      const isAgreed = planned.get(first.path) === fate.type || fate.type === "unchanged" || fate.type === "kept"
      const agreed: Fate = isAgreed ? fate : { type: "kept", why: "changed" }
      const end = yield* carryOut(first.path, agreed, copy)
      const isCopyKept = end.type === "kept" && Option.isSome(copy)
      if (isCopyKept && first.copy !== undefined) keptCopies.push(first.copy)
      done.push({ path: first.path, fate: end, ...(isCopyKept ? { copy: copy.value.path } : {}) })
    }
    if (done.some(({ fate }) => fate.type === "failed")) return done
    yield* removeEmptyDirectories(turn)
    // Before the line is saved, which needs space.
    const names = turn.flatMap((line) => line.type === "change" && line.copy !== undefined ? [line.copy.name] : [])
    const kept = new Set(keptCopies.map(({ name }) => name))
    yield* FileCopies.remove(copiesDirectory(session.path), names.filter((name) => !kept.has(name)))
    yield* session.append({
      type: "undone",
      from,
      ...(keptCopies.length === 0 ? {} : { copies: keptCopies }),
      time: yield* now
    }).pipe(Effect.mapError((error) => done.length === 0 ? error : explainUnsaved(error)))
    return done
  }).pipe(Effect.uninterruptible)

const carryOut = (path: string, fate: Fate, copy: Option.Option<{ readonly bytes: Uint8Array }>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    if (fate.type === "deleted") yield* fs.remove(path)
    if (fate.type === "restored" && Option.isSome(copy)) yield* replaceFile(path, copy.value.bytes, { mode: 0o666 })
    return fate
  }).pipe(Effect.catchAll((error) => Effect.succeed<Fate>({ type: "failed", message: describeFailure(error) })))

const explainUnsaved = ({ hint, message, path, reason }: SessionError) =>
  new SessionError({
    reason,
    message: `The files are restored already, but the turn is still in the conversation. ${message}`,
    hint: `${hint} Then undo the turn again.`.trim(),
    ...(path === undefined ? {} : { path })
  })

/** Removes the directories that were created for the files, the deepest first. The system refuses to remove those that are not empty. */
const removeEmptyDirectories = (turn: ReadonlyArray<Line>) => {
  const created = turn.flatMap((line) => line.type === "change" ? directoriesOf(line) : [])
  return Effect.forEach(
    [...new Set(created)].toSorted((a, b) => b.length - a.length),
    (directory) =>
      Effect.flatMap(Paths.resolveLinks(directory), (target) =>
        // A link that has taken the place of a directory above it leads to another one.
        target === directory ? Effect.ignore(Effect.tryPromise(() => rmdir(directory))) : Effect.void),
    { discard: true }
  )
}

const directoriesOf = ({ directory, path }: Change): ReadonlyArray<string> =>
  directory === undefined ? [] : Paths.descend(directory, dirname(path))
