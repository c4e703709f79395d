/** Background commands that another process of this program has started, and of which the session does not say that they ended. */
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as ProcessId from "@altimate-code/system/ProcessId"
import * as Effect from "effect/Effect"
import { titleOf } from "../../session/BackgroundTaskText.ts"
import type { Line, Session } from "../../session/Session.ts"
import { now } from "./now.ts"
import type { TaskRegistry } from "./taskRegistry.ts"

interface OpenTask {
  readonly id: string
  readonly command: string
  readonly process: ProcessId.ProcessId
  /** In milliseconds since 1970. */
  readonly since: number
  readonly isKept: boolean
}

/** Finds the tasks without an end, by their IDs. */
export const findOpenTasks = (lines: ReadonlyArray<Line>): ReadonlyArray<OpenTask> => {
  const open = new Map<string, OpenTask>()
  for (const line of lines) {
    if (line.type !== "task") continue
    const { id } = line
    const task = open.get(id)
    if (line.state === "started") {
      open.set(id, { id, command: line.command, process: line.process, since: Date.parse(line.time), isKept: false })
    } else if (line.state === "ended") open.delete(id)
    else if (task !== undefined && line.state !== "reported") open.set(id, { ...task, isKept: line.state === "kept" })
  }
  return [...open.values()]
}

/**
 * Takes over the kept tasks, and ends the others that were left by a crash. Only a process that is certainly the task's own is ended: the user
 * is notified about any other that may still run. Returns these notices.
 */
export const settleLeftoverTasks = (
  { append, entries }: Pick<Session, "append" | "entries">,
  registry: TaskRegistry,
  self: ProcessId.ProcessId
) =>
  Effect.gen(function*() {
    const settle = ({ command, id, isKept, process, since }: OpenTask) =>
      Effect.gen(function*() {
        const end = (ending: string, ok: boolean) =>
          Effect.flatMap(now, (time) => append({ type: "task", id, state: "ended", command, ending, ok, time }))
        const group = yield* ProcessGroup.state(process, self, since)
        if (group === "ended") {
          yield* isKept ? end("ended", true) : end("ended with the program", true)
          return []
        }
        const leader = yield* ProcessId.state(process, self, since)
        const isOwn = leader === "running" && process.start !== ""
        // Without its start time, the process may be another one, which the user would end as the task.
        if (isKept && isOwn) {
          yield* registry.adopt({ id, command, since }, process)
          return []
        }
        if (isOwn) {
          yield* ProcessGroup.of(process.pid).end()
          yield* end("left over from a crash; ended when the session was resumed", true)
          return []
        }
        const isElsewhere = process.host !== self.host
        const isRestarted = process.boot !== self.boot || process.namespace !== self.namespace
        if (group === "unknown" && !isElsewhere && isRestarted) {
          yield* end("ended with the machine", true)
          return []
        }
        yield* end("exit unknown; it may still be running", false)
        const where = isElsewhere ? ` on ${process.host}` : ""
        return [
          `Background task ${id} may still be running as process ${process.pid}${where}: ${
            titleOf({ command })
          } (to end it: kill -- -${process.pid})`
        ]
      })
    return (yield* Effect.forEach(findOpenTasks(yield* entries), settle, { concurrency: "unbounded" })).flat()
  })
