/** Runs a command for what it prints. */
import * as Cut from "@altimate-code/system/Cut"
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
// Effect's own commands have no process groups, and what the command has started must end with it.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable } from "node:stream"

/** More than any token has. */
const most = 64 * 1024

const grace = Duration.seconds(2)

type Child = ChildProcessByStdio<null, Readable, Readable>

const start = (command: string | ReadonlyArray<string>) =>
  Effect.async<Child, string>((resume) => {
    const [program, args] = typeof command === "string" ? [command, []] : [command[0] ?? "", command.slice(1)]
    const child = spawn(program, args, {
      // It may need AWS credentials to get a token; the token that there is it does not need.
      env: { ...process.env, AWS_BEARER_TOKEN_BEDROCK: undefined },
      shell: typeof command === "string",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"]
    })
    child.once("spawn", () => resume(Effect.succeed(child)))
    child.once("error", (error) => resume(Effect.fail(`it can't be started: ${error.message}`)))
  })

/** Its whole stdout. Fails with what went wrong, in words; the last line of its stderr may be in them. */
const output = (child: Child, lines: Mailbox.Mailbox<string>) =>
  Effect.async<Uint8Array, string>((resume) => {
    const stdout: Array<Uint8Array> = []
    let size = 0
    let rest = ""
    let last = ""
    const said = (line: string) => {
      if (line.trim() === "") return
      last = line.trim()
      lines.unsafeOffer(line)
    }
    child.stdout.on("data", (chunk: Uint8Array) => {
      stdout.push(chunk)
      size += chunk.length
      if (size <= most) return
      lines.unsafeDone(Exit.void)
      resume(Effect.fail("it printed far more than a token"))
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split(/\r\n|\r|\n/)
      rest = Cut.tail(parts.pop() ?? "", most)
      parts.forEach(said)
    })
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      said(rest)
      lines.unsafeDone(Exit.void)
      const how = signal === null ? `exit code ${code}` : `ended by ${signal}`
      resume(code === 0 ? Effect.succeed(Buffer.concat(stdout)) : Effect.fail(last === "" ? how : `${how}: ${last}`))
    }
    child.once("close", ended)
    // Something that it leaves running may keep its pipes open.
    child.once("exit", (code, signal) => setTimeout(ended, 500, code, signal).unref())
  })

/**
 * What the command prints, when it ends well and in time; otherwise it is ended with all that it has started. Its words on stderr are
 * handed on as they come.
 */
export const runCommand = (
  command: string | ReadonlyArray<string>,
  { say, timeLimit }: {
    readonly say: (line: string) => Effect.Effect<void>
    readonly timeLimit: Duration.Duration
  }
): Effect.Effect<Uint8Array, string> =>
  Effect.gen(function*() {
    const lines = yield* Mailbox.make<string>()
    const saying = yield* Effect.forkScoped(Stream.runForEach(Mailbox.toStream(lines), say))
    return yield* Effect.acquireUseRelease(
      start(command),
      (child) =>
        output(child, lines).pipe(
          Effect.exit,
          Effect.zipLeft(Fiber.join(saying)),
          Effect.flatten,
          Effect.timeoutFail({
            duration: timeLimit,
            onTimeout: () => `it gave no token within ${Duration.format(timeLimit)}`
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
