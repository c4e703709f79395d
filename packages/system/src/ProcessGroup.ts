/**
 * Ends a process together with all processes that it started.
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

/** Undefined if the process has ended, or without `/proc`. */
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

/** Descendants that left the group (`setsid`) while their parents are still running. */
const findStrays = (leader: number): ReadonlyArray<Row> => {
  const rows = table()
  const family = new Set([leader])
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const { parent, pid } of rows) if (family.has(parent)) family.add(pid)
  }
  return rows.filter(({ group, pid }) => family.has(pid) && group !== leader)
}

/** False if no process can receive the signal. */
const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/**
 * Whether the group has members. A zombie, whose parent has not read its exit code, does not count. In a container it may stay forever. Without
 * `/proc` zombies count.
 */
const hasMembers = (leader: number): boolean => {
  if (!send(-leader, 0)) return false
  const rows = table()
  return rows.length === 0 || rows.some(({ group }) => group === leader)
}

/** The system does not reuse a process ID while a group has it. */
const outlivesLeader = (leader: number): boolean => row(leader) === undefined && hasMembers(leader)

/**
 * Whether the leader of a group, or a member of the group, is still running; `unknown` as for `ProcessId.state`.
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
 * Whether a group that this process has started still has members. Its leader may have ended.
 *
 * @since 0.1.0
 * @category queries
 */
export const isRunning = (leader: number): Effect.Effect<boolean> => Effect.sync(() => hasMembers(leader))

/**
 * A process, the group that it leads, and descendants that left the group.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProcessGroup {
  /** Waits until all processes have ended, or until the time limit; returns whether they have ended. */
  readonly hasEnded: (within: Duration.DurationInput) => Effect.Effect<boolean>
  /** Sends SIGTERM to all processes, and SIGKILL after `grace`, two seconds by default; waits until they have ended. */
  readonly end: (grace?: Duration.DurationInput) => Effect.Effect<void>
}

/**
 * The group of a process that was started as its leader (`detached`), with the descendants that have left the group so far. These are known only
 * on Linux, and only while their parents are running. Without a process, there is nothing to end.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (leader: number | undefined): ProcessGroup => {
  const others = leader === undefined ? [] : findStrays(leader)
  const present = () => others.filter(({ pid, start }) => row(pid)?.start === start)
  const signal = (name: NodeJS.Signals) => {
    if (leader !== undefined) send(-leader, name)
    for (const { pid } of present()) send(pid, name)
  }
  const isEnded = () => (leader === undefined || !hasMembers(leader)) && present().length === 0
  /** Uses a finite schedule, since a timeout can't interrupt anything in a finalizer. */
  const wait = (condition: () => boolean, within: Duration.DurationInput) =>
    Effect.map(
      Effect.repeat(Effect.sync(condition), {
        until: (isMet) => isMet,
        schedule: Schedule.upTo(Schedule.spaced("20 millis"), within)
      }),
      condition
    )
  const hasEnded = (within: Duration.DurationInput) => wait(isEnded, within)
  return {
    hasEnded,
    end: (grace = "2 seconds") =>
      Effect.gen(function*() {
        signal("SIGTERM")
        if (!(yield* hasEnded(grace))) {
          signal("SIGKILL")
          yield* hasEnded("1 second")
        }
        // A zombie stays visible until its parent reads the exit code, which happens soon or never.
        yield* wait(() => leader === undefined || !send(-leader, 0), "2 seconds")
      })
  }
}
