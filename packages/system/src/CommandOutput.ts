/**
 * What a command prints.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
// Effect's own commands have no process groups, and what the command has started must end with it.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import * as Cut from "./Cut.ts"
import * as ProcessGroup from "./ProcessGroup.ts"

/**
 * A line for the shell, or a program and its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export type Command = string | ReadonlyArray<string>

/**
 * How it is run. `what` is what it should print, for messages: `token`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly what: string
  /** Its whole environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeLimit: Duration.Duration
  /** Gets what it writes to stderr, line by line as it comes. */
  readonly say: (line: string) => Effect.Effect<void>
  /** How many of the last of these lines a failure repeats; 1 unless given. */
  readonly repeatedLines?: number
}

/** Far more than is asked for, in bytes. */
const maxSize = 64 * 1024

const grace = Duration.seconds(2)

type Child = ChildProcessByStdio<null, Readable, Readable>

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
    child.once("error", (error) => resume(Effect.fail(`it can't be started: ${error.message}`)))
  })

/** Its whole stdout. Fails with what went wrong, in words. */
const output = (child: Child, lines: Mailbox.Mailbox<string>, { repeatedLines = 1, what }: Options) =>
  Effect.async<Uint8Array, string>((resume) => {
    const stdout: Array<Uint8Array> = []
    let size = 0
    let rest = ""
    const last: Array<string> = []
    const said = (line: string) => {
      if (line.trim() === "") return
      last.push(line.trim())
      if (last.length > repeatedLines) last.shift()
      lines.unsafeOffer(line)
    }
    child.stdout.on("data", (chunk: Uint8Array) => {
      stdout.push(chunk)
      size += chunk.length
      if (size <= maxSize) return
      lines.unsafeDone(Exit.void)
      resume(Effect.fail(`it printed far more than a ${what}`))
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split(/\r\n|\r|\n/)
      rest = Cut.tail(parts.pop() ?? "", maxSize)
      parts.forEach(said)
    })
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      said(rest)
      lines.unsafeDone(Exit.void)
      const how = signal === null ? `exit code ${code}` : `ended by ${signal}`
      resume(
        code === 0
          ? Effect.succeed(Buffer.concat(stdout))
          : Effect.fail(last.length === 0 ? how : `${how}: ${last.join(" / ")}`)
      )
    }
    child.once("close", ended)
    // Something that it leaves running may keep its pipes open.
    child.once("exit", (code, signal) => setTimeout(ended, 500, code, signal).unref())
  })

/**
 * What the command prints to stdout, when it ends well and in time; otherwise it is ended with all that it has started. It runs in a process
 * group of its own and without an input. Fails with what went wrong, in words, which may have the last lines of its stderr in them.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (command: Command, options: Options): Effect.Effect<Uint8Array, string> =>
  Effect.gen(function*() {
    const { environment, say, timeLimit, what } = options
    const lines = yield* Mailbox.make<string>()
    const saying = yield* Effect.forkScoped(Stream.runForEach(Mailbox.toStream(lines), say))
    return yield* Effect.acquireUseRelease(
      start(command, environment),
      (child) =>
        output(child, lines, options).pipe(
          Effect.exit,
          Effect.zipLeft(Fiber.join(saying)),
          Effect.flatten,
          Effect.timeoutFail({
            duration: timeLimit,
            onTimeout: () => `it gave no ${what} within ${Duration.format(timeLimit)}`
          })
        ),
      (child) =>
        Effect.zipRight(
          ProcessGroup.of(child.pid).end(grace),
          Effect.sync(() => {
            child.stdout.destroy()
            child.stderr.destroy()
          })
        )
    )
  }).pipe(Effect.scoped)
