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
import { randomUUID } from "node:crypto"
import { writeSync } from "node:fs"
import { describeOutputFailure } from "./internal/shell/run/describeFailure.ts"
import { disablePrompts, writePrograms } from "./internal/shell/run/disablePrompts.ts"
import * as LiveOutput from "./internal/shell/run/liveOutput.ts"
import { makeOutputPipe } from "./internal/shell/run/outputPipe.ts"
import { saveMasked } from "./internal/shell/run/saveMasked.ts"
import {
  describeExit,
  type ExitStatus,
  makeCommandDirectory,
  startShell,
  waitForExit
} from "./internal/shell/run/startShell.ts"
import { Workspace } from "./Workspace.ts"

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
 * A command line and its time limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly command: string
  readonly timeout: Duration.DurationInput
  /** Receives the process before the command runs in it. If this fails, the command does not run. */
  readonly onStart?: (process: ProcessId.ProcessId) => Effect.Effect<void, ShellError>
  /** Receives the last ten lines of the output, cleaned and masked, while the command runs: ten times a second at most. */
  readonly onOutput?: (lines: string) => Effect.Effect<void>
}

/**
 * How a command ended, and its output.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result {
  /** `exit code 0`, `killed by SIGKILL`, `stopped after 2m`. */
  readonly ending: string
  readonly ok: boolean
  /**
   * stdout and stderr in the order in which they were written, without escape sequences, and with secrets masked. A redrawn line is in
   * its final state. Long output is cut in the middle.
   */
  readonly output: string
  /** The file with the complete output, if `output` is cut. */
  readonly fullOutput?: string
}

/** Longer output is cut to this many bytes. */
const maxShownBytes = 30_000

/** A command that writes more bytes is stopped before it fills the disk. */
const maxOutputBytes = 100 * 1024 * 1024

/** How long files with complete outputs are kept. */
const retention = Duration.days(7)

/** How often the output is reported while a command runs. */
const liveInterval = Duration.millis(100)

/**
 * The names of the variables in a command's environment: those of the workspace, except the ones that make programs wait for a user.
 * Removing a variable does not hide it from a command, which runs as the same user and can read this program's environment
 * (`/proc/$PPID/environ`).
 *
 * @since 0.1.0
 * @category constructors
 */
export const variables: Effect.Effect<ReadonlySet<string>, never, Workspace> = Effect.map(
  Workspace,
  ({ commandEnvironment }) => new Set(Object.keys(disablePrompts(commandEnvironment, { editor: "", password: "" })))
)

type Ending = ExitStatus | "timeout" | "flood"

const describeEnding = (ending: Ending, timeout: Duration.DurationInput): Pick<Result, "ending" | "ok"> => {
  if (ending === "timeout") return { ending: `stopped after ${Duration.format(timeout)}`, ok: false }
  if (ending === "flood") return { ending: "stopped after more than 100 MiB of output", ok: false }
  return describeExit(ending)
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/**
 * Runs a command line with bash, or with sh if bash is missing, in the workspace's directory and a new process group, without stdin,
 * terminal or editor. After a timeout or an interruption it ends the whole process group before it returns. A process that the command
 * leaves in the background keeps running; its later output is discarded.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = Effect.fn("Shell.run")(function*({ command, onOutput, onStart, timeout }: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { commandEnvironment, directory, makeMasker, outputs, programEnvironment } = yield* Workspace
  const file = path.join(outputs, `${randomUUID()}.txt`)
  const failed = (error: unknown) => new ShellError({ message: describeOutputFailure(error) })

  const result = yield* Effect.gen(function*() {
    yield* fs.makeDirectory(outputs, { recursive: true, mode: 0o700 })
    const temporary = yield* makeCommandDirectory(outputs)
    const env = disablePrompts(commandEnvironment, yield* writePrograms(temporary))
    // The raw output has no name on disk, so that a crash does not leave secrets behind.
    const raw = `${file}.raw.txt`
    const handle = yield* fs.open(raw, { flag: "ax+", mode: 0o600 })
    yield* fs.remove(raw)
    const stopped = yield* Deferred.make<Ending, ShellError>()
    const live = onOutput === undefined ? undefined : LiveOutput.make(makeMasker)
    let room = maxOutputBytes
    const pipe = yield* makeOutputPipe(path.join(temporary, "output"), programEnvironment, (bytes) => {
      const taken = bytes.subarray(0, Math.max(0, room))
      room -= bytes.length
      live?.add(taken)
      if (room < 0) Deferred.unsafeDone(stopped, Effect.succeed("flood"))
      try {
        for (let at = 0; at < taken.length;) at += writeSync(handle.fd, taken, at)
      } catch (error) {
        Deferred.unsafeDone(stopped, failed(error))
      }
    }).pipe(Effect.mapError(failed))
    const reporting = yield* Effect.scope
    const ending = yield* Effect.acquireUseRelease(
      startShell(command, directory, env, pipe.writer).pipe(
        Effect.mapError((message) => new ShellError({ message })),
        Effect.tap(() => Effect.sync(pipe.release))
      ),
      ({ child, release }) =>
        Effect.gen(function*() {
          if (onStart !== undefined) yield* onStart(yield* ProcessId.of(child.pid!))
          release()
          if (live !== undefined && onOutput !== undefined) {
            yield* Effect.forkIn(reportOutput(live, onOutput), reporting)
          }
          return yield* Effect.raceFirst(waitForExit(child), Deferred.await(stopped)).pipe(
            Effect.timeoutTo({ duration: timeout, onSuccess: (ending) => ending, onTimeout: (): Ending => "timeout" })
          )
        }),
      ({ child }, exit) =>
        Exit.isSuccess(exit) && typeof exit.value === "object"
          ? Effect.void
          : ProcessGroup.of(child.pid).end()
    )
    pipe.finish()
    yield* saveMasked(handle, file, makeMasker())
    return yield* readOutput(file, describeEnding(ending, timeout))
  }).pipe(
    Effect.scoped,
    Effect.catchTags({ BadArgument: failed, SystemError: failed }),
    Effect.onError(() => Effect.ignore(fs.remove(file, { force: true })))
  )
  yield* result.fullOutput === undefined ? Effect.ignore(fs.remove(file, { force: true })) : removeOldOutputs
  return result
})

const reportOutput = (live: LiveOutput.LiveOutput, onOutput: (lines: string) => Effect.Effect<void>) =>
  Effect.suspend(() => {
    const lines = live.take()
    return lines === undefined ? Effect.void : onOutput(lines)
  }).pipe(Effect.delay(liveInterval), Effect.forever)

/**
 * Deletes outputs of commands, and pictures from the clipboard, that are older than seven days. Whatever adds one calls this. Errors are ignored:
 * they do not affect what has just been added.
 *
 * @since 0.1.0
 * @category constructors
 */
export const removeOldOutputs: Effect.Effect<void, never, FileSystem.FileSystem | Path.Path | Workspace> = Effect.gen(
  function*() {
    const { outputs } = yield* Workspace
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const cutoff = (yield* Clock.currentTimeMillis) - Duration.toMillis(retention)
    for (const name of yield* fs.readDirectory(outputs)) {
      const file = path.join(outputs, name)
      const old = Effect.map(
        fs.stat(file),
        ({ mtime, type }) => type === "File" && Option.exists(mtime, (date) => date.getTime() < cutoff)
      )
      // Pictures from the clipboard are among the outputs, too.
      if (/\.(?:txt|png|jpg|gif|webp)$/.test(name)) {
        yield* Effect.ignore(Effect.whenEffect(fs.remove(file, { force: true }), old))
      }
    }
  }
).pipe(Effect.ignore)

const readOutput = (
  file: string,
  ending: Pick<Result, "ending" | "ok">
): Effect.Effect<Result, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const size = Number((yield* fs.stat(file)).size)
    if (size <= maxShownBytes) return { ...ending, output: decode(yield* fs.readFile(file)) }
    const handle = yield* fs.open(file)
    const readPiece = (from: number, length: number) =>
      Effect.gen(function*() {
        yield* handle.seek(FileSystem.Size(from), "start")
        const buffer = new Uint8Array(length)
        return buffer.subarray(0, Number(yield* handle.read(buffer)))
      })
    const head = Cut.headBytes(yield* readPiece(0, maxShownBytes / 2), maxShownBytes / 2)
    const tail = Cut.tailBytes(yield* readPiece(size - maxShownBytes / 2, maxShownBytes / 2), maxShownBytes / 2)
    const leftOut = size - head.length - tail.length
    const output = `${decode(head)}\n\n… ${leftOut} bytes left out; the complete output is in ${file} …\n\n${
      decode(tail)
    }`
    return { ...ending, output, fullOutput: file }
  })
