/**
 * Runs a command line, for the model or for the person.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
// Effect's own commands can't give both streams one file, which is what keeps the order of what was written, and keeps a child
// in the background from holding on to us by a pipe.
import { type ChildProcess, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { keepMasked } from "./internal/keepMasked.ts"
import { processFamily } from "./internal/processFamily.ts"
import { type Environment, Workspace } from "./Workspace.ts"

/**
 * The command could not even be started, or its output could not be kept.
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
  /** Both streams in the order in which they were written, without escape sequences and secrets; cut in the middle when it is long. */
  readonly output: string
  /** Where the whole of a long output is. */
  readonly whole?: string
}

/** What is shown of a long output, in characters. */
const most = 30_000

/** More than this is nothing that anybody reads: the command is stopped before it fills the disk. */
const fileLimit = 100 * 1024 * 1024

/** How long the whole of a long output is kept. */
const kept = Duration.days(7)

/** How long a command may take to end by itself when it is told to. */
const grace = Duration.seconds(2)

/**
 * What a command finds in its environment: the workspace's, in which nobody answers questions and nobody pages. What is left out of it
 * is out of sight, not out of reach: a command runs as the same user, who can read this program's environment (`/proc/$PPID/environ`).
 *
 * @since 0.1.0
 * @category constructors
 */
export const environment: Effect.Effect<Environment, never, Workspace> = Effect.map(
  Workspace,
  ({ commandEnvironment }) => ({
    ...commandEnvironment,
    TERM: "dumb",
    NO_COLOR: "1",
    PAGER: "cat",
    GIT_PAGER: "cat",
    GIT_TERMINAL_PROMPT: "0"
  })
)

type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null } | "timeout" | "flood"

const started = (command: string, cwd: string, env: Environment, output: number) =>
  Effect.async<ChildProcess, ShellError>((resume) => {
    const attempt = (shell: string) => {
      const child = spawn(shell, ["-c", command], {
        cwd,
        env,
        detached: true,
        stdio: ["ignore", output, output]
      })
      child.once("spawn", () => resume(Effect.succeed(child)))
      child.once("error", (error) => {
        if (shell === "bash" && "code" in error && error.code === "ENOENT") attempt("sh")
        else resume(new ShellError({ message: `The command can't be started: ${error.message}` }))
      })
    }
    attempt("bash")
  })

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

/**
 * Runs a command line with bash, or sh where there is none, in the workspace's directory, in a process group of its own and without
 * an input. When it takes too long, or its caller is interrupted, it is ended with all that it has started before this returns. A
 * child that the command leaves in the background lives on.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = Effect.fn("Shell.run")(function*({ command, timeout }: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { directory, makeMasker, outputs } = yield* Workspace
  const env = yield* environment
  const file = path.join(outputs, `${randomUUID()}.txt`)
  const failed = (error: { readonly message: string }) =>
    new ShellError({ message: `The output can't be kept: ${error.message}` })

  const result = yield* Effect.gen(function*() {
    yield* fs.makeDirectory(outputs, { recursive: true, mode: 0o700 })
    // The output has no name on the disk before its secrets are masked: not even a crash leaves them there.
    const raw = `${file}.raw.txt`
    const handle = yield* fs.open(raw, { flag: "ax+", mode: 0o600 })
    yield* fs.remove(raw)
    const flood = Effect.repeat(handle.stat, {
      until: ({ size }) => size > fileLimit,
      schedule: Schedule.spaced("200 millis")
    }).pipe(Effect.as<Ending>("flood"))
    const ending = yield* Effect.acquireUseRelease(
      started(command, directory, env, handle.fd),
      (child) =>
        Effect.raceFirst(ended(child), flood).pipe(
          Effect.timeoutTo({ duration: timeout, onSuccess: (ending) => ending, onTimeout: (): Ending => "timeout" })
        ),
      (child, exit) =>
        Exit.isSuccess(exit) && typeof exit.value === "object" ? Effect.void : processFamily(child).end(grace)
    )
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

/** What can't be removed stays: that is no matter of the command that has just run. */
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
