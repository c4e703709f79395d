/**
 * Ends a process together with everything that it has started.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { readdirSync, readFileSync } from "node:fs"
import { hasEnded, parseStat, type Stat } from "./internal/stat.ts"
import * as ProcessId from "./ProcessId.ts"

interface Row extends Stat {
  readonly pid: number
}

/** Undefined when there is no such process any more, or no `/proc`. */
const row = (pid: number): Row | undefined => {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"))
    return hasEnded(stat) ? undefined : { pid, ...stat }
  } catch {
    return undefined
  }
}

const table = (): ReadonlyArray<Row> => {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => row(Number(name)) ?? [])
  } catch {
    return []
  }
}

/** What left the group (`setsid`) though its parents are still there. */
const strays = (leader: number): ReadonlyArray<Row> => {
  const rows = table()
  const family = new Set([leader])
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const { parent, pid } of rows) if (family.has(parent)) family.add(pid)
  }
  return rows.filter(({ group, pid }) => family.has(pid) && group !== leader)
}

/** False when no process is left that could receive it. */
const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/**
 * Whether the group has members. One that has ended exists until its parent has asked for its exit code, which in a container may never
 * happen; without `/proc` it counts.
 */
const hasMembers = (leader: number): boolean => {
  if (!send(-leader, 0)) return false
  const rows = table()
  return rows.length === 0 || rows.some(({ group }) => group === leader)
}

/** An ID is not given to another process as long as a group has it. */
const outlivesLeader = (leader: number): boolean => row(leader) === undefined && hasMembers(leader)

/**
 * Whether the process, which led a group, or a member of that group still runs; `unknown` as for `ProcessId.state`.
 *
 * @since 0.1.0
 * @category queries
 */
export const state = (
  leader: ProcessId.ProcessId,
  self: ProcessId.ProcessId,
  since: number
): Effect.Effect<"running" | "ended" | "unknown", never, FileSystem.FileSystem> =>
  Effect.map(
    ProcessId.state(leader, self, since),
    (state) => state === "ended" && outlivesLeader(leader.pid) ? "running" : state
  )

/**
 * A process, the group that it leads, and what has left that group.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProcessGroup {
  /** Waits until all of them have ended, for some time at most; answers whether they have. */
  readonly hasEnded: (within: Duration.DurationInput) => Effect.Effect<boolean>
  /** Sends all of them SIGTERM, and SIGKILL after `grace`; waits until they have ended. */
  readonly end: (grace: Duration.DurationInput) => Effect.Effect<void>
}

/**
 * The process, which was started as the leader of a process group (`detached`), with that group and with what has left the group by
 * now. The latter is known on Linux only, and only as long as its parents run. Without a process there is nothing to end.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (leader: number | undefined): ProcessGroup => {
  const others = leader === undefined ? [] : strays(leader)
  const present = () => others.filter(({ pid, start }) => row(pid)?.start === start)
  const signal = (name: NodeJS.Signals) => {
    if (leader !== undefined) send(-leader, name)
    for (const { pid } of present()) send(pid, name)
  }
  const isOver = () => (leader === undefined || !hasMembers(leader)) && present().length === 0
  /** By a schedule that ends: a timeout can't interrupt anything in a finalizer. */
  const wait = (condition: () => boolean, within: Duration.DurationInput) =>
    Effect.map(
      Effect.repeat(Effect.sync(condition), {
        until: (isMet) => isMet,
        schedule: Schedule.upTo(Schedule.spaced("20 millis"), within)
      }),
      condition
    )
  const hasEnded = (within: Duration.DurationInput) => wait(isOver, within)
  return {
    hasEnded,
    end: (grace) =>
      Effect.gen(function*() {
        signal("SIGTERM")
        if (!(yield* hasEnded(grace))) {
          signal("SIGKILL")
          yield* hasEnded("1 second")
        }
        // Others still see a process that has ended until its parent has asked for its exit code, which is soon or never.
        yield* wait(() => leader === undefined || !send(-leader, 0), "2 seconds")
      })
  }
}
