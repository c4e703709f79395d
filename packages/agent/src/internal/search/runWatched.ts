/** A program that ends with this one, whatever ends it. */
import * as Effect from "effect/Effect"
// Its input is held open, and that is what ends it: a platform command would close it, or signal it only when all goes well.
import { spawn } from "node:child_process"
import type { Environment } from "../../Workspace.ts"

/**
 * The shell waits for the end of its input, which comes when the program has ended, when it is no longer wanted, and when this process
 * ends, by SIGKILL too. Then it ends the program. Signals of the terminal go to both, so the shell ignores them.
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
  /** Takes what it writes to stdout, piece by piece. */
  readonly onOutput: (bytes: Buffer) => void
}

export interface Ended {
  /** The exit code; 127: there is no such program. */
  readonly code: number | null
  /** The beginning of what it wrote to stderr. */
  readonly complaint: string
}

const maxComplaint = 1024 * 1024

/** Runs it; interrupted, it is over when this is. */
export const runWatched = (options: Options): Effect.Effect<Ended, Error> =>
  Effect.async<Ended, Error>((resume) => {
    const child = spawn("/bin/sh", ["-c", script, options.program, ...options.arguments], {
      cwd: options.directory,
      env: options.environment,
      stdio: ["pipe", "pipe", "pipe"]
    })
    const complaint: Array<Buffer> = []
    let room = maxComplaint
    const closed = new Promise<void>((resolve) => {
      child.once("error", (error) => {
        resume(Effect.fail(error))
        resolve()
      })
      child.once("close", (code) => {
        resume(Effect.succeed({ code, complaint: Buffer.concat(complaint).toString("utf8") }))
        resolve()
      })
    })
    // It may have ended by itself before it is told to.
    child.stdin.on("error", () => undefined)
    child.stdout.on("data", options.onOutput)
    child.stdout.once("end", () => child.stdin.end())
    child.stderr.on("data", (bytes: Buffer) => {
      if (room > 0) complaint.push(bytes.subarray(0, room))
      room -= bytes.length
    })
    return Effect.promise(() => {
      child.stdout.removeListener("data", options.onOutput)
      child.stdout.resume()
      child.stdin.end()
      return closed
    })
  })
