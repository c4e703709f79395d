/** The program as a process: platform, signals, exit code. */
import * as NodeCommandExecutor from "@effect/platform-node/NodeCommandExecutor"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cli from "./Cli.ts"
import { exitCodes } from "./Failure.ts"
import { policies } from "./Services.ts"
import * as Stdio from "./Stdio.ts"

const live = Layer.mergeAll(
  Layer.provideMerge(NodeCommandExecutor.layer, NodeFileSystem.layer),
  NodePath.layer,
  NodeTerminal.layer,
  Stdio.layer,
  policies
)

/** A process that a signal ended answers 128 + the signal's number, as a shell expects. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** The AWS SDK warns about Node 20 at every start. All other warnings come as Node prints them. */
const dropVersionWarning = () => {
  const printers = process.listeners("warning")
  process.removeAllListeners("warning")
  process.on("warning", (warning) => {
    if (!warning.message.startsWith("NodeVersionSupportWarning:")) printers.forEach((print) => print(warning))
  })
}

/**
 * Runs the command line and ends the process. The first signal interrupts what runs, so that requests are aborted and the log
 * is written to its end; a second one ends the process at once.
 */
export const start = (args: ReadonlyArray<string>): void => {
  dropVersionWarning()

  const fiber = Effect.runFork(Effect.provide(Cli.run(args), live))
  let interrupted: number | undefined
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (interrupted !== undefined) process.exit(code)
      interrupted = code
      fiber.unsafeInterruptAsFork(fiber.id())
    })
  }

  fiber.addObserver((exit) => {
    if (interrupted !== undefined) process.exit(interrupted)
    if (exit._tag === "Success") process.exit(exit.value)
    // Ctrl-C at a prompt arrives as a key, not as a signal.
    if (Cause.isInterruptedOnly(exit.cause)) process.exit(exitCodes.interrupted)
    const error = Cause.squash(exit.cause)
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(exitCodes.requestFailed)
  })
}
