/**
 * Runs a command line, for the model or for the user.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as ProcessId from "@altimate-code/system/ProcessId"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
// Effect's own commands can't give both streams one pipe, which is what keeps the order of what was written.
import { type ChildProcess, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { writeSync } from "node:fs"
import { tmpdir } from "node:os"
import type { Writable } from "node:stream"
import { notStarted, notStored } from "./internal/shell/run/failureWords.ts"
import { keepMasked } from "./internal/shell/run/keepMasked.ts"
import { makeOutputPipe } from "./internal/shell/run/outputPipe.ts"
import { unattended, writePrograms } from "./internal/shell/run/unattended.ts"
import { type Environment, Workspace } from "./Workspace.ts"

/**
 * The command could not be started, or its output could not be stored.
 *
 * @since 0.1.0
 * @category errors
 */
export class ShellError extends Schema.TaggedError<ShellError>("@altimate-code/agent/ShellError")("ShellError", {
  message: Schema.String
}) {}

/**
 * A command line and its limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly command: string
  /** How long it may take. */
  readonly timeout: Duration.DurationInput
  /** Learns which process it is before the command runs in it; if this fails, the command does not run. */
  readonly onStart?: (process: ProcessId.ProcessId) => Effect.Effect<void, ShellError>
}

/**
 * How a command ended, and what it wrote.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result {
  /** In a few words: `exit code 0`, `ended by SIGKILL`, `stopped after 2m`. */
  readonly ending: string
  readonly ok: boolean
  /**
   * Both streams in the order in which they were written, without escape sequences and secrets; a line that was drawn over itself as it
   * was last; cut in the middle when it is long.
   */
  readonly output: string
  /** Where the whole of a long output is. */
  readonly whole?: string
}

/** What is shown of a long output, in bytes. */
const most = 30_000

/** Nobody reads more than this: the command is stopped before it fills the disk. In bytes. */
const maxOutput = 100 * 1024 * 1024

/** How long the whole of a long output is kept. */
const kept = Duration.days(7)

/** How long a command may take to end by itself after SIGTERM. */
const shutdownGrace = Duration.seconds(2)

/**
 * The names of the variables in a command's environment: the workspace's, without what could wait for a user who can't answer. What is
 * left out of it is out of sight, not out of reach: a command runs as the same user, who can read this program's environment
 * (`/proc/$PPID/environ`).
 *
 * @since 0.1.0
 * @category constructors
 */
export const variables: Effect.Effect<ReadonlySet<string>, never, Workspace> = Effect.map(
  Workspace,
  ({ commandEnvironment }) => new Set(Object.keys(unattended(commandEnvironment, { editor: "", password: "" })))
)

type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null } | "timeout" | "flood"

/**
 * Waits until its process is known, then becomes the shell that runs the command. If this program ends before, the command never runs.
 * In POSIX mode bash reads no file of the user's here; the second one does.
 */
const gated = (shell: string) => `read -r _ <&3 || exit; exec 3<&-; exec ${shell} -c "$0"`

const shells = [["bash", "--posix"], ["sh"]] as const

interface Started {
  readonly child: ChildProcess
  /** Lets the command run. */
  readonly open: () => void
}

const started = (command: string, cwd: string, env: Environment, output: number) =>
  Effect.async<Started, ShellError>((resume) => {
    const attempt = ([shell, ...options]: typeof shells[number]) => {
      const failed = (error: unknown) => {
        const message = notStarted(error, cwd)
        if (shell === "bash" && isAbsent(error)) attempt(shells[1])
        else resume(new ShellError({ message }))
      }
      try {
        const child = spawn(shell, [...options, "-c", gated(shell), command], {
          cwd,
          env,
          detached: true,
          stdio: ["ignore", output, output, "pipe"]
        })
        const gate = child.stdio[3] as Writable
        // A process that was killed before it has read it.
        gate?.on("error", () => {})
        child.once("spawn", () => resume(Effect.succeed({ child, open: () => void gate.end("\n") })))
        child.once("error", failed)
      } catch (error) {
        failed(error)
      }
    }
    attempt(shells[0])
  })

const isAbsent = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT"

const ended = (child: ChildProcess) =>
  Effect.async<Ending>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resume(Effect.succeed({ code: child.exitCode, signal: child.signalCode }))
    } else {
      child.once("exit", (code, signal) => resume(Effect.succeed({ code, signal })))
    }
  })

const inWords = (ending: Ending, timeout: Duration.DurationInput): Pick<Result, "ending" | "ok"> => {
  if (ending === "timeout") return { ending: `stopped after ${Duration.format(timeout)}`, ok: false }
  if (ending === "flood") return { ending: "stopped: it wrote more than 100 MiB", ok: false }
  return ending.signal === null
    ? { ending: `exit code ${ending.code}`, ok: ending.code === 0 }
    : { ending: `ended by ${ending.signal}`, ok: false }
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A directory for what a command needs while it runs; where there is none for temporary files, beside the outputs. */
const makeDirectory = Effect.fn("Shell.makeDirectory")(function*(outputs: string) {
  const fs = yield* FileSystem.FileSystem
  const prefix = "altimate-code-"
  return yield* Effect.orElse(
    fs.makeTempDirectoryScoped({ directory: tmpdir(), prefix }),
    () => fs.makeTempDirectoryScoped({ directory: outputs, prefix })
  )
})

/**
 * Runs a command line with bash, or sh where there is none, in the workspace's directory, in a process group of its own, without an
 * input, a terminal or an editor. When it takes too long, or its caller is interrupted, it is ended with all that it has started before
 * this returns. A child that the command leaves in the background lives on; nothing of what it writes from then on is kept.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = Effect.fn("Shell.run")(function*({ command, onStart, timeout }: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { commandEnvironment, directory, makeMasker, outputs, programEnvironment } = yield* Workspace
  const file = path.join(outputs, `${randomUUID()}.txt`)
  const failed = (error: unknown) => new ShellError({ message: notStored(error) })

  const result = yield* Effect.gen(function*() {
    yield* fs.makeDirectory(outputs, { recursive: true, mode: 0o700 })
    const temporary = yield* makeDirectory(outputs)
    const env = unattended(commandEnvironment, yield* writePrograms(temporary))
    // The output has no name on the disk before its secrets are masked: not even a crash leaves them there.
    const raw = `${file}.raw.txt`
    const handle = yield* fs.open(raw, { flag: "ax+", mode: 0o600 })
    yield* fs.remove(raw)
    const stopped = yield* Deferred.make<Ending, ShellError>()
    let room = maxOutput
    const pipe = yield* makeOutputPipe(path.join(temporary, "output"), programEnvironment, (bytes) => {
      const taken = bytes.subarray(0, Math.max(0, room))
      room -= bytes.length
      if (room < 0) Deferred.unsafeDone(stopped, Effect.succeed("flood"))
      try {
        for (let at = 0; at < taken.length;) at += writeSync(handle.fd, taken, at)
      } catch (error) {
        Deferred.unsafeDone(stopped, failed(error))
      }
    }).pipe(Effect.mapError(failed))
    const ending = yield* Effect.acquireUseRelease(
      Effect.tap(started(command, directory, env, pipe.writer), () => Effect.sync(pipe.release)),
      ({ child, open }) =>
        Effect.gen(function*() {
          if (onStart !== undefined) yield* onStart(yield* ProcessId.of(child.pid!))
          open()
          return yield* Effect.raceFirst(ended(child), Deferred.await(stopped)).pipe(
            Effect.timeoutTo({ duration: timeout, onSuccess: (ending) => ending, onTimeout: (): Ending => "timeout" })
          )
        }),
      ({ child }, exit) =>
        Exit.isSuccess(exit) && typeof exit.value === "object"
          ? Effect.void
          : ProcessGroup.of(child.pid).end(shutdownGrace)
    )
    pipe.finish()
    yield* keepMasked(handle, file, makeMasker())
    return yield* shortened(file, inWords(ending, timeout))
  }).pipe(
    Effect.scoped,
    Effect.catchTags({ BadArgument: failed, SystemError: failed }),
    Effect.onError(() => Effect.ignore(fs.remove(file, { force: true })))
  )
  yield* result.whole === undefined ? Effect.ignore(fs.remove(file, { force: true })) : removeOld(outputs)
  return result
})

/** What can't be removed stays: the command that has just run has nothing to do with it. */
const removeOld = (outputs: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(kept)
    for (const name of yield* fs.readDirectory(outputs)) {
      const file = path.join(outputs, name)
      const old = Effect.map(
        fs.stat(file),
        ({ mtime, type }) => type === "File" && Option.exists(mtime, (date) => date.getTime() < before)
      )
      if (name.endsWith(".txt")) yield* Effect.ignore(Effect.whenEffect(fs.remove(file, { force: true }), old))
    }
  }).pipe(Effect.ignore)

const shortened = (
  file: string,
  ending: Pick<Result, "ending" | "ok">
): Effect.Effect<Result, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const size = Number((yield* fs.stat(file)).size)
    if (size <= most) return { ...ending, output: decode(yield* fs.readFile(file)) }
    const handle = yield* fs.open(file)
    const piece = (from: number, length: number) =>
      Effect.gen(function*() {
        yield* handle.seek(FileSystem.Size(from), "start")
        const buffer = new Uint8Array(length)
        return buffer.subarray(0, Number(yield* handle.read(buffer)))
      })
    const head = Cut.headBytes(yield* piece(0, most / 2), most / 2)
    const tail = Cut.tailBytes(yield* piece(size - most / 2, most / 2), most / 2)
    const leftOut = size - head.length - tail.length
    const output = `${decode(head)}\n\n… ${leftOut} bytes are left out; the whole is in ${file} …\n\n${decode(tail)}`
    return { ...ending, output, whole: file }
  })
