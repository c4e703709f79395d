/**
 * Which process, beyond the number that another one may get later.
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
 * A process, by what tells it from every other one. Texts are empty where the system does not say.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProcessId = Schema.Struct({
  pid: Schema.Number,
  host: Schema.String,
  /** The start of the machine's kernel. */
  boot: Schema.String,
  /** Process IDs count in here: a container has its own. */
  namespace: Schema.String,
  /** Tells the process from another one that gets the same process ID later. */
  start: Schema.String
})
/**
 * A process, by what tells it from every other one.
 *
 * @since 0.1.0
 * @category schemas
 */
export type ProcessId = typeof ProcessId.Type

/** Where the system does not say when this process started. */
const ownStart = randomUUID()

const stat = (pid: number | "self") =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.readFileString(`/proc/${pid}/stat`), parseStat))

/**
 * Identifies a process of this machine that runs now.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (pid: number): Effect.Effect<ProcessId, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const orEmpty = <E, R>(effect: Effect.Effect<string, E, R>) => Effect.orElseSucceed(effect, () => "")
    // A container can see the processes of the machine around it: then the numbers in there are not its own.
    const isOwn = (yield* orEmpty(fs.readLink("/proc/self"))) === String(process.pid)
    const unknown = pid === process.pid ? ownStart : ""
    return {
      pid,
      host: hostname(),
      boot: (yield* orEmpty(fs.readFileString("/proc/sys/kernel/random/boot_id"))).trim(),
      namespace: (yield* orEmpty(fs.readLink("/proc/self/ns/pid"))).replace(/\D/g, ""),
      start: isOwn ? yield* Effect.orElseSucceed(Effect.map(stat(pid), ({ start }) => start), () => unknown) : unknown
    }
  })

/**
 * Whether the process, which ran at `since` (milliseconds since 1970), still runs; `unknown` when it can't be looked at from here, since it
 * is on another machine or in another container, or when the system does not tell since when a process with its ID runs. `self` is this
 * process.
 *
 * @since 0.1.0
 * @category queries
 */
export const state = Effect.fn("ProcessId.state")(function*(id: ProcessId, self: ProcessId, since: number) {
  const isSameMachine = id.boot !== "" && self.boot !== "" ? id.boot === self.boot : id.host === self.host
  const isSameNamespace = id.namespace === "" || self.namespace === "" || id.namespace === self.namespace
  if (!isSameMachine || !isSameNamespace) return "unknown"
  // In a container that is started again, the process that crashed there had our number.
  if (id.pid === self.pid) return id.start === self.start ? "running" : "ended"
  if (!exists(id.pid)) return "ended"
  const found = yield* Effect.option(stat(id.pid))
  if (found._tag === "None") return "unknown"
  // A zombie has ended: nobody has asked for its exit code, which in a container may never happen.
  if (hasEnded(found.value)) return "ended"
  if (isTicks(id.start)) return id.start === found.value.start ? "running" : "ended"
  if (id.start !== "" || !isTicks(self.start)) return "unknown"
  // Without a start: what began later is another process with the same ID.
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
