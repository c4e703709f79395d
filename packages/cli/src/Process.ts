/** Runs the program as a process: with platform services, signals and an exit code. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cli from "./Cli.ts"
import { exitCodes } from "./command-line/failure/renderFailure.ts"
import * as Stdio from "./command-line/Stdio.ts"
import { livePolicies } from "./Services.ts"
import { takeEnvironment } from "./workspace/childEnvironment.ts"
import * as MakeDirectory from "./workspace/makeDirectory.ts"

/** Not combined from layers, because that takes many more operations, which matters for a short command. */
const live = Effect.gen(function*() {
  const files = yield* Layer.build(NodeFileSystem.layer)
  return Context.merge(yield* Layer.build(NodePath.layer), livePolicies).pipe(
    Context.add(FileSystem.FileSystem, MakeDirectory.make(Context.get(files, FileSystem.FileSystem))),
    Context.add(Stdio.Stdio, yield* Stdio.make)
  )
})

/** Exit codes: 128 plus the number of the signal, as shells report a process that was ended by a signal. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const

/** Hides the warning about Node 20 that the AWS SDK emits whenever it is loaded. */
const dropVersionWarning = () => {
  const printers = process.listeners("warning")
  process.removeAllListeners("warning")
  process.on("warning", (warning) => {
    if (!warning.message.startsWith("NodeVersionSupportWarning:")) printers.forEach((print) => print(warning))
  })
}

/** How long the clean-up after a signal may take, in milliseconds: longer than the shutdown of an MCP server that has to be killed. */
const shutdownGrace = 5_000

/** How long pending file operations may take to finish, in milliseconds. */
const settleTime = 1_000

/** Whether a thread is accessing a file or resolving a host name. `process.exit` would wait for it, possibly forever. */
const hasBusyThread = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => /^(FS|FileHandle|Dir|Get(Addr|Name)Info)/.test(resource))

/** Restores the default action of signals, which ends the process. */
const stopListening = () => {
  for (const signal of Object.keys(signals)) process.removeAllListeners(signal)
}

/**
 * Ends the process with the exit code of the signal. If a thread is stuck, for example reading from a pipe without a writer, the signal
 * itself ends the process, which a shell reports as the same code.
 */
const endBy = (signal: keyof typeof signals, wait = settleTime): void => {
  if (hasBusyThread() && wait > 0) {
    setTimeout(() => endBy(signal, wait - 10), 10)
    return
  }
  stopListening()
  if (!hasBusyThread()) process.exit(signals[signal])
  // Listeners restore state such as the terminal's mode.
  process.emit("exit", signals[signal])
  process.kill(process.pid, signal)
}

/**
 * Runs the command line and ends the process. The first signal interrupts the program: requests are aborted and the log is flushed,
 * within the grace period. A second signal ends the process immediately.
 */
export const start = (args: ReadonlyArray<string>): void => {
  dropVersionWarning()

  const fiber = Effect.runFork(
    Effect.flatMap(live, (services) => Effect.provide(Cli.run(args), services)).pipe(
      Effect.scoped,
      Effect.withConfigProvider(takeEnvironment())
    )
  )
  let received: keyof typeof signals | undefined
  const receive = (signal: keyof typeof signals) => {
    if (received !== undefined) return endBy(signal, 50)
    received = signal
    fiber.unsafeInterruptAsFork(fiber.id())
    setTimeout(() => endBy(signal), shutdownGrace)
  }
  for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const) process.on(signal, () => receive(signal))

  const end = (code: number) => {
    stopListening()
    process.exit(code)
  }
  fiber.addObserver((exit) => {
    if (received !== undefined) return endBy(received)
    if (exit._tag === "Success") return end(exit.value)
    // At a prompt, Ctrl-C arrives as a key instead of a signal.
    if (Cause.isInterruptedOnly(exit.cause)) return end(exitCodes.interrupted)
    const error = Cause.squash(exit.cause)
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    end(exitCodes.requestFailed)
  })
}
