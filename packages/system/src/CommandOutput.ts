/**
 * Runs commands for their output.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
// Effect's own commands have no process groups, and everything that the command starts must end with it.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import * as Cut from "./Cut.ts"
import * as ProcessGroup from "./ProcessGroup.ts"

/**
 * A shell command line, or a program and its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export type Command = string | ReadonlyArray<string>

/**
 * How to run the command.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The name of its output in messages, for example `token`. */
  readonly outputName: string
  /** Its complete environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeLimit: Duration.Duration
  /** Called with each line of its stderr. */
  readonly onStderrLine: (line: string) => Effect.Effect<void>
  /** How many of the last lines of stderr the failure includes; default: 1. */
  readonly repeatedLines?: number
  /** The maximum size of its output, in bytes; default: 64 KiB, far more than a token needs. */
  readonly maxOutputSize?: number
}

const defaultMaxOutputSize = 64 * 1024

/** In characters. */
const maxLineLength = 64 * 1024

type Child = ChildProcessByStdio<null, Readable, Readable>

/**
 * Describes why a program could not be started, without the jargon of Node.js if it was not found.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeSpawnError = (error: NodeJS.ErrnoException): string =>
  error.code === "ENOENT" && error.path !== undefined ? `${error.path} was not found` : error.message

const start = (command: Command, environment: Options["environment"]) =>
  Effect.async<Child, string>((resume) => {
    const [program, args] = typeof command === "string" ? [command, []] : [command[0] ?? "", command.slice(1)]
    const child = spawn(program, args, {
      env: environment,
      shell: typeof command === "string",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"]
    })
    child.once("spawn", () => resume(Effect.succeed(child)))
    child.once("error", (error) => resume(Effect.fail(`it can't be started: ${describeSpawnError(error)}`)))
  })

/** The command's complete stdout. Fails with a description of the problem. */
const readOutput = (
  child: Child,
  lines: Mailbox.Mailbox<string>,
  { maxOutputSize = defaultMaxOutputSize, outputName, repeatedLines = 1 }: Options
) =>
  Effect.async<Uint8Array, string>((resume) => {
    const stdout: Array<Uint8Array> = []
    let size = 0
    let rest = ""
    const last: Array<string> = []
    const addLine = (line: string) => {
      if (line.trim() === "") return
      last.push(line.trim())
      if (last.length > repeatedLines) last.shift()
      lines.unsafeOffer(line)
    }
    child.stdout.on("data", (chunk: Uint8Array) => {
      stdout.push(chunk)
      size += chunk.length
      if (size <= maxOutputSize) return
      lines.unsafeDone(Exit.void)
      resume(Effect.fail(`it printed far more than a ${outputName}`))
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split(/\r\n|\r|\n/)
      rest = Cut.tail(parts.pop() ?? "", maxLineLength)
      parts.forEach(addLine)
    })
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      addLine(rest)
      lines.unsafeDone(Exit.void)
      const how = signal === null ? `exit code ${code}` : `ended by ${signal}`
      resume(
        code === 0
          ? Effect.succeed(Buffer.concat(stdout))
          : Effect.fail(last.length === 0 ? how : `${how}: ${last.join(" / ")}`)
      )
    }
    child.once("close", ended)
    // A process that it leaves running may keep its pipes open.
    child.once("exit", (code, signal) => setTimeout(ended, 500, code, signal).unref())
  })

/**
 * Runs the command in its own process group without stdin, and returns its stdout if it succeeds in time. Otherwise it is ended together with all
 * processes that it started. Fails with a description of the problem, which may include the last lines of stderr.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (command: Command, options: Options): Effect.Effect<Uint8Array, string> =>
  Effect.gen(function*() {
    const { environment, onStderrLine, outputName, timeLimit } = options
    const lines = yield* Mailbox.make<string>()
    const reporter = yield* Effect.forkScoped(Stream.runForEach(Mailbox.toStream(lines), onStderrLine))
    return yield* Effect.acquireUseRelease(
      start(command, environment),
      (child) =>
        readOutput(child, lines, options).pipe(
          Effect.exit,
          Effect.zipLeft(Fiber.join(reporter)),
          Effect.flatten,
          Effect.timeoutFail({
            duration: timeLimit,
            onTimeout: () => `it printed no ${outputName} within ${Duration.format(timeLimit)}`
          })
        ),
      (child) =>
        Effect.zipRight(
          ProcessGroup.of(child.pid).end(),
          Effect.sync(() => {
            child.stdout.destroy()
            child.stderr.destroy()
          })
        )
    )
  }).pipe(Effect.scoped)
