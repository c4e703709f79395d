/** Who holds a lock, and whether that process still runs. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"

export interface Holder {
  readonly pid: number
  readonly host: string
  /** Of this one lock. */
  readonly id: string
  /** The start of the machine's kernel; empty where the system has no such ID, as all that follows. */
  readonly boot: string
  /** Process IDs count in here: a container has its own. */
  readonly namespace: string
  /** Tells the process from another one that gets the same process ID later. */
  readonly start: string
}

/** Where the system does not tell when a process started. */
const processId = randomUUID()

/** A name of a file that tells all of it. Earlier versions wrote the first three parts. */
export const toName = ({ boot, host, id, namespace, pid, start }: Holder): string =>
  [pid, encodeURIComponent(host), id, boot, namespace, start].join("@")

export const fromName = (name: string): Holder | undefined => {
  const parts = /^(\d+)@([^@]*)@([0-9a-f-]{36})(?:@([^@]*)@([^@]*)@([^@]*))?$/.exec(name)
  if (parts === null) return undefined
  const [, pid, host = "", id = "", boot = "", namespace = "", start = ""] = parts
  return { pid: Number(pid), host: decode(host), id, boot, namespace, start }
}

const decode = (host: string): string => {
  try {
    return decodeURIComponent(host)
  } catch {
    return host
  }
}

/** State and start time of a process, from the third and the 22nd field of proc_pid_stat(5): the second may hold anything. */
const stat = (pid: number | "self") =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(`/proc/${pid}/stat`)
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    return { state: fields[0], start: fields[19] ?? "" }
  })

/** This process, as the holder of a new lock. */
export const thisProcess: Effect.Effect<Holder, never, FileSystem.FileSystem> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const orEmpty = <E, R>(effect: Effect.Effect<string, E, R>) => Effect.orElseSucceed(effect, () => "")
  // A container can see the processes of the machine around it: then the numbers in there are not its own.
  const isOwn = (yield* orEmpty(fs.readLink("/proc/self"))) === String(process.pid)
  return {
    pid: process.pid,
    host: hostname(),
    id: randomUUID(),
    boot: (yield* orEmpty(fs.readFileString("/proc/sys/kernel/random/boot_id"))).trim(),
    namespace: (yield* orEmpty(fs.readLink("/proc/self/ns/pid"))).replace(/\D/g, ""),
    start: isOwn
      ? yield* Effect.orElseSucceed(Effect.map(stat("self"), ({ start }) => start), () => processId)
      : processId
  }
})

/**
 * Whether the process that took a lock at `since` (milliseconds since 1970) still runs; `unknown` when it can't be looked at from here,
 * since it is on another machine or in another container, or when the system does not tell since when a process with its ID runs.
 */
export const state = Effect.fn("holder.state")(function*(holder: Holder, self: Holder, since: number) {
  const isSameMachine = holder.boot !== "" && self.boot !== "" ? holder.boot === self.boot : holder.host === self.host
  const isSameNamespace = holder.namespace === "" || self.namespace === "" || holder.namespace === self.namespace
  if (!isSameMachine || !isSameNamespace) return "unknown"
  // In a container that is started again, the process that crashed there had our number.
  if (holder.pid === self.pid) return holder.start === self.start ? "running" : "ended"
  if (!exists(holder.pid)) return "ended"
  const found = yield* Effect.option(stat(holder.pid))
  if (found._tag === "None") return "unknown"
  // A zombie has ended: nobody has asked for its exit code, which in a container may never happen.
  if (found.value.state === "Z" || found.value.state === "X") return "ended"
  if (isTicks(holder.start)) return holder.start === found.value.start ? "running" : "ended"
  if (holder.start !== "" || !isTicks(self.start)) return "unknown"
  // Earlier versions wrote no start: what began after the lock was taken is another process with the same ID.
  const began = Date.now() - process.uptime() * 1000 + (Number(found.value.start) - Number(self.start)) * millisPerTick
  return began > since + clockTolerance ? "ended" : "running"
})

const isTicks = (start: string): boolean => /^\d+$/.test(start)

/** Source: proc_pid_stat(5), sysconf(_SC_CLK_TCK): 100 a second on every architecture that Node runs on. */
const millisPerTick = 10

/** By how many milliseconds the clocks of processes and of the file system may differ. */
const clockTolerance = 1000

/** Signal 0 only asks. A process that may not be signalled (EPERM) exists. */
const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH")
  }
}
