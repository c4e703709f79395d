/** Runs the background commands of an open session. */
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import type { ProcessId } from "@altimate-code/system/ProcessId"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import {
  type BackgroundProcess,
  type BackgroundTask,
  BackgroundTaskError,
  type BackgroundTasks,
  type Ending
} from "../../session/BackgroundTasks.ts"
import type { Entry, Line, Session } from "../../session/Session.ts"
import { now } from "./now.ts"

/** How many commands run at the same time. */
const maxRunning = 20

/** How many tasks that have ended are remembered. */
const maxEnded = 50

/** How often the last line of the output is reported. */
const lineInterval = "1 second"

const noOutput = "No output available: this command was started before the session was resumed."

interface Running {
  readonly process: BackgroundProcess
  readonly scope: Scope.CloseableScope
  readonly ended: Deferred.Deferred<void>
  /** Set once somebody ends it. */
  endedBy?: string
  /** Whether the model knows its end. */
  isReported?: true
}

export interface TaskRegistry extends BackgroundTasks {
  /** Takes over a command that an earlier process of this program has left running. Its output is not known. */
  readonly adopt: (task: Pick<BackgroundTask, "id" | "command" | "since">, process: ProcessId) => Effect.Effect<void>
}

const countStarted = (lines: ReadonlyArray<Line>): number =>
  lines.filter((line) => line.type === "task" && line.state === "started").length

/** The registry ends all tasks when its scope closes; the session must be open until then. */
export const make = ({ append, entries }: Pick<Session, "append" | "entries">): Effect.Effect<
  TaskRegistry,
  never,
  Scope.Scope
> =>
  Effect.gen(function*() {
    const tasks = yield* SubscriptionRef.make<ReadonlyArray<BackgroundTask>>([])
    /** Those that this process has started or adopted; after its end, a task keeps its output. */
    const running = new Map<string, Running>()
    const startLock = yield* Effect.makeSemaphore(1)

    const update = (id: string, change: (task: BackgroundTask) => BackgroundTask) =>
      SubscriptionRef.update(tasks, (all) => all.map((task) => task.id === id ? change(task) : task))

    const find = (id: string) =>
      Effect.flatMap(SubscriptionRef.get(tasks), (all) => {
        const task = all.find((task) => task.id === id)
        const found = running.get(id)
        if (task !== undefined && found !== undefined) return Effect.succeed({ task, found, process: found.process })
        const ids = all.map(({ id }) => id)
        return new BackgroundTaskError({
          message: `There is no background task ${JSON.stringify(id)}. ${
            ids.length === 0 ? "None has been started." : `Tasks: ${ids.join(", ")}.`
          }`
        })
      })

    const appendTask = (entry: TaskChange) => Effect.flatMap(now, (time) => append({ type: "task", ...entry, time }))

    /** A task that has ended is still listed, and its output can be read. */
    const finish = (id: string, command: string, found: Running, { ending, ok }: Ending) =>
      Effect.gen(function*() {
        const { endedBy } = found
        const at = yield* Clock.currentTimeMillis
        const lastLine = found.process.output.takeLastLine()
        const end = endedBy === undefined
          ? { ending, ok, at, isUnexpected: true }
          : { ending: endedBy, ok: true, at, isUnexpected: false }
        yield* appendTask({ id, state: "ended", command, ending: end.ending, ok: end.ok }).pipe(
          Effect.catchAll(({ message }) => Effect.logWarning(`the end of a background task is not saved: ${message}`))
        )
        yield* update(id, (task) => ({ ...task, end, lastLine: lastLine ?? task.lastLine }))
        yield* Deferred.succeed(found.ended, undefined)
        yield* forgetOldest
      })

    const forgetOldest = Effect.gen(function*() {
      const all = yield* SubscriptionRef.get(tasks)
      const ended = all.filter(({ end }) => end !== undefined)
      const forgotten = new Set(ended.slice(0, Math.max(0, ended.length - maxEnded)).map(({ id }) => id))
      if (forgotten.size === 0) return
      yield* SubscriptionRef.set(tasks, all.filter(({ id }) => !forgotten.has(id)))
      for (const id of forgotten) {
        const found = running.get(id)
        running.delete(id)
        if (found !== undefined) yield* Scope.close(found.scope, Exit.void)
      }
    })

    const reportLines = (id: string, { output }: BackgroundProcess) =>
      Effect.suspend(() => {
        const lastLine = output.takeLastLine()
        return lastLine === undefined ? Effect.void : update(id, (task) => ({ ...task, lastLine }))
      }).pipe(Effect.delay(lineInterval), Effect.forever)

    const register = (task: BackgroundTask, process: BackgroundProcess, scope: Scope.CloseableScope) =>
      Effect.gen(function*() {
        const found: Running = { process, scope, ended: yield* Deferred.make<void>() }
        running.set(task.id, found)
        yield* SubscriptionRef.update(tasks, (all) => [...all, task])
        yield* Effect.raceFirst(process.awaitEnd, reportLines(task.id, process)).pipe(
          Effect.flatMap((ending) => Effect.uninterruptible(finish(task.id, task.command, found, ending))),
          // The start of a task is uninterruptible, and a fiber would inherit that.
          Effect.interruptible,
          Effect.forkIn(scope)
        )
      })

    const start: BackgroundTasks["start"] = (command, makeProcess) =>
      startLock.withPermits(1)(Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const all = yield* SubscriptionRef.get(tasks)
          if (all.filter(({ end }) => end === undefined).length >= maxRunning) {
            return yield* new BackgroundTaskError({
              message: `${maxRunning} background tasks are running. End one before you start another.`
            })
          }
          const id = `b${countStarted(yield* entries) + 1}`
          const scope = yield* Scope.make()
          return yield* Effect.gen(function*() {
            const process = yield* Scope.extend(restore(makeProcess), scope)
            yield* appendTask({ id, state: "started", command, process: process.id })
            process.release()
            const since = yield* Clock.currentTimeMillis
            const task: BackgroundTask = { id, command, pid: process.id.pid, since, isKept: false, lastLine: "" }
            yield* register(task, process, scope)
            return task
          }).pipe(Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))))
        })
      ))

    const adopt: TaskRegistry["adopt"] = ({ command, id, since }, process) =>
      Effect.gen(function*() {
        const isRunning = ProcessGroup.isRunning(process.pid)
        const adopted: BackgroundProcess = {
          id: process,
          release: () => {},
          awaitEnd: Effect.as(
            Effect.repeat(isRunning, { while: (isRunning) => isRunning, schedule: Schedule.spaced(lineInterval) }),
            { ending: "ended", ok: true }
          ),
          end: Effect.suspend(() => ProcessGroup.of(process.pid).end()),
          setKept: () => Effect.void,
          output: {
            readNew: () => noOutput,
            readTail: () => noOutput,
            takeLastLine: () => undefined
          }
        }
        const task: BackgroundTask = { id, command, pid: process.pid, since, isKept: true, lastLine: "" }
        yield* register(task, adopted, yield* Scope.make())
      })

    const endRunning = (found: Running, endedBy: string) =>
      Effect.suspend(() => {
        found.endedBy ??= endedBy
        // Finite, since a process may be unkillable.
        const awaitEnded = Effect.repeat(Deferred.isDone(found.ended), {
          until: (isDone) => isDone,
          schedule: Schedule.upTo(Schedule.spaced("10 millis"), "3 seconds")
        })
        return Effect.zipRight(found.process.end, awaitEnded)
      }).pipe(Effect.uninterruptible)

    /** The model learns of the end from what it is about to get. */
    const markReported = (id: string, found: Running) =>
      Effect.suspend(() => {
        if (found.isReported) return Effect.void
        found.isReported = true
        return appendTask({ id, state: "reported" })
      })

    const endAll = Effect.flatMap(SubscriptionRef.get(tasks), (all) =>
      Effect.forEach(
        all.filter(({ end, isKept }) => end === undefined && !isKept),
        ({ id }) => {
          const found = running.get(id)
          return found === undefined ? Effect.void : endRunning(found, "ended with the session")
        },
        { concurrency: "unbounded", discard: true }
      ))

    yield* Effect.addFinalizer(() =>
      Effect.zipRight(
        endAll,
        Effect.forEach([...running.values()], ({ scope }) => Scope.close(scope, Exit.void), { discard: true })
      )
    )

    return {
      list: SubscriptionRef.get(tasks),
      changes: tasks.changes,
      start,
      adopt,
      read: (id) =>
        Effect.gen(function*() {
          const { found, process, task } = yield* find(id)
          if (task.end !== undefined) yield* markReported(id, found)
          return { task, output: process.output.readNew() }
        }),
      readTail: (id) => Effect.map(find(id), ({ process }) => process.output.readTail()),
      end: (id, by) =>
        Effect.gen(function*() {
          const { found, task } = yield* find(id)
          if (task.end !== undefined) return task
          yield* endRunning(found, by === "user" ? "ended by the user" : "ended by the model")
          const ended = yield* find(id)
          if (ended.task.end === undefined) {
            return yield* new BackgroundTaskError({ message: `Process ${task.pid} of ${id} can't be ended.` })
          }
          if (by === "model") yield* markReported(id, found)
          return ended.task
        }),
      endAll,
      setKept: (id, isKept) =>
        Effect.gen(function*() {
          const { process, task } = yield* find(id)
          if (task.end !== undefined || task.isKept === isKept) return
          yield* appendTask({ id, state: isKept ? "kept" : "released" })
          yield* process.setKept(isKept)
          yield* update(id, (task) => ({ ...task, isKept }))
        })
    }
  })

type TaskEntry = Extract<Entry, { readonly type: "task" }>

/** A line of a task, without what all of them have. */
type TaskChange = TaskEntry extends infer Each ? Each extends TaskEntry ? Omit<Each, "type" | "time"> : never : never
