/**
 * Identifies processes reliably, although the system reuses process IDs.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { hasEnded, parseStat } from "./internal/stat.ts"

/**
 * Everything that distinguishes a process from all others. Texts are empty if the system does not provide the value.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProcessId = Schema.Struct({
  pid: Schema.Number,
  host: Schema.String,
  /** The boot ID of the machine's kernel. */
  boot: Schema.String,
  /** The namespace of the process ID: a container has its own. */
  namespace: Schema.String,
  /** When the process started. Distinguishes it from a later process with the same ID. */
  start: Schema.String
})
/**
 * Everything that distinguishes a process from all others.
 *
 * @since 0.1.0
 * @category schemas
 */
export type ProcessId = typeof ProcessId.Type

let ownMark: string | undefined

/** Used if the system does not say when this process started. */
const markOfOwnStart = (): string => ownMark ??= randomUUID()

const stat = (pid: number | "self") =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.readFileString(`/proc/${pid}/stat`), parseStat))

/**
 * Identifies a running process on this machine.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (pid: number): Effect.Effect<ProcessId, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const orEmpty = <E, R>(effect: Effect.Effect<string, E, R>) => Effect.orElseSucceed(effect, () => "")
    // In a container, `/proc` may be the host's, whose process IDs are different.
    const isOwn = (yield* orEmpty(fs.readLink("/proc/self"))) === String(process.pid)
    const unknown = () => pid === process.pid ? markOfOwnStart() : ""
    return {
      pid,
      host: hostname(),
      boot: (yield* orEmpty(fs.readFileString("/proc/sys/kernel/random/boot_id"))).trim(),
      namespace: (yield* orEmpty(fs.readLink("/proc/self/ns/pid"))).replace(/\D/g, ""),
      start: isOwn ? yield* Effect.orElseSucceed(Effect.map(stat(pid), ({ start }) => start), unknown) : unknown()
    }
  })

/**
 * Whether a process that was running at `since` (milliseconds since 1970) is still running. `unknown` if it is on another machine or in another
 * container, or if the system does not say when the process with this ID started. `self` is this process.
 *
 * @since 0.1.0
 * @category queries
 */
export const state = Effect.fn("ProcessId.state")(function*(id: ProcessId, self: ProcessId, since: number) {
  const isSameMachine = id.boot !== "" && self.boot !== "" ? id.boot === self.boot : id.host === self.host
  const isSameNamespace = id.namespace === "" || self.namespace === "" || id.namespace === self.namespace
  if (!isSameMachine || !isSameNamespace) return "unknown"
  // After a restart of the container, this process may have the ID of the one that crashed.
  if (id.pid === self.pid) return id.start === self.start ? "running" : "ended"
  if (!exists(id.pid)) return "ended"
  const found = yield* Effect.option(stat(id.pid))
  if (found._tag === "None") return "unknown"
  // A zombie has ended, but nobody has read its exit code. In a container that may never happen.
  if (hasEnded(found.value)) return "ended"
  if (isTicks(id.start)) return id.start === found.value.start ? "running" : "ended"
  if (id.start !== "" || !isTicks(self.start)) return "unknown"
  // Without a start time: a process that started later is a different one with the same ID.
  const began = Date.now() - process.uptime() * 1000 + (Number(found.value.start) - Number(self.start)) * millisPerTick
  return began > since + clockTolerance ? "ended" : "running"
})

const isTicks = (start: string): boolean => /^\d+$/.test(start)

/** Source: proc_pid_stat(5), sysconf(_SC_CLK_TCK): 100 a second on every architecture that Node runs on. */
const millisPerTick = 10

/** How much the clocks of processes and of the file system may differ, in milliseconds. */
const clockTolerance = 1000

/** Signal 0 only checks. A process that may not be signaled (EPERM) exists. */
const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH")
  }
}
