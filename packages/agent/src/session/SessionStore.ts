/**
 * The sessions of the user.
 *
 * @since 0.1.0
 */
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as ProcessId from "@altimate-code/system/ProcessId"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { randomBytes } from "node:crypto"
import { yieldToEventLoop } from "../internal/search/yieldToEventLoop.ts"
import { closeOpenCalls, type Started } from "../internal/session/interrupted.ts"
import { findOpenTasks, settleLeftoverTasks } from "../internal/session/leftoverTasks.ts"
import { now } from "../internal/session/now.ts"
import { type Request, scanRequests } from "../internal/session/scanRequests.ts"
import * as sessionFile from "../internal/session/sessionFile.ts"
import * as sessionLock from "../internal/session/sessionLock.ts"
import { inMemory, makeSessionWriter } from "../internal/session/sessionWriter.ts"
import * as TaskRegistry from "../internal/session/taskRegistry.ts"
import { removeUndone } from "../internal/session/undone.ts"
import { notCopied } from "./BackgroundTaskText.ts"
import type { Entry, Line, Listed, Session } from "./Session.ts"
import { SessionError } from "./SessionError.ts"
import * as Spending from "./Spending.ts"
import * as Transcript from "./Transcript.ts"

/**
 * Wherever an ID is expected, a unique prefix of it is enough.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Creates a session. The file is created with the first line. If sessions can't be stored, the session exists only in memory. */
  readonly create: (directory: string) => Effect.Effect<Session, SessionError, Scope.Scope>
  /** Opens a session and locks it for this process until the scope closes. */
  readonly open: (id: string) => Effect.Effect<Session, SessionError, Scope.Scope>
  /** Finds the ID of the session that was last used in this directory. */
  readonly latest: (directory: string) => Effect.Effect<Option.Option<string>, SessionError>
  /** Lists all sessions, newest first. */
  readonly list: Effect.Effect<ReadonlyArray<Listed>, SessionError>
  /**
   * Finds the requests of all sessions since a time (milliseconds since 1970), session by session. Reads each file as a stream and decodes only
   * the lines that are needed, so it is fast even for many long sessions. Other processes may use the sessions at the same time.
   */
  readonly requests: (since: Option.Option<number>) => Stream.Stream<SessionRequests, SessionError>
  /** Reads a session, even if another process has opened it. */
  readonly read: (
    id: string
  ) => Effect.Effect<
    {
      readonly id: string
      readonly lines: ReadonlyArray<Line>
      /** The text of the file, without the lines that can't be read. */
      readonly text: string
      /** Tells the user which lines can't be read. */
      readonly notices: ReadonlyArray<string>
    },
    SessionError
  >
  /**
   * Copies a session, even if another process has opened it, and returns the ID of the copy. The requests of the copied lines stay
   * those of the original.
   */
  readonly fork: (id: string) => Effect.Effect<{ readonly id: string; readonly of: string }, SessionError>
  /** Deletes a session and returns its full ID. */
  readonly remove: (id: string) => Effect.Effect<string, SessionError>
}

/**
 * The requests of a session.
 *
 * @since 0.1.0
 * @category models
 */
export interface SessionRequests {
  readonly id: string
  /** The directory in which the session was started; empty if the file does not say. */
  readonly directory: string
  /** As in a list. */
  readonly title: string
  readonly requests: ReadonlyArray<
    Spending.Spent & {
      /** When the answer ended, in milliseconds since 1970. */
      readonly time: number
    }
  >
  /** Tells the user what can't be read. */
  readonly notices: ReadonlyArray<string>
}

/**
 * The sessions of the user.
 *
 * @since 0.1.0
 * @category services
 */
export class SessionStore extends Context.Tag("@altimate-code/agent/SessionStore")<SessionStore, Service>() {}

const extension = ".jsonl"

/** How many sessions a list reads before it lets other work run. */
const maxReadAtOnce = 32

type Lock = Effect.Effect.Success<ReturnType<typeof sessionLock.acquire>>

/** A line that is not saved yet. */
interface Waiting {
  readonly text: string
  readonly line: Line
  readonly resume: (saved: Effect.Effect<void, SessionError>) => void
}

/**
 * Where sessions are stored, and how their secrets are masked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly directory: string
  /**
   * Masks the secrets in a text of a line. Later requests get the masked text as well.
   */
  readonly mask?: (text: string) => string
  /** If set, new sessions exist only in memory. A sentence that tells the user why they can't be stored. */
  readonly unstorable?: string
}

/**
 * Stores sessions as `ID.jsonl`, mode 0600, in a directory that is created when needed, mode 0700.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<
  Service,
  never,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    // Not the whole context of the layer: with the layer's scope, a lock would be held until the layer is closed.
    const context = Context.make(FileSystem.FileSystem, fs).pipe(Context.add(Path.Path, path))
    const prefix = path.join(options.directory, path.sep)
    const fileOf = (id: string) => `${prefix}${id}${extension}`

    const ids = fs.readDirectory(options.directory).pipe(
      Effect.catchAll((error) =>
        error._tag === "SystemError" && ["NotFound", "BadResource"].includes(error.reason)
          ? Effect.succeed([])
          : Effect.fail(sessionFile.toSessionError(options.directory)(error))
      ),
      Effect.map((names) =>
        names.filter((name) => name.endsWith(extension)).map((name) => name.slice(0, -extension.length)).toSorted()
          .toReversed()
      )
    )

    const find = (given: string) =>
      Effect.flatMap(ids, (all) => {
        const matching = all.includes(given) ? [given] : all.filter((id) => given !== "" && id.startsWith(given))
        if (matching.length === 1) return Effect.succeed(matching[0]!)
        return new SessionError({
          reason: "NotFound",
          message: matching.length === 0
            ? `There is no session ${JSON.stringify(given)}.`
            : `${matching.length} sessions start with ${JSON.stringify(given)}.`,
          hint: "List the sessions to see their IDs."
        })
      })

    const readModified = (id: string) =>
      fs.stat(fileOf(id)).pipe(
        Effect.map(({ mtime }) => Option.getOrElse(mtime, () => new Date(0))),
        Effect.orElseSucceed(() => new Date(0))
      )

    const describeUnreadable = (id: string, { message }: SessionError) =>
      Effect.map(readModified(id), (date): Listed => ({
        id,
        directory: "",
        time: date.toISOString(),
        title: message,
        isTitleGiven: false,
        turns: 0,
        spending: Spending.none
      }))

    const list = Effect.gen(function*() {
      const readAtOnce = sessionFile.makeListReader()
      const listed: Array<Listed> = []
      for (const id of yield* ids) {
        // Keys and timers come first.
        if (listed.length % maxReadAtOnce === 0) yield* yieldToEventLoop
        const file = fileOf(id)
        const found = readAtOnce(file) ?? (yield* Effect.either(sessionFile.readListed(file)))
        listed.push(
          Either.isRight(found)
            ? Transcript.toListed(id, found.right)
            : yield* describeUnreadable(id, found.left)
        )
      }
      return listed.toSorted((a, b) => a.time === b.time ? 0 : a.time < b.time ? 1 : -1)
    })

    const findRequests = (id: string, all: ReadonlySet<string>, counted: Set<string>, since: number) =>
      Effect.gen(function*() {
        // A file that was last changed before has no line since then.
        if ((yield* readModified(id)).getTime() < since) return []
        const scanned = yield* scanRequests(fileOf(id))
        // A copy of a session, for example a backup, is not counted twice.
        if (scanned.id !== id && all.has(scanned.id)) return []
        const { directory, fork, title, unreadable } = scanned
        // The copied requests of a fork are counted with the original; without it, with its oldest fork.
        const isCopied = (request: Request) => {
          const key = `${request.time} ${request.model} ${Object.values(request.usage).join(" ")}`
          const wasCounted = counted.has(key)
          counted.add(key)
          return fork !== undefined && request.time <= fork.time && (wasCounted || all.has(fork.of))
        }
        const notices = unreadable === 0
          ? []
          : [
            `${unreadable === 1 ? "1 line" : `${unreadable} lines`} of ${fileOf(id)} can't be read and may be missing.`
          ]
        return [{
          id,
          directory,
          title,
          requests: scanned.requests.filter((request) => request.time >= since && !isCopied(request)),
          notices
        }]
      }).pipe(Effect.catchAll(({ message, reason }) =>
        // Deleted in the meantime.
        Effect.succeed(
          reason === "NotFound" ? [] : [{ id, directory: "", title: "", requests: [], notices: [message] }]
        )
      ))

    const openSession = (
      id: string,
      start: { readonly directory: string; readonly lines: ReadonlyArray<Line>; readonly completeBytes: number },
      lock: Option.Option<Lock>
    ) =>
      Effect.gen(function*() {
        const file = fileOf(id)
        // Replaced, never changed, so that reading them does not copy them.
        let lines = removeUndone(start.lines)
        const writer = Option.isSome(lock)
          ? yield* makeSessionWriter(file, start.completeBytes, lock.value)
          : inMemory
        const encode = (entry: Entry) =>
          Effect.suspend(() => {
            const { line, text } = sessionFile.encode(entry, options.mask)
            return line?.type === entry.type ? Effect.succeed({ text, line }) : sessionFile.makeMaskingError(file)
          })
        const encodeHeader = Effect.flatMap(
          now,
          (time) => encode({ type: "session", version: 1, id, directory: start.directory, time })
        )
        let waiting: Array<Waiting> = []
        /** Saves all lines that wait, with a single flush. Fails if they could not be saved. */
        const saveWaiting = Effect.gen(function*() {
          const prepared = yield* Effect.exit(writer.prepare)
          // Taken only now, with the lines that were appended in the meantime.
          const batch = waiting
          waiting = []
          const saved = yield* Effect.exit(Effect.gen(function*() {
            yield* prepared
            const encoded = [...lines.length === 0 ? [yield* encodeHeader] : [], ...batch]
            yield* writer.write(encoded.map(({ text }) => `${text}\n`).join(""))
            lines = [...lines, ...encoded.map(({ line }) => line)]
            if (encoded.some(({ line }) => line.type === "undone")) lines = removeUndone(lines)
          }))
          for (const { resume } of batch) resume(saved)
          return yield* saved
        })
        const writeLock = yield* Effect.makeSemaphore(1)
        const append = (entry: Entry) =>
          Effect.flatMap(encode(entry), ({ line, text }) =>
            Effect.async<void, SessionError>((resume) => {
              // The first one saves the lines of all that come after it, which only wait: Effect's semaphore wakes all who wait for each permit.
              if (waiting.push({ text, line, resume }) === 1) resume(writeLock.withPermits(1)(saveWaiting))
            })).pipe(Effect.uninterruptible)
        const entries = Effect.sync(() => lines)
        return {
          id,
          path: file,
          isStored: Option.isSome(lock),
          directory: start.directory,
          entries,
          append,
          copies: Option.map(lock, () => sessionFile.copiesDirectory(file)),
          hasSecret: (text: string) => options.mask !== undefined && options.mask(text) !== text,
          // The last resource of the scope: it is released while lines can still be saved.
          tasks: yield* TaskRegistry.make({ append, entries })
        }
      })

    return SessionStore.of({
      create: (directory) =>
        Effect.gen(function*() {
          const id = newId(yield* now)
          const start = { directory, lines: [], completeBytes: 0 }
          if (options.unstorable !== undefined) {
            return { ...yield* openSession(id, start, Option.none()), notices: [options.unstorable] }
          }
          yield* Effect.mapError(
            fs.makeDirectory(options.directory, { recursive: true, mode: 0o700 }),
            sessionFile.toSessionError(options.directory)
          )
          const lock = yield* sessionLock.acquire(fileOf(id))
          return { ...yield* openSession(id, start, Option.some(lock)), notices: [] }
        }).pipe(releaseOnError, Effect.provide(context)),
      open: (given) =>
        Effect.gen(function*() {
          const id = yield* find(given)
          const file = fileOf(id)
          const lock = yield* sessionLock.acquire(file)
          const { completeBytes, isTorn, lines, unreadable } = yield* sessionFile.read(file)
          const notices: Array<string> = [...lock.notices]
          const skipped = sessionFile.describeSkippedLines(file, unreadable)
          if (skipped !== undefined) notices.push(skipped)
          if (isTorn) {
            yield* Effect.mapError(fs.truncate(file, completeBytes), sessionFile.toSessionError(file))
            notices.push("The last line of the session was incomplete. It was removed.")
          }
          if (lines.length === 0) notices.push("The session is empty: the program ended before anything was saved.")
          const first = lines[0]
          const directory = first?.type === "session" ? first.directory : ""
          const session = yield* openSession(id, { directory, lines, completeBytes }, Option.some(lock))
          const self = yield* ProcessId.of(process.pid)
          const leftovers = Effect.provide(settleLeftoverTasks(session, session.tasks, self), context)
          const mayRun = ({ id, since }: Started) =>
            Effect.map(Effect.provide(ProcessGroup.state(id, self, since), context), (state) => {
              const isElsewhere = id.host !== self.host
              // A restart of the machine or container has ended its processes.
              const isRestarted = id.boot !== self.boot || id.namespace !== self.namespace
              return state === "running" || (state === "unknown" && (isElsewhere || !isRestarted))
            })
          const interrupted = yield* closeOpenCalls({ ...session, notices }, { mayRun })
          if (interrupted.some(({ started }) => started)) {
            notices.push(
              "A tool call was interrupted when the program ended. It was not retried; the model has been informed."
            )
          }
          for (const { result, running } of interrupted) {
            if (running === undefined) {
              continue
            }
            const where = running.host === self.host ? "" : ` on ${running.host}`
            notices.push(
              `A command may still be running as process ${running.pid}${where}: ${result.title} (to end it: kill -- -${running.pid})`
            )
          }
          notices.push(...yield* leftovers)
          return { ...session, notices }
        }).pipe(releaseOnError, Effect.provide(context)),
      latest: (directory) =>
        Effect.gen(function*() {
          const dated = yield* Effect.forEach(
            yield* ids,
            (id) => Effect.map(readModified(id), (date) => ({ id, time: date.getTime() })),
            { concurrency: 8 }
          )
          for (const { id } of dated.toSorted((a, b) => b.time - a.time)) {
            if (Option.contains(yield* sessionFile.readDirectory(fileOf(id)), directory)) return Option.some(id)
          }
          return Option.none()
        }).pipe(Effect.provide(context)),
      list: Effect.provide(list, context),
      requests: (since) =>
        Stream.fromEffect(ids).pipe(
          Stream.flatMap((all) => {
            const known = new Set(all)
            const counted = new Set<string>()
            const from = Option.getOrElse(since, () => Number.NEGATIVE_INFINITY)
            // The oldest first, so that an original precedes its forks.
            return Stream.fromIterable(all.toReversed()).pipe(
              Stream.mapEffect((id) => findRequests(id, known, counted, from))
            )
          }),
          Stream.flattenIterables,
          Stream.provideContext(context)
        ),
      read: (given) =>
        Effect.gen(function*() {
          const id = yield* find(given)
          const { lines, text, unreadable } = yield* sessionFile.readWithText(fileOf(id))
          const skipped = sessionFile.describeSkippedLines(fileOf(id), unreadable)
          const readable = text.split("\n").filter((_, index) => !unreadable.includes(index + 1)).join("\n")
          return { id, lines, text: readable, notices: skipped === undefined ? [] : [skipped] }
        }).pipe(Effect.provide(context)),
      fork: (given) =>
        Effect.gen(function*() {
          const of = yield* find(given)
          const { lines, text } = yield* sessionFile.readWithText(fileOf(of))
          const [first] = lines
          if (first?.type !== "session") return yield* sessionFile.makeEmptyError(fileOf(of))
          const time = yield* now
          const id = newId(time)
          const header = sessionFile.encode(
            { type: "session", version: 1, id, directory: first.directory, forkOf: of, time },
            options.mask
          )
          // A process that still runs belongs to the original: the copy must not tell the user how to end it.
          // Another line is in its place, because lines are referred to by their numbers.
          const copied = text.split("\n").slice(1).map((line) =>
            line.startsWith("{\"type\":\"tool-process\"") ? "{\"type\":\"not-copied\"}" : line
          ).join("\n")
          // Nor does the copy end what belongs to the original.
          const ends = findOpenTasks(lines).map(({ command, id }) => {
            const end: Entry = { type: "task", id, state: "ended", command, ending: notCopied, ok: true, time }
            return `${sessionFile.encode(end, options.mask).text}\n`
          })
          const found = Transcript.findTitle(lines)
          const title = found === ""
            ? ""
            : `${sessionFile.encode({ type: "title", title: titleOfCopy(found), time }, options.mask).text}\n`
          yield* Effect.mapError(
            replaceFile(fileOf(id), `${header.text}\n${copied}${ends.join("")}${title}`, {
              mode: 0o600,
              forcesMode: true
            }),
            sessionFile.toSessionError(fileOf(id))
          )
          // A fork without them is complete, except that its turns so far can't all be undone.
          yield* Effect.ignore(
            fs.copy(sessionFile.copiesDirectory(fileOf(of)), sessionFile.copiesDirectory(fileOf(id)))
          )
          return { id, of }
        }).pipe(Effect.provide(context)),
      remove: (given) =>
        Effect.gen(function*() {
          const id = yield* find(given)
          yield* sessionLock.acquire(fileOf(id))
          // Before the session, so that nothing remains that no command deletes.
          yield* Effect.mapError(
            fs.remove(sessionFile.copiesDirectory(fileOf(id)), { recursive: true, force: true }),
            sessionFile.toSessionError(fileOf(id))
          )
          yield* Effect.mapError(fs.remove(fileOf(id)), sessionFile.toSessionError(fileOf(id)))
          return id
        }).pipe(Effect.scoped, Effect.provide(context))
    })
  })

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<
  SessionStore,
  never,
  FileSystem.FileSystem | Path.Path
> => Layer.effect(SessionStore, make(options))

/** Releases the lock immediately if opening fails, not only when the caller's scope closes. */
const releaseOnError = <A, E, R>(opening: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    return yield* Scope.extend(opening, scope).pipe(
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
  })

/** `The cart (copy)`; of a copy, `The cart (copy 2)`. */
const titleOfCopy = (title: string): string => {
  const [, before = title, number = "1"] = /^(.*) \(copy(?: (\d+))?\)$/.exec(title) ?? []
  return before === title ? `${title} (copy)` : `${before} (copy ${Number(number) + 1})`
}

/** Makes an ID from the time (UTC) and random characters: `20261123-052359-k3f9`. */
const newId = (time: string): string => {
  const [day = "", clock = ""] = time.split("T")
  const letters = [...randomBytes(4)].map((byte) => (byte % 36).toString(36)).join("")
  return `${day.replaceAll("-", "")}-${clock.slice(0, 8).replaceAll(":", "")}-${letters}`
}
