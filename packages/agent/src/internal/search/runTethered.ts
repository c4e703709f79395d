/** Runs a program that ends together with this process, even if that is killed. */
import * as Effect from "effect/Effect"
// Node's `spawn`: the open stdin ties the program to this process, and Effect's commands would close it.
import { spawn } from "node:child_process"
import type { Environment } from "../../Workspace.ts"

/**
 * The shell waits until its stdin is closed: when the program has ended, on interruption, or when this process ends, even by SIGKILL.
 * Then it kills the program. It ignores signals, because a terminal sends them to the shell as well.
 */
const script = `trap '' INT QUIT HUP TERM
"$0" "$@" </dev/null &
exec >/dev/null 2>&1
read -r _
kill -9 $!
wait $!
exit $?`

export interface Options {
  readonly program: string
  readonly arguments: ReadonlyArray<string>
  readonly directory: string
  readonly environment: Environment
  /** Receives stdout piece by piece. */
  readonly onOutput: (bytes: Buffer) => void
}

export interface Ended {
  /** The exit code; 127 means that the program does not exist. */
  readonly code: number | null
  /** The beginning of its stderr. */
  readonly stderr: string
}

const maxStderr = 1024 * 1024

/** Runs the program. An interruption waits until the program has ended. */
export const runTethered = (options: Options): Effect.Effect<Ended, Error> =>
  Effect.async<Ended, Error>((resume) => {
    const child = spawn("/bin/sh", ["-c", script, options.program, ...options.arguments], {
      cwd: options.directory,
      env: options.environment,
      stdio: ["pipe", "pipe", "pipe"]
    })
    const stderr: Array<Buffer> = []
    let room = maxStderr
    const closed = new Promise<void>((resolve) => {
      child.once("error", (error) => {
        resume(Effect.fail(error))
        resolve()
      })
      child.once("close", (code) => {
        resume(Effect.succeed({ code, stderr: Buffer.concat(stderr).toString("utf8") }))
        resolve()
      })
    })
    // Ignored: the program may have ended already.
    child.stdin.on("error", () => undefined)
    child.stdout.on("data", options.onOutput)
    child.stdout.once("end", () => child.stdin.end())
    child.stderr.on("data", (bytes: Buffer) => {
      if (room > 0) stderr.push(bytes.subarray(0, room))
      room -= bytes.length
    })
    return Effect.ignore(Effect.tryPromise(() => {
      child.stdout.removeListener("data", options.onOutput)
      child.stdout.resume()
      child.stdin.end()
      return closed
    }))
  })
