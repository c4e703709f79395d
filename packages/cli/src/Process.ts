/** The program as a process: platform, signals, exit code. */
import * as NodeCommandExecutor from "@effect/platform-node/NodeCommandExecutor"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cli from "./Cli.ts"
import { exitCodes } from "./command-line/failure/renderFailure.ts"
import * as Stdio from "./command-line/Stdio.ts"
import { policies } from "./Services.ts"
import { takeEnvironment } from "./workspace/childEnvironment.ts"
import * as MakeDirectory from "./workspace/makeDirectory.ts"

const live = Layer.mergeAll(
  Layer.provideMerge(NodeCommandExecutor.layer, Layer.provide(MakeDirectory.layer, NodeFileSystem.layer)),
  NodePath.layer,
  NodeTerminal.layer,
  Stdio.layer,
  policies
)

/** The exit code of a process that a signal ended is 128 + the signal's number, as shells report it. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const

/** The AWS SDK warns about Node 20 at every start. All other warnings come as Node prints them. */
const dropVersionWarning = () => {
  const printers = process.listeners("warning")
  process.removeAllListeners("warning")
  process.on("warning", (warning) => {
    if (!warning.message.startsWith("NodeVersionSupportWarning:")) printers.forEach((print) => print(warning))
  })
}

/** How long the clean-up after a signal may take, in milliseconds: more than an MCP server gets that has to be killed. */
const shutdownGrace = 5_000

/** How long file operations that are under way may take to finish, in milliseconds. */
const settleTime = 1_000

/** Is a thread reading or writing a file, or looking up a name? `process.exit` waits for it, for ever if need be. */
const hasBusyThread = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => /^(FS|FileHandle|Dir|Get(Addr|Name)Info)/.test(resource))

/** From here on a signal ends the process as if nobody listened. */
const stopListening = () => {
  for (const signal of Object.keys(signals)) process.removeAllListeners(signal)
}

/**
 * Ends the process with the signal's exit code. If a thread is stuck, e.g. in a read from a pipe that nobody writes to, the process dies of
 * the signal itself, which a shell reports as the same code.
 */
const endBy = (signal: keyof typeof signals, wait = settleTime): void => {
  if (hasBusyThread() && wait > 0) {
    setTimeout(() => endBy(signal, wait - 10), 10)
    return
  }
  stopListening()
  if (!hasBusyThread()) process.exit(signals[signal])
  // What has to be put back, such as the terminal's mode, listens to this.
  process.emit("exit", signals[signal])
  process.kill(process.pid, signal)
}

/**
 * Runs the command line and ends the process. The first signal interrupts what runs, so that requests are aborted and the log
 * is written to its end, if that takes no longer than the grace period; a second one ends the process at once.
 */
export const start = (args: ReadonlyArray<string>): void => {
  dropVersionWarning()

  const fiber = Effect.runFork(
    Cli.run(args).pipe(Effect.provide(live), Effect.withConfigProvider(takeEnvironment()))
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
    // Ctrl-C at a prompt arrives as a key, not as a signal.
    if (Cause.isInterruptedOnly(exit.cause)) return end(exitCodes.interrupted)
    const error = Cause.squash(exit.cause)
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    end(exitCodes.requestFailed)
  })
}
