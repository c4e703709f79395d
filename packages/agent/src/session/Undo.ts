/**
 * Takes back the last turn of a session: what the tools changed in files, and its messages.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import { checkWritable, replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { rmdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as AttachedText from "../AttachedText.ts"
import * as FileCopies from "../internal/files/fileCopies.ts"
import { hash } from "../internal/files/fileVersions.ts"
import { now } from "../internal/session/now.ts"
import { copiesDirectory } from "../internal/session/sessionFile.ts"
import type { Entry, Line, Session } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"
import * as UserCommand from "./UserCommand.ts"

/**
 * What becomes of a file.
 *
 * - `restored`: it gets the content from before the turn
 * - `deleted`: the turn created it
 * - `unchanged`: it already is as it was before the turn
 * - `kept`: it stays as it is, because it was `changed` by something else in the meantime, may contain secrets (`secret`) or is too large
 *   (`size`), so that it was not copied, because its copy is no longer stored (`lost`), or because it is `read-only`
 * - `failed`: it could not be written or deleted, with the error
 *
 * @since 0.1.0
 * @category models
 */
export type Fate =
  | { readonly type: "restored" | "deleted" | "unchanged" }
  | { readonly type: "kept"; readonly why: "changed" | "secret" | "size" | "lost" | "read-only" }
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
  readonly files: ReadonlyArray<File>
  /** What else ran and may have had effects, which are not undone: command lines, calls of other tools, and the user's own commands. */
  readonly commands: ReadonlyArray<string>
}

/** Built-in tools without effects, and those whose changes are undone. */
const undoable = new Set(["read", "write", "edit", "glob", "grep", "tasks", "todo", "skill"])

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

const findCommands = (turn: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const started = new Set(turn.flatMap((line) => line.type === "tool-start" ? [line.id] : []))
  return turn.flatMap((line) => {
    if (line.type !== "tool-result") return commandOf(line).map((command) => `! ${command}`)
    if (undoable.has(line.name) || !started.has(line.id)) return []
    return [line.name === "bash" ? line.title : `${line.name} ${line.title}`.trim()]
  })
}

type Change = Extract<Entry, { readonly type: "change" }>

/** The changes of a file in their order. */
type Changes = readonly [Change, ...ReadonlyArray<Change>]

const groupChanges = (turn: ReadonlyArray<Line>): ReadonlyArray<Changes> =>
  Object.values(Arr.groupBy(turn.filter((line) => line.type === "change"), ({ path }) => path))

/** The content of the file as a digest; `undefined` if it does not exist, null if it is no regular file or can't be read. */
const readDigest = (path: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    // A link that has taken its place, or that of a directory above it, leads to another file.
    if ((yield* Paths.resolveLinks(path)) !== path) return null
    if (!(yield* fs.exists(path))) return undefined
    if ((yield* fs.stat(path)).type !== "File") return null
    return hash(yield* fs.readFile(path))
  }).pipe(Effect.orElseSucceed(() => null))

/** Whether nothing but the tools has changed the file between the changes of the turn. */
const isOwn = ([first, ...others]: Changes): boolean => {
  const known = new Set([first.before, first.after])
  return others.every(({ after, before }) => {
    const isKnown = known.has(before)
    known.add(after)
    return isKnown
  })
}

/** The content of the copy, if it is what the file had before. */
const readCopy = (session: Session, { before, copy }: Changes[0]) =>
  Effect.gen(function*() {
    if (copy === undefined) return Option.none()
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.option(fs.readFile(join(copiesDirectory(session.path), copy.name)))
    return Option.filter(bytes, (bytes) => hash(bytes) === before)
  })

/** What becomes of the file, and the content that it gets. */
const decide = (session: Session, changes: Changes) =>
  Effect.gen(function*() {
    const [first] = changes
    const kept = (why: Extract<Fate, { readonly type: "kept" }>["why"]) => ({
      fate: { type: "kept", why } as Fate,
      content: Option.none<Uint8Array>()
    })
    const others = (type: "deleted" | "unchanged") => ({
      fate: { type } as Fate,
      content: Option.none<Uint8Array>()
    })
    const current = yield* readDigest(first.path)
    if (current === first.before) return others("unchanged")
    if (!isOwn(changes) || !changes.some(({ after }) => after === current)) return kept("changed")
    if (first.before === undefined) return others("deleted")
    const content = yield* readCopy(session, first)
    if (Option.isNone(content)) return kept(first.notCopied ?? "lost")
    const isWritable = yield* Effect.isSuccess(checkWritable(first.path))
    return isWritable ? { fate: { type: "restored" } as Fate, content } : kept("read-only")
  })

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
      (changes) => Effect.map(decide(session, changes), ({ fate }) => ({ path: changes[0].path, fate }))
    )
    const prompt = textsOf(lines[from]!).filter((text) => Option.isNone(AttachedText.parseText(text))).join("\n")
    return Option.some({ from, prompt, files, commands: findCommands(turn) })
  })

/**
 * Undoes the turn: restores or deletes the files, as far as that is still what the plan says, and takes the turn out of the conversation. Each
 * file is replaced in one step. If the program ends in the middle, the turn is still in the conversation, and undoing it again does the rest.
 * Returns what has become of each file.
 *
 * @since 0.1.0
 * @category constructors
 */
export const apply = (
  session: Session,
  { files, from }: Plan
): Effect.Effect<ReadonlyArray<File>, SessionError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const turn = (yield* session.entries).slice(from)
    const planned = new Map(files.map(({ fate, path }) => [path, fate.type]))
    const done: Array<File> = []
    for (const changes of groupChanges(turn)) {
      const [{ path }] = changes
      const { content, fate } = yield* decide(session, changes)
      const write = Option.match(content, {
        onNone: () => fate.type === "deleted" ? fs.remove(path) : Effect.void,
        onSome: (bytes) => replaceFile(path, bytes, { mode: 0o666 })
      })
      // The user has agreed to nothing else.
      const isPlanned = planned.get(path) === fate.type || fate.type === "unchanged"
      done.push({
        path,
        fate: !isPlanned ? { type: "kept", why: "changed" } : yield* Effect.match(write, {
          onFailure: ({ message }): Fate => ({ type: "failed", message }),
          onSuccess: () => fate
        })
      })
    }
    yield* removeEmptyDirectories(turn)
    yield* session.append({ type: "undone", from, time: yield* now })
    const names = turn.flatMap((line) => line.type === "change" && line.copy !== undefined ? [line.copy.name] : [])
    yield* FileCopies.remove(copiesDirectory(session.path), names)
    return done
  }).pipe(Effect.uninterruptible)

/** Removes the directories that were created for the files, the deepest first. The system refuses to remove those that are not empty. */
const removeEmptyDirectories = (turn: ReadonlyArray<Line>) => {
  const created = turn.flatMap((line) => line.type === "change" ? directoriesOf(line) : [])
  return Effect.forEach(
    [...new Set(created)].toSorted((a, b) => b.length - a.length),
    (directory) => Effect.ignore(Effect.tryPromise(() => rmdir(directory))),
    { discard: true }
  )
}

const directoriesOf = ({ directory, path }: Change): ReadonlyArray<string> =>
  directory === undefined ? [] : Paths.descend(directory, dirname(path))
