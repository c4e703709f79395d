/** Ending a process together with everything that it has started. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { ChildProcess } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

/** A process by its number and when it was started: the number alone may be somebody else's in a moment. */
interface Member {
  readonly pid: number
  readonly since: string
}

interface Row extends Member {
  readonly parent: number
  readonly group: number
}

/** Undefined when there is no such process any more, or no `/proc`. Source: proc_pid_stat(5); a name may have blanks and brackets. */
const row = (pid: number): Row | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return state === "Z" ? undefined : { pid, parent: Number(parent), group: Number(group), since: rest[16] ?? "" }
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
const strays = (leader: number): ReadonlyArray<Member> => {
  const rows = table()
  const family = new Set([leader])
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const { parent, pid } of rows) if (family.has(parent)) family.add(pid)
  }
  return rows.filter(({ group, pid }) => family.has(pid) && group !== leader)
}

/** False when nobody is left to get it. */
const tell = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

export interface ProcessFamily {
  /** Are all gone, after some time at most? */
  readonly gone: (within: Duration.DurationInput) => Effect.Effect<boolean>
  /** Tells all of them to end, makes them after `grace`, and waits for it. */
  readonly end: (grace: Duration.DurationInput) => Effect.Effect<void>
}

/**
 * The child, which leads a process group of its own, with that group and with what has left the group by now. The latter is known on
 * Linux only; what has cut itself off from its parents too is nobody's child any more.
 */
export const processFamily = (child: ChildProcess): ProcessFamily => {
  const leader = child.pid
  const others = leader === undefined ? [] : strays(leader)
  const signal = (name: NodeJS.Signals | 0): boolean => {
    const present = others.filter(({ pid, since }) => row(pid)?.since === since).filter(({ pid }) => tell(pid, name))
    return (leader !== undefined && tell(-leader, name)) || present.length > 0
  }
  // By a schedule that ends: a timeout can't interrupt anything in a finalizer.
  const gone = (within: Duration.DurationInput) =>
    Effect.map(
      Effect.repeat(Effect.sync(() => !signal(0)), {
        until: (isGone) => isGone,
        schedule: Schedule.upTo(Schedule.spaced("20 millis"), within)
      }),
      () => !signal(0)
    )
  return {
    gone,
    end: (grace) =>
      Effect.gen(function*() {
        signal("SIGTERM")
        if (yield* gone(grace)) return
        signal("SIGKILL")
        // What is dead but not fetched by its parent counts as a process for ever.
        yield* gone("1 second")
      })
  }
}
