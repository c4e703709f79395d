/** Starts the shell of a command. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Node's `spawn`, because Effect's commands can't write both streams to one pipe, and only one pipe preserves their order.
import { type ChildProcess, spawn } from "node:child_process"
import { tmpdir } from "node:os"
import type { Writable } from "node:stream"
import type { Environment } from "../../../Workspace.ts"
import { describeStartFailure } from "./describeFailure.ts"

/**
 * A script that waits until the process has been saved, then replaces itself with the shell that runs the command. If this program ends
 * first, the command never runs. In POSIX mode the waiting bash reads no startup files; the shell that runs the command does.
 */
const makeWaitingScript = (shell: string) => `read -r _ <&3 || exit; exec 3<&-; exec ${shell} -c "$0"`

const shells = [["bash", "--posix"], ["sh"]] as const

export interface Started {
  readonly child: ChildProcess
  /** Starts the command. */
  readonly release: () => void
}

/**
 * Starts bash, or sh if bash is missing, as the leader of a new process group. Both streams go to the file descriptor `output`. Fails with a
 * sentence.
 */
export const startShell = (command: string, cwd: string, env: Environment, output: number) =>
  Effect.async<Started, string>((resume) => {
    const attempt = ([shell, ...options]: typeof shells[number]) => {
      const failed = (error: unknown) => {
        if (shell === "bash" && isAbsent(error)) attempt(shells[1])
        else resume(Effect.fail(describeStartFailure(error, cwd)))
      }
      try {
        const child = spawn(shell, [...options, "-c", makeWaitingScript(shell), command], {
          cwd,
          env,
          detached: true,
          stdio: ["ignore", output, output, "pipe"]
        })
        const gate = child.stdio[3] as Writable
        // Ignored: the process may be killed before it reads this.
        gate?.on("error", () => {})
        child.once("spawn", () => resume(Effect.succeed({ child, release: () => void gate.end("\n") })))
        child.once("error", failed)
      } catch (error) {
        failed(error)
      }
    }
    attempt(shells[0])
  })

const isAbsent = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT"

export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export const waitForExit = (child: ChildProcess) =>
  Effect.async<ExitStatus>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resume(Effect.succeed({ code: child.exitCode, signal: child.signalCode }))
    } else {
      child.once("exit", (code, signal) => resume(Effect.succeed({ code, signal })))
    }
  })

export const describeExit = ({ code, signal }: ExitStatus): { readonly ending: string; readonly ok: boolean } =>
  signal === null
    ? { ending: `exit code ${code}`, ok: code === 0 }
    : { ending: `killed by ${signal}`, ok: false }

/** Makes a directory for the files that a command needs while it runs; next to the outputs if the system has no temporary directory. */
export const makeCommandDirectory = (
  outputs: string
): Effect.Effect<string, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => {
    const prefix = "command-"
    return Effect.orElse(
      fs.makeTempDirectoryScoped({ directory: tmpdir(), prefix }),
      () => fs.makeTempDirectoryScoped({ directory: outputs, prefix })
    )
  })
