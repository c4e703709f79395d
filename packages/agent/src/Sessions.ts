/**
 * All sessions of this person.
 *
 * @since 0.1.0
 */
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as ProcessId from "@altimate-code/system/ProcessId"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { randomBytes } from "node:crypto"
import { interruptedResults } from "./internal/session/interrupted.ts"
import { now } from "./internal/session/now.ts"
import * as sessionFile from "./internal/session/sessionFile.ts"
import * as sessionLock from "./internal/session/sessionLock.ts"
import type { Entry, Line, Listed, Session } from "./Session.ts"
import { SessionError } from "./SessionError.ts"
import * as Transcript from "./Transcript.ts"

/**
 * An ID may be shortened to a beginning that only one session has.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** A new one; its file appears with the first line. It is in memory only where nothing can be stored. */
  readonly create: (directory: string) => Effect.Effect<Session, SessionError, Scope.Scope>
  /** Goes on with one; this process alone has it until the scope closes. */
  readonly open: (id: string) => Effect.Effect<Session, SessionError, Scope.Scope>
  /** The ID of the one that was used last in this directory. */
  readonly latest: (directory: string) => Effect.Effect<Option.Option<string>, SessionError>
  /** Newest first. */
  readonly list: Effect.Effect<ReadonlyArray<Listed>, SessionError>
  /** What is in the file, whoever has it open. */
  readonly read: (
    id: string
  ) => Effect.Effect<
    {
      readonly id: string
      readonly lines: ReadonlyArray<Line>
      /** As it is written, without the lines that can't be read. */
      readonly text: string
      /** What the user should know: which lines can't be read. */
      readonly notices: ReadonlyArray<string>
    },
    SessionError
  >
  /** Removes it for good; answers its whole ID. */
  readonly remove: (id: string) => Effect.Effect<string, SessionError>
}

/**
 * All sessions of this person.
 *
 * @since 0.1.0
 * @category services
 */
export class Sessions extends Context.Tag("@altimate-code/agent/Sessions")<Sessions, Service>() {}

const ending = ".jsonl"

type Lock = Effect.Effect.Success<ReturnType<typeof sessionLock.acquire>>

/**
 * Where the sessions are, and what must not be in them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly directory: string
  /**
   * Takes out of a text what must not be in a file, secrets for one. It is given each text of a line by itself. What is left out is
   * not told to the model again either.
   */
  readonly mask?: (text: string) => string
  /** Why the directory can't be written, in a sentence for the user: new sessions are in memory only. */
  readonly unstorable?: string
}

/**
 * Sessions in a directory (made when it is needed, for this person alone): `ID.jsonl` each, mode 0600.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<
  Sessions,
  never,
  FileSystem.FileSystem | Path.Path
> =>
  Layer.effect(
    Sessions,
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      // Not all that is around: the layer's own scope is there too, and a lock must not be kept until that closes.
      const context = Context.make(FileSystem.FileSystem, fs).pipe(Context.add(Path.Path, path))
      const fileOf = (id: string) => path.join(options.directory, `${id}${ending}`)

      const ids = fs.readDirectory(options.directory).pipe(
        Effect.catchAll((error) =>
          error._tag === "SystemError" && ["NotFound", "BadResource"].includes(error.reason)
            ? Effect.succeed([])
            : Effect.fail(sessionFile.io(options.directory)(error))
        ),
        Effect.map((names) =>
          names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length)).toSorted()
            .toReversed()
        )
      )

      const find = (given: string) =>
        Effect.flatMap(ids, (all) => {
          const fitting = all.includes(given) ? [given] : all.filter((id) => given !== "" && id.startsWith(given))
          if (fitting.length === 1) return Effect.succeed(fitting[0]!)
          return new SessionError({
            reason: "NotFound",
            message: fitting.length === 0
              ? `There is no session ${JSON.stringify(given)}.`
              : `${fitting.length} sessions begin with ${JSON.stringify(given)}.`,
            hint: "altimate-code session list shows all sessions."
          })
        })

      const modified = (id: string) =>
        fs.stat(fileOf(id)).pipe(
          Effect.map(({ mtime }) => Option.getOrElse(mtime, () => new Date(0))),
          Effect.orElseSucceed(() => new Date(0))
        )

      const listed = (id: string) =>
        Effect.matchEffect(sessionFile.read(fileOf(id)), {
          onFailure: ({ message }) =>
            Effect.map(modified(id), (date): Listed => ({
              id,
              directory: "",
              time: date.toISOString(),
              title: message,
              turns: 0,
              usage: Transcript.totals([])
            })),
          onSuccess: ({ lines }) => Effect.succeed(Transcript.listed(id, lines))
        })

      const list = Effect.flatMap(ids, Effect.forEach(listed, { concurrency: 8 })).pipe(
        Effect.map((all) => all.toSorted((a, b) => b.time.localeCompare(a.time)))
      )

      const opened = (
        id: string,
        start: { readonly directory: string; readonly lines: ReadonlyArray<Line>; readonly whole: number },
        lock: Option.Option<Lock>
      ) =>
        Effect.gen(function*() {
          const file = fileOf(id)
          const lines = [...start.lines]
          let { whole } = start
          let isHalf = false
          const toFile = (text: string, lock: Lock) =>
            Effect.gen(function*() {
              yield* lock.check
              const bytes = new TextEncoder().encode(`${text}\n`)
              if (lines.length === 0) yield* fs.makeDirectory(options.directory, { recursive: true, mode: 0o700 })
              // After a write that failed, on a full disk for one, half a line may stand there.
              if (isHalf) yield* fs.truncate(file, whole)
              const handle = yield* fs.open(file, { flag: "a", mode: 0o600 })
              isHalf = true
              yield* handle.writeAll(bytes)
              yield* handle.sync
              isHalf = false
              whole += bytes.length
            }).pipe(
              Effect.scoped,
              Effect.catchTags({
                BadArgument: (error) => sessionFile.io(file)(error),
                SystemError: (error) => sessionFile.io(file)(error)
              })
            )
          const write = (entry: Entry) =>
            Effect.gen(function*() {
              const text = sessionFile.encode(entry, options.mask)
              const line = options.mask === undefined ? entry : sessionFile.toLine(text)
              if (line?.type !== entry.type) return yield* sessionFile.unusable(file)
              if (Option.isSome(lock)) yield* toFile(text, lock.value)
              lines.push(line)
            })
          const oneAtATime = yield* Effect.makeSemaphore(1)
          const append = (entry: Entry) =>
            Effect.gen(function*() {
              if (lines.length === 0) {
                yield* write({ type: "session", version: 1, id, directory: start.directory, time: yield* now })
              }
              yield* write(entry)
            }).pipe(oneAtATime.withPermits(1), Effect.uninterruptible)
          return {
            id,
            path: file,
            isStored: Option.isSome(lock),
            directory: start.directory,
            entries: Effect.sync(() => [...lines]),
            append
          }
        })

      return Sessions.of({
        create: (directory) =>
          Effect.gen(function*() {
            const id = newId(yield* now)
            const start = { directory, lines: [], whole: 0 }
            if (options.unstorable !== undefined) {
              return { ...yield* opened(id, start, Option.none()), notices: [options.unstorable] }
            }
            yield* Effect.mapError(
              fs.makeDirectory(options.directory, { recursive: true, mode: 0o700 }),
              sessionFile.io(options.directory)
            )
            const lock = yield* sessionLock.acquire(fileOf(id))
            return { ...yield* opened(id, start, Option.some(lock)), notices: [] }
          }).pipe(allOrNothing, Effect.provide(context)),
        open: (given) =>
          Effect.gen(function*() {
            const id = yield* find(given)
            const file = fileOf(id)
            const lock = yield* sessionLock.acquire(file)
            const { lines, torn, unreadable, whole } = yield* sessionFile.read(file)
            const notices: Array<string> = [...lock.notices]
            const skipped = sessionFile.skipped(file, unreadable)
            if (skipped !== undefined) notices.push(skipped)
            if (torn) {
              yield* Effect.mapError(fs.truncate(file, whole), sessionFile.io(file))
              notices.push("The last line of the session was only half written. It was dropped.")
            }
            if (lines.length === 0) notices.push("The session is empty: nothing was written before the program ended.")
            const first = lines[0]
            const directory = first?.type === "session" ? first.directory : ""
            const session = yield* opened(id, { directory, lines, whole }, Option.some(lock))
            const self = yield* ProcessId.of(process.pid)
            const interrupted = yield* interruptedResults({ ...session, notices }, ({ id, since }) =>
              Effect.map(Effect.provide(ProcessGroup.state(id, self, since), context), (state) => {
                const isElsewhere = id.host !== self.host
                // With the machine, or the container, all that ran there has ended.
                const isRestarted = id.boot !== self.boot || id.namespace !== self.namespace
                return state === "running" || (state === "unknown" && (isElsewhere || !isRestarted))
              }))
            if (interrupted.some(({ started }) => started)) {
              notices.push(
                "A tool call was interrupted when the program ended. It is not run again; the model is informed."
              )
            }
            for (const { result, running } of interrupted) {
              if (running === undefined) {
                continue
              }
              const where = running.host === self.host ? "" : ` on ${running.host}`
              notices.push(
                `The command may still run, as process ${running.pid}${where}: ${result.title} (to end it: kill -- -${running.pid})`
              )
            }
            return { ...session, notices }
          }).pipe(allOrNothing, Effect.provide(context)),
        latest: (directory) =>
          Effect.gen(function*() {
            const dated = yield* Effect.forEach(
              yield* ids,
              (id) =>
                Effect.map(modified(id), (date) => ({ id, time: date.getTime() })),
              { concurrency: 8 }
            )
            for (const { id } of dated.toSorted((a, b) => b.time - a.time)) {
              if (Option.contains(yield* sessionFile.directory(fileOf(id)), directory)) return Option.some(id)
            }
            return Option.none()
          }).pipe(Effect.provide(context)),
        list: Effect.provide(list, context),
        read: (given) =>
          Effect.gen(function*() {
            const id = yield* find(given)
            const { lines, text, unreadable } = yield* sessionFile.read(fileOf(id))
            const skipped = sessionFile.skipped(fileOf(id), unreadable)
            const readable = text.split("\n").filter((_, index) => !unreadable.includes(index + 1)).join("\n")
            return { id, lines, text: readable, notices: skipped === undefined ? [] : [skipped] }
          }).pipe(Effect.provide(context)),
        remove: (given) =>
          Effect.gen(function*() {
            const id = yield* find(given)
            yield* sessionLock.acquire(fileOf(id))
            yield* Effect.mapError(fs.remove(fileOf(id)), sessionFile.io(fileOf(id)))
            return id
          }).pipe(Effect.scoped, Effect.provide(context))
      })
    })
  )

/** A session that could not be opened is not kept locked until the scope of the one who tried closes. */
const allOrNothing = <A, E, R>(opening: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    return yield* Scope.extend(opening, scope).pipe(
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
  })

/** When it began (UTC), and a few letters so that two at once are two: `20261123-052359-k3f9`. */
const newId = (time: string): string => {
  const [day = "", clock = ""] = time.split("T")
  const letters = [...randomBytes(4)].map((byte) => (byte % 36).toString(36)).join("")
  return `${day.replaceAll("-", "")}-${clock.slice(0, 8).replaceAll(":", "")}-${letters}`
}
